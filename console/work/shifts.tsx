/** Who is on call when. */
import { useQuery } from '@tanstack/react-query'
import { PhoneCall } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { agentsQuery, teamsQuery } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EditableList } from '../ui/editable-list.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { hubNow, localInstant, useDates, useNow } from '../ui/time.ts'

type Shift = Answer<(typeof api)['on-call-shifts']['$get']>['items'][number]
const queryKey = ['on-call-shifts']

export function Shifts() {
  const { shifts: words } = useWords()
  const { common } = useText()
  const dates = useDates()
  const mayManage = useMay('routing.manage')
  const shifts = useQuery({ queryKey, queryFn: latestFirst })
  const { data: teams } = useQuery(teamsQuery)
  const { data: agents } = useQuery(agentsQuery)
  const nameIn = (items: readonly { id: string; name: string }[] = [], id: string) =>
    items.find(each => each.id === id)?.name ?? '—'
  const remove = useAct((id: string) => ask(api['on-call-shifts'][':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh: [queryKey],
  })
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={shifts}
      add={mayManage && words.add}
      opens={false}
      empty={<Empty icon={<PhoneCall />} title={words.none} lead={words.noneLead} />}
      columns={[
        { head: words.team, cell: row => nameIn(teams?.items, row.teamId) },
        { head: words.agent, cell: row => nameIn(agents?.items, row.agentId), grows: true },
        { head: words.from, cell: row => dates.whole(row.from ?? '') },
        { head: words.to, cell: row => dates.whole(row.to ?? '') },
        { head: words.state, cell: row => <State of={row} /> },
        {
          head: common.remove,
          cell: row =>
            mayManage && (
              <ConfirmButton
                small
                look="danger"
                question={words.remove(nameIn(agents?.items, row.agentId))}
                yes={common.remove}
                onYes={() => remove.mutate(row.id)}
              >
                {common.remove}
              </ConfirmButton>
            ),
        },
      ]}
      editor={(_, onClose) => <NewShift onClose={onClose} />}
    />
  )
}

async function latestFirst() {
  const { items } = await ask(api['on-call-shifts'].$get())
  return { items: items.toSorted((a, b) => Date.parse(b.from ?? '') - Date.parse(a.from ?? '')) }
}

function State({ of: { from, to } }: { of: Shift }) {
  const { shifts: words } = useWords()
  const now = useNow()
  if (Date.parse(to ?? '') <= now) return <Chip>{words.over}</Chip>
  const isNow = Date.parse(from ?? '') <= now
  return <Chip tone={isNow ? 'good' : 'accent'}>{isNow ? words.now : words.coming}</Chip>
}

function NewShift({ onClose }: { onClose: () => void }) {
  const { shifts: words } = useWords()
  const { common } = useText()
  const { data: teams } = useQuery(teamsQuery)
  const { data: agents } = useQuery(agentsQuery)
  const [teamId, setTeam] = useState('')
  const [agentId, setAgent] = useState('')
  const [from, setFrom] = useState(() => localInstant(tonight(18)))
  const [to, setTo] = useState(() => localInstant(tonight(32)))
  const save = useAct(
    () => {
      const json = { teamId, agentId, from: new Date(from).toISOString(), to: new Date(to).toISOString() }
      return ask(api['on-call-shifts'].$post({ json }))
    },
    { isForm: true, said: words.saved, refresh: [queryKey], onDone: onClose },
  )
  const team = teams?.items.find(({ id }) => id === teamId)
  return (
    <Dialog open onClose={onClose} title={words.add}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <Choice
          label={words.team}
          value={teamId}
          none="—"
          required
          onChange={setTeam}
          options={(teams?.items ?? []).map(({ id, name }) => [id, name])}
        />
        <Choice
          label={words.agent}
          value={agentId}
          none="—"
          required
          onChange={setAgent}
          options={(agents?.items ?? [])
            .filter(({ id }) => !team || team.memberIds.includes(id))
            .map(({ id, name }) => [id, name])}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.from} name="from" type="datetime-local" value={from} onChange={setFrom} required />
          <TextField label={words.to} name="to" type="datetime-local" value={to} onChange={setTo} required />
        </div>
      </Form>
    </Dialog>
  )
}

/** The hour of today's day, on the person's own clock; 32 is eight of the next morning. */
function tonight(hour: number): Date {
  const at = new Date(hubNow())
  at.setHours(hour, 0, 0, 0)
  return at
}
