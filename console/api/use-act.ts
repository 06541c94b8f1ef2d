/** What is done to the hub by a button or a form: said when it is done, and what it may have changed is asked for anew. */
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import { useToast } from '../ui/toasts.tsx'

/** `said`: what people are told; a form shows what went wrong itself (`isForm`). `refresh`: keys, all below them too. */
export type ActOptions<Given, T> = {
  said?: string
  refresh?: QueryKey[]
  isForm?: boolean
  onDone?: (made: T, given: Given) => unknown
}

export function useAct<Given, T>(work: (given: Given) => Promise<T>, options: ActOptions<Given, T> = {}) {
  const client = useQueryClient()
  const say = useToast()
  const { said, refresh = [], isForm = false, onDone } = options
  return useMutation<T, Error, Given>({
    mutationFn: work,
    async onSuccess(made, given) {
      if (said) say(said)
      await onDone?.(made, given)
    },
    onError: error => {
      if (!isForm) say(error.message, { isBad: true })
    },
    onSettled: () => Promise.all(refresh.map(queryKey => client.invalidateQueries({ queryKey }))),
  })
}
