/** A person's role, teams, limit and skills; and their leaving. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { type Person, peopleQuery } from '../api/people.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/team/index.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, NumberField, TextField, Tick } from '../ui/form.tsx'
import { Loaded } from '../ui/page.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { RoleChoice, TeamTicks } from './role-choice.tsx'

type Work = Answer<(typeof api.agents)[':id']['work']['$get']>
const refresh = [peopleQuery.queryKey, ['teams'], ['agents']]

export function PersonEditor({ person, onClose }: { person: Person; onClose: () => void }) {
  const { people: words } = useWords()
  const mayRoute = useMay('routing.manage')
  const work = useQuery({
    queryKey: ['work', person.id],
    queryFn: () => ask(api.agents[':id'].work.$get({ param: { id: person.id } })),
    enabled: mayRoute,
  })
  return (
    <Dialog open onClose={onClose} title={`${words.edit}: ${person.name}`} wide>
      {mayRoute ? (
        <Loaded query={work}>{data => <Editor person={person} work={data} onClose={onClose} />}</Loaded>
      ) : (
        <Editor person={person} work={null} onClose={onClose} />
      )}
    </Dialog>
  )
}

function Editor({ person, work, onClose }: { person: Person; work: Work | null; onClose: () => void }) {
  const { people: words } = useWords()
  const { common } = useText()
  const { id } = person
  const [draft, setDraft] = useState({
    ...{ name: person.name, role: person.role, teamIds: person.teamIds, available: person.available },
    ...{ capacity: work?.capacity ?? null, skills: work?.skills ?? [] },
  })
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useAct(
    async () => {
      const { capacity, skills, ...rest } = draft
      await ask(api.people[':id'].$patch({ param: { id }, json: rest }))
      if (work) await ask(api.agents[':id'].work.$patch({ param: { id }, json: { capacity, skills } }))
    },
    { isForm: true, said: words.saved, refresh: [...refresh, ['work', id]], onDone: onClose },
  )
  const move = useAct((verb: 'deactivate' | 'reactivate') => ask(api.people[':id'][verb].$post({ param: { id } })), {
    refresh,
    onDone: onClose,
  })
  return (
    <>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.name} name="name" value={draft.name} onChange={name => set({ name })} required />
          <RoleChoice value={draft.role} onChange={role => set({ role })} />
        </div>
        <TeamTicks value={draft.teamIds} onChange={teamIds => set({ teamIds })} />
        <Tick label={words.available} value={draft.available} onChange={available => set({ available })} />
        {work && (
          <div className="grid gap-4 sm:grid-cols-2">
            <NumberField
              label={words.capacity}
              value={draft.capacity}
              onChange={capacity => set({ capacity })}
              max={1000}
            />
            <WordsField
              label={words.skills}
              hint={words.skillsHint}
              value={draft.skills}
              onChange={skills => set({ skills })}
            />
          </div>
        )}
      </Form>
      {person.deactivatedAt ? (
        <Button className="self-start" onClick={() => move.mutate('reactivate')}>
          {words.reactivate}
        </Button>
      ) : (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.deactivateAsk(person.name)}
          lead={words.deactivateLead}
          yes={words.deactivate}
          onYes={() => move.mutate('deactivate')}
        >
          {words.deactivate}
        </ConfirmButton>
      )}
    </>
  )
}
