/** What is done to a ticket: shown at once, taken back where the hub refuses, and for ten seconds by whoever did it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { acts, oneTicket, type Ticket, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { hubNow } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'

export type Acts = ReturnType<typeof useActs>

export function useActs(number: string) {
  const client = useQueryClient()
  const say = useToast()
  const { toast } = useText()
  const { queryKey } = oneTicket(number)
  const show = (change: Partial<Ticket>) =>
    client.setQueryData(queryKey, (known: WholeTicket | undefined) => known && { ...known, ...change })
  const act = useMutation({
    mutationFn: ({ work }: { work: (id: string) => Promise<unknown>; at: Partial<Ticket> }) => work(number),
    onMutate: async ({ at }) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      show(at)
      return before
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before)
      say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  })
  const before = () => client.getQueryData(queryKey)
  const done = (text: string, at: Partial<Ticket>, work: (id: string) => Promise<unknown>, undo?: () => void) =>
    act.mutate({ work, at }, { onSuccess: () => say(text, undo ? { undo } : {}) })
  return {
    assign(agentId: string | null, name: string) {
      const owner = before()?.owner ?? null
      const text = agentId ? toast.assigned(name) : toast.unassigned
      const back = () =>
        done(owner ? toast.assigned(owner.name) : toast.unassigned, { owner }, id => acts.assign(id, owner?.id ?? null))
      done(text, { owner: agentId ? { id: agentId, name } : null }, id => acts.assign(id, agentId), back)
    },
    resolve() {
      done(toast.resolved, { state: 'resolved' }, acts.resolve, () =>
        done(toast.reopened, { state: 'open' }, acts.reopen),
      )
    },
    reopen: () => done(toast.reopened, { state: 'open' }, acts.reopen),
    wait: () => act.mutate({ work: acts.wait, at: { state: 'waiting' } }),
    resume: () => act.mutate({ work: acts.resume, at: { state: 'open' } }),
    snooze(until: Date | null) {
      const at = { asleepSince: new Date(hubNow()).toISOString(), snoozedUntil: until?.toISOString() ?? null }
      done(
        toast.snoozed,
        at,
        id => acts.snooze(id, at.snoozedUntil),
        () => act.mutate({ work: acts.wake, at: { asleepSince: null } }),
      )
    },
    wake: () => act.mutate({ work: acts.wake, at: { asleepSince: null } }),
    priority: (priority: Ticket['priority']) =>
      act.mutate({ work: id => acts.priority(id, priority), at: { priority } }),
    tags(add: string[], remove: string[]) {
      const tags = [...(before()?.tags ?? []), ...add].filter(tag => !remove.includes(tag))
      act.mutate({ work: id => acts.tags(id, add, remove), at: { tags } })
    },
  }
}
