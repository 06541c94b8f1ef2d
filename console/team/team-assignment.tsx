/** Inside a team: who gets a ticket, when, and where it goes when nobody can. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { calendarsQuery } from '../api/calendars.ts'
import { api, ask } from '../api/client.ts'
import { peopleQuery, type Team } from '../api/people.ts'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/team/index.ts'
import { Choice, Form, TextField, Tick, Ticks } from '../ui/form.tsx'
import { Loaded, Section } from '../ui/page.tsx'

type Assignment = Answer<(typeof api.teams)[':id']['assignment']['$get']>
const strategies = ['round robin', 'least loaded', 'skill'] as const
const stickies = ['none', 'last agent', 'crm owner'] as const
const aways = ['keep', 'reassign'] as const

export function TeamAssignment({ team }: { team: Team }) {
  const { teams: words } = useWords()
  const assignment = useQuery({
    queryKey: ['assignment', team.id],
    queryFn: () => ask(api.teams[':id'].assignment.$get({ param: { id: team.id } })),
  })
  return (
    <Section title={words.assignment}>
      <Loaded query={assignment}>{data => <Editor team={team} given={data} />}</Loaded>
    </Section>
  )
}

function Editor({ team, given }: { team: Team; given: Assignment }) {
  const { teams: words } = useWords()
  const { common } = useText()
  const mayChange = useMay('routing.manage')
  const { data: calendars } = useQuery({ ...calendarsQuery, enabled: useMay('sla.read') })
  const { data: teams } = useQuery(teamsQuery)
  const { data: people } = useQuery(peopleQuery)
  const [draft, setDraft] = useState(given)
  const set = (change: Partial<Assignment>) => setDraft({ ...draft, ...change })
  const save = useAct(() => ask(api.teams[':id'].assignment.$put({ param: { id: team.id }, json: draft })), {
    isForm: true,
    said: words.saved,
    refresh: [['assignment', team.id]],
  })
  const others = (teams?.items ?? []).filter(({ id }) => id !== team.id).map(({ id, name }) => [id, name] as const)
  const members = (people?.items ?? []).filter(each => !each.deactivatedAt).map(({ id, name }) => [id, name] as const)
  return (
    <Form
      onSubmit={() => save.mutate(undefined)}
      submit={common.save}
      error={save.error}
      isBusy={save.isPending || !mayChange}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={words.strategy}
          value={draft.strategy}
          onChange={strategy => strategy && set({ strategy })}
          options={strategies.map(each => [each, words.strategies[each]])}
        />
        <Choice
          label={words.sticky}
          value={draft.sticky}
          onChange={sticky => sticky && set({ sticky })}
          options={stickies.map(each => [each, words.stickies[each]])}
        />
        <Choice
          label={words.calendar}
          value={draft.calendarId ?? ''}
          none={words.always}
          onChange={id => set({ calendarId: id || null })}
          options={(calendars?.items ?? []).map(({ id, name }) => [id, name])}
        />
        <Choice
          label={words.afterHours}
          value={draft.afterHoursTeamId ?? ''}
          none={words.waits}
          onChange={id => set({ afterHoursTeamId: id || null })}
          options={others}
        />
        <Choice
          label={words.overflow}
          value={draft.overflowTeamId ?? ''}
          none={words.waits}
          onChange={id => set({ overflowTeamId: id || null })}
          options={others}
        />
        <Choice
          label={words.whenAway}
          value={draft.whenAway}
          onChange={whenAway => whenAway && set({ whenAway })}
          options={aways.map(each => [each, words.aways[each]])}
        />
        <TextField
          label={words.senior}
          value={draft.seniorSkill ?? ''}
          onChange={skill => set({ seniorSkill: skill || null })}
        />
      </div>
      <Tick label={words.onCall} value={draft.onCall} onChange={onCall => set({ onCall })} />
      <Ticks label={words.leads} value={draft.leadIds} onChange={leadIds => set({ leadIds })} options={members} />
      <Ticks
        label={words.managers}
        value={draft.managerIds}
        onChange={managerIds => set({ managerIds })}
        options={members}
      />
    </Form>
  )
}
