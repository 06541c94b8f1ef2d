/** Teams: who is in each, and how each hands out its tickets. */
import { useQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { peopleQuery, type Team } from '../api/people.ts'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/team/index.ts'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EditableList } from '../ui/editable-list.tsx'
import { Form, TextField, Tick, Ticks } from '../ui/form.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { TeamAssignment } from './team-assignment.tsx'

const refresh = [teamsQuery.queryKey, peopleQuery.queryKey]

export function Teams() {
  const { teams: words } = useWords()
  const mayManage = useMay('people.manage')
  const teams = useQuery(teamsQuery)
  const { data: people } = useQuery(peopleQuery)
  const names = (team: Team) =>
    people?.items
      .filter(({ id }) => team.memberIds.includes(id))
      .map(({ name }) => name)
      .join(', ') || '—'
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={teams}
      add={mayManage && words.add}
      opens
      empty={<Empty icon={<Users />} title={words.title} lead={words.lead} />}
      columns={[
        { head: words.name, cell: row => row.name },
        { head: words.members, cell: names, grows: true },
        {
          head: words.isDefault,
          cell: row => (row.isDefault ? <Chip tone="accent">{words.isDefault}</Chip> : ''),
        },
      ]}
      editor={(team, onClose) => <Editor team={team} mayManage={mayManage} onClose={onClose} />}
    />
  )
}

function Editor({ team, mayManage, onClose }: { team: Team | null; mayManage: boolean; onClose: () => void }) {
  const { teams: words } = useWords()
  const { common } = useText()
  const mayRoute = useMay('routing.read')
  const { data: people } = useQuery(peopleQuery)
  const [name, setName] = useState(team?.name ?? '')
  const [memberIds, setMembers] = useState<string[]>(team?.memberIds ?? [])
  const [isDefault, setDefault] = useState(team?.isDefault ?? false)
  const save = useAct(
    () =>
      team
        ? ask(
            api.teams[':id'].$patch({
              param: { id: team.id },
              json: { name, memberIds, ...(isDefault && !team.isDefault ? { isDefault } : {}) },
            }),
          )
        : ask(api.teams.$post({ json: { name, memberIds } })),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api.teams[':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  const here = people?.items.filter(each => !each.deactivatedAt || memberIds.includes(each.id)) ?? []
  return (
    <Dialog open onClose={onClose} title={team ? words.edit : words.add} wide>
      {mayManage && (
        <Form
          onSubmit={() => save.mutate(undefined)}
          submit={common.save}
          error={save.error}
          isBusy={save.isPending}
          onCancel={onClose}
        >
          <TextField label={words.name} name="name" value={name} onChange={setName} required />
          <Ticks
            label={words.members}
            value={memberIds}
            onChange={setMembers}
            options={here.map(each => [each.id, each.name])}
          />
          {team && <Tick label={words.default} value={isDefault} onChange={setDefault} disabled={team.isDefault} />}
        </Form>
      )}
      {team && mayRoute && <TeamAssignment team={team} />}
      {team && mayManage && !team.isDefault && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(team.name)}
          yes={common.remove}
          onYes={() => remove.mutate(team.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
