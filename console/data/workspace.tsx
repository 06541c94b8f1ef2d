/** What holds for the whole team. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/data/index.ts'
import { languages, useText } from '../i18n/index.tsx'
import { Choice, Form, NumberField, TextField, Tick } from '../ui/form.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { timeZones } from '../ui/time-zones.ts'

type Settings = Answer<typeof api.workspace.$get>
const query = { queryKey: ['workspace'], queryFn: () => ask(api.workspace.$get()) }

export function WorkspacePage() {
  const { workspace: words } = useWords()
  const settings = useQuery(query)
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={settings}>{data => <Editor key={JSON.stringify(data)} settings={data} />}</Loaded>
    </Page>
  )
}

function Editor({ settings: { id: _, ...given } }: { settings: Settings }) {
  const { workspace: words } = useWords()
  const { common } = useText()
  const mayManage = useMay('settings.manage')
  const [draft, setDraft] = useState(given)
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useAct(() => ask(api.workspace.$patch({ json: draft })), {
    isForm: true,
    said: words.saved,
    refresh: [query.queryKey],
  })
  return (
    <div className="rounded-2xl border border-line bg-panel p-4 md:p-5">
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending || !mayManage}
      >
        <TextField label={words.name} name="name" value={draft.name} onChange={name => set({ name })} required />
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.language}
            value={draft.language}
            onChange={language => language && set({ language })}
            options={languages.map(each => [each, words.languages[each]])}
          />
          <Choice
            label={words.timeZone}
            value={draft.timeZone}
            onChange={timeZone => set({ timeZone })}
            options={timeZones(draft.timeZone).map(each => [each, each.replaceAll('_', ' ')])}
          />
        </div>
        <NumberField
          label={words.grace}
          name="graceHours"
          value={draft.graceHours}
          onChange={hours => set({ graceHours: hours ?? 72 })}
          min={1}
          max={720}
          required
        />
        <Tick
          label={words.single}
          hint={words.singleHint}
          value={draft.singleSession}
          onChange={singleSession => set({ singleSession })}
        />
      </Form>
    </div>
  )
}
