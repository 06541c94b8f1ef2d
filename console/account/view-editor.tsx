/** A view: what it is called, who has it, and which tickets it shows. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay, useMe } from '../api/session.ts'
import { agentsQuery, tagsQuery, teamsQuery, viewsQuery } from '../api/tickets.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { useText } from '../i18n/index.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField, Ticks } from '../ui/form.tsx'
import { channelsQuery } from '../whatsapp/channels.tsx'
import type { Filter, NewView } from './view-draft.ts'

const states = ['open', 'in_progress', 'waiting', 'resolved'] as const
const priorities = ['urgent', 'high', 'normal', 'low'] as const
const deadlines = ['breached', 'warned', 'running', 'none'] as const
const sorts = ['newest', 'due', 'waiting'] as const

const refresh = [viewsQuery.queryKey, ['tickets', 'list']]

/** `id`: null of one to be made. */
export function ViewEditor({ id, given, onClose }: { id: string | null; given: NewView; onClose: () => void }) {
  const { views: words } = useWords()
  const { common, inbox } = useText()
  const { data: teams } = useQuery(teamsQuery)
  const mayShare = useMay('views.share')
  const me = useMe()
  const [draft, setDraft] = useState(given)
  const set = (change: Partial<NewView>) => setDraft({ ...draft, ...change })
  const save = useAct(
    () => (id ? ask(api.views[':id'].$put({ param: { id }, json: draft })) : ask(api.views.$post({ json: draft }))),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((of: string) => ask(api.views[':id'].$delete({ param: { id: of } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={id ? words.edit : words.add} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.name} name="name" value={draft.name} onChange={name => set({ name })} required />
          <Choice
            label={words.sort}
            value={draft.sort ?? 'newest'}
            onChange={sort => sort && set({ sort })}
            options={sorts.map(each => [
              each,
              { newest: inbox.sortNewest, due: inbox.sortDue, waiting: inbox.sortWaiting }[each],
            ])}
          />
          <Choice
            label={words.scope}
            value={draft.scope ?? 'own'}
            disabled={!mayShare}
            hint={mayShare ? undefined : words.mayNotShare}
            onChange={scope => scope && set({ scope })}
            options={(['own', 'team', 'shared'] as const).map(each => [each, words.scopes[each]])}
          />
          {draft.scope === 'team' && (
            <Choice
              label={words.team}
              name="teamId"
              value={draft.teamId ?? ''}
              none="—"
              required
              onChange={teamId => teamId && set({ teamId })}
              options={(teams?.items ?? [])
                .filter(team => me.visibility === 'all' || team.memberIds.includes(me.person?.id ?? ''))
                .map(team => [team.id, team.name])}
            />
          )}
        </div>
        <FilterFields value={draft.filter} onChange={filter => set({ filter })} />
      </Form>
      {id && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(given.name)}
          yes={common.remove}
          onYes={() => remove.mutate(id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}

function FilterFields({ value, onChange }: { value: Filter; onChange: (filter: Filter) => void }) {
  const { views: words } = useWords()
  const { state, priority, ticket, inbox } = useText()
  const { data: agents } = useQuery(agentsQuery)
  const { data: teams } = useQuery(teamsQuery)
  const { data: tags } = useQuery(tagsQuery)
  const { data: channels } = useQuery({ ...channelsQuery, enabled: useMay('channels.read') })
  const named = (items: readonly { id: string; name: string }[] = []) =>
    items.map(({ id, name }) => [id, name] as const)
  // What says nothing is no condition.
  const set = (change: { [K in keyof Filter]: Filter[K] | null }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...value, ...change }).filter(
          ([, each]) => each !== null && each !== '' && !(Array.isArray(each) && each.length === 0),
        ),
      ) as Filter,
    )
  return (
    <fieldset className="flex flex-col gap-4 rounded-xl border border-line p-4">
      <legend className="px-1 font-semibold">{words.shows}</legend>
      <Ticks
        label={words.state}
        value={value.state ?? []}
        onChange={chosen => set({ state: chosen })}
        options={states.map(each => [each, state[each]])}
      />
      <Ticks
        label={ticket.priority}
        value={value.priority ?? []}
        onChange={chosen => set({ priority: chosen })}
        options={priorities.map(each => [each, priority[each]])}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={ticket.owner}
          value={value.owner ?? ''}
          none={words.any}
          onChange={owner => set({ owner: owner || null })}
          options={[['me', words.me], ['nobody', ticket.noOwner], ...named(agents?.items)]}
        />
        <Choice
          label={ticket.team}
          value={value.teamId ?? ''}
          none={words.any}
          onChange={id => set({ teamId: id || null })}
          options={named(teams?.items)}
        />
        <Choice
          label={words.tag}
          value={value.tag ?? ''}
          none={words.any}
          onChange={tag => set({ tag: tag || null })}
          options={(tags?.items ?? []).map(({ name }) => [name, name])}
        />
        <Choice
          label={words.channel}
          value={value.channelId ?? ''}
          none={words.any}
          onChange={id => set({ channelId: id || null })}
          options={named(channels?.items)}
        />
        <Choice
          label={words.deadline}
          value={value.sla ?? ''}
          none={words.any}
          onChange={sla => set({ sla: sla || null })}
          options={deadlines.map(each => [each, words.deadlines[each]])}
        />
        <Choice
          label={inbox.snoozed}
          value={value.asleep === undefined ? '' : value.asleep ? 'yes' : 'no'}
          none={words.any}
          onChange={each => set({ asleep: each === '' ? null : each === 'yes' })}
          options={[
            ['yes', words.onlySnoozed],
            ['no', words.notSnoozed],
          ]}
        />
        <TextField label={words.words} value={value.text ?? ''} onChange={text => set({ text })} />
      </div>
    </fieldset>
  )
}
