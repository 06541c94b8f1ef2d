/** Who works here: their roles and teams, whether they are here, and who was invited. */
import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { type Person, peopleQuery } from '../api/people.ts'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useWords } from '../i18n/team/index.ts'
import { EditableList } from '../ui/editable-list.tsx'
import { Avatar, Chip } from '../ui/parts.tsx'
import { Invitations } from './invitations.tsx'
import { Invite } from './invite.tsx'
import { PersonEditor } from './person-editor.tsx'

export function People() {
  const { people: words } = useWords()
  const mayManage = useMay('people.manage')
  const people = useQuery(peopleQuery)
  const { data: teams } = useQuery(teamsQuery)
  const teamNames = (person: Person) =>
    teams?.items
      .filter(team => person.teamIds.includes(team.id))
      .map(team => team.name)
      .join(', ') || '—'
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={people}
      add={mayManage && words.invite}
      addIcon={<UserPlus className="size-4" />}
      opens={mayManage}
      columns={[
        {
          head: words.name,
          cell: row => (
            <span className="flex items-center gap-2">
              <Avatar name={row.name} size={28} /> {row.name}
            </span>
          ),
        },
        { head: words.email, cell: row => <span className="break-all">{row.email}</span>, grows: true },
        { head: words.role, cell: row => <RoleName person={row} /> },
        { head: words.teams, cell: teamNames },
        { head: words.state, cell: row => <State of={row} /> },
      ]}
      editor={(person, onClose) =>
        person ? <PersonEditor person={person} onClose={onClose} /> : <Invite onClose={onClose} />
      }
    >
      {mayManage && <Invitations />}
    </EditableList>
  )
}

function RoleName({ person: { role, roleName } }: { person: Person }) {
  const { people: words } = useWords()
  return role in words.builtIn ? words.builtIn[role as keyof typeof words.builtIn] : roleName
}

function State({ of: { available, deactivatedAt, hasAccount } }: { of: Person }) {
  const { people: words } = useWords()
  if (deactivatedAt) return <Chip>{words.left}</Chip>
  if (!hasAccount) return <Chip tone="warn">{words.noAccount}</Chip>
  return <Chip tone={available ? 'good' : 'warn'}>{available ? words.here : words.away}</Chip>
}
