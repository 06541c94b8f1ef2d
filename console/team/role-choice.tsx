import { useQuery } from '@tanstack/react-query'
import { rolesQuery } from '../api/people.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useWords } from '../i18n/team/index.ts'
import { Choice, Ticks } from '../ui/form.tsx'

/** A built-in role by its key, or one of the workspace's own by its id. */
export function RoleChoice({ value, onChange }: { value: string; onChange: (role: string) => void }) {
  const { people: words } = useWords()
  const { data } = useQuery(rolesQuery)
  const nameOf = (id: string, name: string) =>
    id in words.builtIn ? words.builtIn[id as keyof typeof words.builtIn] : name
  return (
    <Choice
      label={words.role}
      name="role"
      value={value}
      onChange={onChange}
      options={(data?.items ?? []).map(({ id, name }) => [id, nameOf(id, name)])}
    />
  )
}

export function TeamTicks({ value, onChange }: { value: readonly string[]; onChange: (ids: string[]) => void }) {
  const { people: words } = useWords()
  const { data } = useQuery(teamsQuery)
  return (
    <Ticks
      label={words.teams}
      value={value}
      onChange={onChange}
      options={(data?.items ?? []).map(({ id, name }) => [id, name])}
    />
  )
}
