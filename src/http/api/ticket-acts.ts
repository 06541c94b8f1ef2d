/** What people do with a ticket beyond answering it: moves, hand-over, merge and split, many at once, the next one. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError, errorSentence } from '../../core/errors.ts'
import { priorities, ticketStates } from '../../core/ticket.ts'
import { type BulkAct, changeTickets } from '../../inbox/change-tickets.ts'
import { handOverTicket } from '../../inbox/hand-over-ticket.ts'
import { mergeTickets, unmergeTicket } from '../../inbox/merge-tickets.ts'
import { moveTicketBy } from '../../inbox/move-ticket.ts'
import { nextTicket } from '../../inbox/next-ticket.ts'
import { snoozeTicket, wakeTicket } from '../../inbox/snooze-ticket.ts'
import { splitTicket } from '../../inbox/split-ticket.ts'
import { tagTicket } from '../../inbox/tag-ticket.ts'
import { inboxContext } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { jsonBody, route } from './shapes.ts'
import { shownTicket, ticketIdOf, ticketParam, ticketShape } from './tickets.ts'

const params = { params: ticketParam }
const tagName = z.string().trim().min(1).max(60)
const tagLists = z.object({ add: z.array(tagName).max(20).optional(), remove: z.array(tagName).max(20).optional() })
const until = z.iso.datetime().nullable().openapi({ description: 'null: until the customer writes' })

const bulkAct = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('assign'), agentId: z.uuid().nullable() }),
  z.object({ kind: z.literal('state'), state: z.enum(ticketStates) }),
  z.object({ kind: z.literal('priority'), priority: z.enum(priorities) }),
  tagLists.extend({ kind: z.literal('tag') }),
  z.object({ kind: z.literal('snooze'), until }),
])
const bulkBody = z.object({ ticketIds: z.array(z.uuid()).min(1).max(500), act: bulkAct })
const bulkShape = z.object({
  done: z.number().int(),
  results: z.array(
    z.object({ ticketId: z.uuid(), done: z.boolean(), code: z.string().nullable(), detail: z.string().nullable() }),
  ),
})

const agentBody = z.object({
  agentId: z.uuid().optional().openapi({ description: 'For keys; people act for themselves' }),
})

const act = <const P extends string, R extends object>(path: P, summary: string, request: R) =>
  route('tickets.change', 'post', path, summary, request, ticketShape)

const routes = {
  wait: act('/tickets/{id}/wait', 'Wait on the customer', params),
  resume: act('/tickets/{id}/resume', 'Go on: the ball is with us', params),
  reopen: act('/tickets/{id}/reopen', 'Reopen a resolved ticket', params),
  snooze: act('/tickets/{id}/snooze', 'Let it sleep until a time, or until the customer writes', {
    ...params,
    ...jsonBody(z.object({ until })),
  }),
  wake: act('/tickets/{id}/wake', 'Wake a ticket that sleeps', params),
  tag: act('/tickets/{id}/tags', 'Put tags on, take tags off', { ...params, ...jsonBody(tagLists) }),
  merge: act('/tickets/{id}/merge', 'Put all that is of this ticket into another of the same contact', {
    ...params,
    ...jsonBody(z.object({ intoId: z.uuid() })),
  }),
  unmerge: act('/tickets/{id}/unmerge', 'Take a merge back', params),
  split: act('/tickets/{id}/split', 'Make a ticket of what was written from a message on', {
    ...params,
    ...jsonBody(z.object({ messageId: z.uuid() })),
  }),
  handOver: route(
    ...(['tickets.assign', 'post', '/tickets/{id}/hand-over', 'Give it to an agent or a team, with a note'] as const),
    {
      ...params,
      ...jsonBody(
        z
          .object({
            agentId: z.uuid().nullable().optional(),
            teamId: z.uuid().optional(),
            note: z.string().trim().min(1).max(4000),
          })
          .refine(body => body.agentId || body.teamId, {
            path: ['agentId'],
            message: 'give an agent, a team, or both',
          }),
      ),
    },
    ticketShape,
  ),
  bulk: route(
    ...(['tickets.change', 'post', '/tickets/bulk', 'One act on up to 500 tickets, each with its own result'] as const),
    jsonBody(bulkBody),
    bulkShape,
  ),
  next: route(
    ...(['tickets.assign', 'post', '/tickets/next', 'Take the most urgent ticket that nobody owns'] as const),
    jsonBody(agentBody),
    ticketShape,
  ),
}

export const ticketActs = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.bulk, async c => {
    const { ticketIds, act } = c.req.valid('json')
    if (act.kind === 'assign' && !c.var.caller.permissions.has('tickets.assign')) {
      throw new AppError('missing permission', { permission: 'tickets.assign' })
    }
    const given: BulkAct = act.kind === 'snooze' ? { kind: 'snooze', until: dateOf(act.until) } : act
    const results = (await changeTickets(inboxContext(c.var.runtime, c.var.caller), ticketIds, given)).map(result => ({
      ...{ ticketId: result.ticketId, done: result.kind === 'done' },
      code: result.kind === 'done' ? null : result.code.replaceAll(' ', '_'),
      detail: result.kind === 'done' ? null : errorSentence(result.code, result.facts, languageFor(c)),
    }))
    return c.json({ done: results.filter(result => result.done).length, results }, 200)
  })
  .openapi(routes.next, async c => {
    const agentId = actingAgent(c, c.req.valid('json').agentId)
    const ticket = await nextTicket(inboxContext(c.var.runtime, c.var.caller), agentId)
    return c.json(await shownTicket(c.var, ticket.id), 200)
  })
  .openapi(routes.wait, c => on(c, c.req.valid('param').id, (ctx, id) => moveTicketBy(ctx, id, 'wait')))
  .openapi(routes.resume, c => on(c, c.req.valid('param').id, (ctx, id) => moveTicketBy(ctx, id, 'resume')))
  .openapi(routes.reopen, c => on(c, c.req.valid('param').id, (ctx, id) => moveTicketBy(ctx, id, 'reopen')))
  .openapi(routes.snooze, c => {
    const at = dateOf(c.req.valid('json').until)
    return on(c, c.req.valid('param').id, (ctx, id) => snoozeTicket(ctx, id, at))
  })
  .openapi(routes.wake, c => on(c, c.req.valid('param').id, (ctx, id) => wakeTicket(ctx, id)))
  .openapi(routes.tag, c => {
    const lists = c.req.valid('json')
    return on(c, c.req.valid('param').id, (ctx, id) => tagTicket(ctx, id, lists))
  })
  .openapi(routes.handOver, c => {
    const to = c.req.valid('json')
    return on(c, c.req.valid('param').id, (ctx, id) => handOverTicket(ctx, id, to))
  })
  .openapi(routes.merge, c => {
    const { intoId } = c.req.valid('json')
    return on(c, c.req.valid('param').id, (ctx, id) => mergeTickets(ctx, id, intoId))
  })
  .openapi(routes.unmerge, c => on(c, c.req.valid('param').id, unmergeTicket))
  .openapi(routes.split, c => {
    const { messageId } = c.req.valid('json')
    return on(c, c.req.valid('param').id, (ctx, id) => splitTicket(ctx, id, messageId))
  })

/** Does it, and shows the ticket that is left to look at. */
async function on(
  c: Context<HttpEnv>,
  key: string,
  act: (ctx: ReturnType<typeof inboxContext>, ticketId: string) => Promise<{ id: string }>,
) {
  const { id } = await act(inboxContext(c.var.runtime, c.var.caller), await ticketIdOf(c.var, key))
  return c.json(await shownTicket(c.var, id), 200)
}

/** A person acts for themselves; a key says for whom. */
export function actingAgent(c: Context<HttpEnv>, given: string | undefined): string {
  const agentId = c.var.caller.agentId ?? given
  if (!agentId) throw new AppError('agents only')
  return agentId
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}
