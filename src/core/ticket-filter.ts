/** Which tickets a list shows, and in which order: what a request says, and what a saved view keeps. */
import { z } from 'zod'
import { boardColumns, priorities, ticketStates } from './ticket.ts'

/** `newest` opened first; `due` by the deadline that comes first; `waiting` by who has waited longest. */
export const ticketSorts = ['newest', 'due', 'waiting'] as const
export type TicketSort = (typeof ticketSorts)[number]

export const slaStates = ['breached', 'warned', 'running', 'none'] as const

export const ticketFilter = z
  .strictObject({
    state: z.array(z.enum(ticketStates)).min(1),
    board: z.array(z.enum(boardColumns)).min(1),
    priority: z.array(z.enum(priorities)).min(1),
    /** An agent, `me`, or `nobody`. */
    owner: z.union([z.uuid(), z.enum(['me', 'nobody'])]),
    teamId: z.uuid(),
    channelId: z.uuid(),
    contactId: z.uuid(),
    /** Of the customer, such as `vip`. */
    category: z.string().min(1).max(60),
    tag: z.string().min(1).max(60),
    /** Of its clocks: one missed, one near its end, one running, none running. */
    sla: z.enum(slaStates),
    /** The ball is with us since before this time. */
    waitingBefore: z.iso.datetime(),
    asleep: z.boolean(),
    /** Words in its subject, number, customer or tags. */
    text: z.string().trim().min(2).max(200),
  })
  .partial()
export type TicketFilter = z.infer<typeof ticketFilter>

/** `me` is whoever looks; for somebody who is no agent it is nobody's. */
export function ownerIn(filter: TicketFilter, agentId: string | null): string | null | undefined {
  if (filter.owner === undefined) return undefined
  if (filter.owner === 'nobody') return null
  return filter.owner === 'me' ? agentId : filter.owner
}
