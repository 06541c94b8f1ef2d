/** The board, and saved filters of tickets. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { invalidInput } from '../../core/invalid-input.ts'
import { boardColumns } from '../../core/ticket.ts'
import { ticketFilter, ticketSorts } from '../../core/ticket-filter.ts'
import { boardOf, COUNT_LIMIT, countTickets, type Looker } from '../../db/ticket-list.ts'
import {
  deleteView,
  listViews,
  orderViews,
  saveView,
  type ViewRow,
  type ViewUser,
  viewById,
  viewScopes,
} from '../../db/views.ts'
import { newId } from '../../inbox/context.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { there } from './collaboration.ts'
import { filterQuery, readFilter } from './filter-query.ts'
import { idParam, jsonBody, route } from './shapes.ts'
import { showTicket, ticketShape } from './tickets.ts'
import { audit, changed, type Vars, within } from './within.ts'

const count = z
  .object({ count: z.number().int(), more: z.boolean() })
  .openapi({ description: `Counted up to ${COUNT_LIMIT}; \`more\`: there may be others` })

const columnShape = z.object({ column: z.enum(boardColumns), count, tickets: z.array(ticketShape) })

const viewBody = z.object({
  name: z.string().trim().min(1).max(80),
  scope: z.enum(viewScopes).default('own'),
  teamId: z.uuid().optional(),
  filter: ticketFilter,
  sort: z.enum(ticketSorts).default('newest'),
})
const viewShape = z
  .object({
    ...{ id: z.uuid(), name: z.string(), scope: z.enum(viewScopes), teamId: z.uuid().nullable() },
    ...{ filter: ticketFilter, sort: z.enum(ticketSorts) },
  })
  .openapi('View')

const boardQuery = filterQuery.extend({ limit: z.coerce.number().int().min(1).max(100).default(25) })

const routes = {
  board: route(
    ...(['tickets.read', 'get', '/board', 'Tickets by column, newest first'] as const),
    { query: boardQuery },
    z.object({ columns: z.array(columnShape) }),
  ),
  list: route('tickets.read', 'get', '/views', 'Saved filters', {}, z.object({ items: z.array(viewShape) })),
  counts: route(
    ...(['tickets.read', 'get', '/views/counts', 'How many tickets each saved filter shows'] as const),
    {},
    z.object({ items: z.array(z.object({ id: z.uuid(), count })) }),
  ),
  add: route('tickets.read', 'post', '/views', 'Save a filter', jsonBody(viewBody), viewShape, 201),
  order: route(
    ...(['tickets.read', 'put', '/views/order', 'Put the saved filters you see into an order of your own'] as const),
    jsonBody(z.object({ ids: z.array(z.uuid()).max(200) })),
    z.object({ items: z.array(viewShape) }),
  ),
  change: route(
    ...(['tickets.read', 'put', '/views/{id}', 'Change a saved filter'] as const),
    { params: idParam, ...jsonBody(viewBody) },
    viewShape,
  ),
  remove: route('tickets.read', 'delete', '/views/{id}', 'Delete a saved filter', { params: idParam }, viewShape),
}

export const views = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.board, async c => {
    const { limit, ...query } = c.req.valid('query')
    const { language } = c.var.caller
    const looker = lookerOf(c.var)
    const columns = await within(c.var, tx => boardOf(tx, looker, readFilter(query), [...boardColumns], limit))
    const shown = columns.map(({ column, count, tickets }) => ({
      ...{ column, count: counted(count) },
      tickets: tickets.map(row => showTicket(row, language, looker.now)),
    }))
    return c.json({ columns: shown }, 200)
  })
  .openapi(routes.list, async c =>
    c.json({ items: (await within(c.var, tx => listViews(tx, userOf(c.var)))).map(show) }, 200),
  )
  .openapi(routes.counts, async c => {
    const items = await within(c.var, async tx => {
      const rows = await listViews(tx, userOf(c.var))
      const looker = lookerOf(c.var)
      return Promise.all(
        rows.map(async ({ id, filter }) => ({ id, count: counted(await countTickets(tx, looker, filter)) })),
      )
    })
    return c.json({ items }, 200)
  })
  .openapi(routes.add, async c => c.json(await save(c.var, newId(), c.req.valid('json'), undefined), 201))
  .openapi(routes.order, async c => {
    const { workspaceId, agentId } = c.var.caller
    if (!agentId) throw new AppError('agents only')
    const { ids } = c.req.valid('json')
    const rows = await within(c.var, async tx => {
      await orderViews(tx, { workspaceId, agentId, viewIds: ids })
      return listViews(tx, userOf(c.var))
    })
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.change, async c => {
    const { id } = c.req.valid('param')
    const known = there(await within(c.var, tx => viewById(tx, userOf(c.var), id)), 'view')
    mayTouch(c.var, known)
    return c.json(await save(c.var, id, c.req.valid('json'), known), 200)
  })
  .openapi(routes.remove, async c => {
    const { id } = c.req.valid('param')
    const known = await within(c.var, async tx => {
      const row = there(await viewById(tx, userOf(c.var), id), 'view')
      mayTouch(c.var, row)
      const entry = { action: 'view deleted', subjectKind: 'view', subjectId: id, before: show(row) }
      await Promise.all([deleteView(tx, id), audit(tx, c.var, entry)])
      return row
    })
    return c.json(show(known), 200)
  })

export function lookerOf({ runtime, caller }: Vars): Looker {
  return { sees: caller.sees, agentId: caller.agentId, now: runtime.services.now() }
}

function userOf({ caller }: Vars): ViewUser {
  return { agentId: caller.agentId, teamIds: caller.teamIds, seesAll: caller.sees.kind === 'all' }
}

/** One's own is one's own to change; others' takes the permission to share. */
function mayTouch({ caller }: Vars, { scope }: Pick<ViewRow, 'scope'>) {
  if (scope !== 'own' && !caller.permissions.has('views.share')) {
    throw new AppError('missing permission', { permission: 'views.share' })
  }
}

async function save(vars: Vars, id: string, body: z.infer<typeof viewBody>, before: ViewRow | undefined) {
  mayTouch(vars, body)
  if (body.scope === 'team' && !body.teamId) throw invalidInput('teamId', 'is missing')
  const { workspaceId, agentId } = vars.caller
  const teamId = body.scope === 'team' ? (body.teamId ?? null) : null
  const now = vars.runtime.services.now()
  const { name, scope, filter, sort } = body
  const row: ViewRow = { id, workspaceId, name, scope, filter, sort, teamId, agentId, createdAt: now }
  await within(vars, tx => {
    const action = before ? 'view changed' : 'view saved'
    const entry = { action, subjectKind: 'view', subjectId: id, ...changed(before, row, show) }
    return Promise.all([saveView(tx, row), audit(tx, vars, entry)])
  })
  return show(row)
}

function counted(count: number) {
  return { count, more: count >= COUNT_LIMIT }
}

function show({ id, name, scope, teamId, filter, sort }: ViewRow) {
  return { id, name, scope, teamId, filter, sort }
}
