/** A filter of tickets as a query says it: lists with commas. */
import { z } from '@hono/zod-openapi'
import { boardColumns, priorities, ticketStates } from '../../core/ticket.ts'
import { slaStates, type TicketFilter } from '../../core/ticket-filter.ts'

const listOf = <const V extends readonly [string, ...string[]]>(values: V) =>
  z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.enum(values)).min(1))
    .openapi({ type: 'string', example: values.slice(0, 2).join(',') })

const flag = z.enum(['true', 'false'])

export const filterQuery = z
  .object({
    ...{ state: listOf(ticketStates), board: listOf(boardColumns), priority: listOf(priorities) },
    owner: z
      .union([z.uuid(), z.enum(['me', 'nobody'])])
      .openapi({ type: 'string', description: 'An id, `me` or `nobody`' }),
    ...{ ownerId: z.uuid(), unassigned: flag, asleep: flag },
    ...{ teamId: z.uuid(), channelId: z.uuid(), contactId: z.uuid(), sla: z.enum(slaStates) },
    ...{ category: z.string().max(60), tag: z.string().max(60), waitingBefore: z.iso.datetime() },
    text: z.string().trim().min(2).max(200),
  })
  .partial()

export function readFilter({ ownerId, unassigned, asleep, ...rest }: z.infer<typeof filterQuery>): TicketFilter {
  const owner = rest.owner ?? (unassigned === 'true' ? 'nobody' : ownerId)
  return { ...rest, ...(owner ? { owner } : {}), ...(asleep ? { asleep: asleep === 'true' } : {}) }
}
