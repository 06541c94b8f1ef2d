import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { acts, agentsQuery } from '../api/tickets.ts'
import { useToast } from '../ui/toasts.tsx'

/** Keeps a note to the team; whoever it names with @ is told. */
export function useNote(number: string, onSaved: () => void) {
  const client = useQueryClient()
  const say = useToast()
  const { data: agents } = useQuery(agentsQuery)
  return useMutation({
    mutationFn: (words: string) => {
      const named = agents?.items.filter(({ name }) => words.includes(`@${name}`)) ?? []
      return acts.note(
        number,
        words,
        named.map(({ id }) => id),
      )
    },
    onSuccess: onSaved,
    onError: error => say(error.message, { isBad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets', 'one'] }),
  })
}
