import { useQuery } from '@tanstack/react-query'
import { agentsQuery } from '../api/tickets.ts'
import { Button } from '../ui/button.tsx'

/** Who may be meant by what follows the last @. */
export function Mentions({ words, onPick }: { words: string; onPick: (words: string) => void }) {
  const { data } = useQuery(agentsQuery)
  const typed = /@([\p{L} ]{0,30})$/u.exec(words)?.[1]
  if (typed === undefined) return null
  const found = data?.items.filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase())).slice(0, 5) ?? []
  if (found.length === 0 || found.some(({ name }) => name === typed.trim())) return null
  return (
    <ul className="mb-2 flex flex-wrap gap-1.5">
      {found.map(({ id, name }) => (
        <li key={id}>
          <Button small onClick={() => onPick(`${words.slice(0, words.length - typed.length)}${name} `)}>
            @{name}
          </Button>
        </li>
      ))}
    </ul>
  )
}
