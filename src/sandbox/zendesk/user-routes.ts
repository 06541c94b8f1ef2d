import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { invalid, notFound, ZendeskRefused } from './errors.ts'
import type { Change, Tell } from './events.ts'
import { startJob } from './jobs.ts'
import { cursorPage, searchTerms } from './pages.ts'
import type { Account, JobResult, User } from './state.ts'
import {
  deleteUser,
  isError,
  live,
  mergeUsers,
  type UserFields,
  updateUser,
  upsertUser,
  userView,
  type Written,
} from './users.ts'

const API = '/zendesk/api/v2'

/** Writes of the API carry who the token is. */
export function changeOf(c: Context<SandboxEnv>, { clock }: Runtime, tell: Tell): Change {
  return { actorId: c.get('zendeskUserId'), at: clock.iso(), channel: 'api', tell }
}

export function mountUsers(app: Hono<SandboxEnv>, runtime: Runtime, tell: Tell) {
  const { bus } = runtime

  app.get(`${API}/users/me`, c => c.json({ user: userView(userOf(c, c.get('zendeskUserId'))) }))

  app.get(`${API}/users/show_many`, c => {
    const account = c.get('zendesk')
    const { ids, external_ids: keys } = c.req.query()
    const byId = (ids ?? '').split(',').flatMap(id => account.users.get(Number(id)) ?? [])
    const wanted = new Set((keys ?? '').split(','))
    const byKey = keys === undefined ? [] : live(account).filter(user => wanted.has(user.externalId ?? '\0'))
    return c.json({ users: [...byId, ...byKey].map(userView), count: byId.length + byKey.length })
  })

  app.get(`${API}/users/search`, c => {
    const account = c.get('zendesk')
    const terms = searchTerms(c.req.query('query') ?? '')
    const before = runtime.clock.now() - account.lagMs
    const found = live(account).filter(user => Date.parse(user.createdAt) <= before && matches(user, terms))
    const identities = found.flatMap(({ id, phone, phones }) =>
      [phone, ...phones].flatMap(value => (value ? [{ user_id: id, type: 'phone_number', value }] : [])),
    )
    const page = { users: found.slice(0, 100).map(userView), count: found.length, next_page: null }
    return c.json(c.req.query('include') === 'identities' ? { ...page, identities } : page)
  })

  app.get(`${API}/users`, c => {
    const account = c.get('zendesk')
    const role = c.req.query('role') ?? c.req.queries('role[]')?.[0]
    const all = live(account).filter(user => role === undefined || user.role === role)
    return c.json(cursorPage(c, 'users', all, userView))
  })

  app.post(`${API}/users/create_or_update_many`, async c => {
    const change = changeOf(c, runtime, tell)
    const { users = [] } = await c.req.json<{ users?: UserFields[] }>()
    return c.json(startJob(c, runtime, users, user => resultOf(upsertUser(c.get('zendesk'), change, user))))
  })

  app.put(`${API}/users/update_many`, async c => {
    const account = c.get('zendesk')
    const change = changeOf(c, runtime, tell)
    const { users = [] } = await c.req.json<{ users?: UserFields[] }>()
    return c.json(
      startJob(c, runtime, users, given => {
        const user = account.users.get(Number(given.id))
        if (!user?.active)
          return { error: 'RecordNotFound', details: `User ${given.id} was not found`, status: 'Failed' }
        return resultOf(updateUser(account, change, user, given))
      }),
    )
  })

  app.get(`${API}/users/:id{\\d+}`, c => c.json({ user: userView(userOf(c, c.req.param('id'))) }))

  app.put(`${API}/users/:id{\\d+}`, async c => {
    const user = userOf(c, c.req.param('id'))
    const { user: given = {} } = await c.req.json<{ user?: UserFields }>()
    const written = updateUser(c.get('zendesk'), changeOf(c, runtime, tell), user, given)
    if (isError(written)) throw new ZendeskRefused(invalid('user', written.details))
    bus.changed()
    return c.json({ user: userView(user) })
  })

  app.put(`${API}/users/:id{\\d+}/merge`, async c => {
    const loser = userOf(c, c.req.param('id'))
    const { user } = await c.req.json<{ user?: { id?: number | string } }>()
    const winner = userOf(c, user?.id ?? 0)
    if (loser.role !== 'end-user' || winner.role !== 'end-user' || loser === winner || !loser.active)
      throw new ZendeskRefused(invalid('base', 'Only end users can be merged'))
    mergeUsers(c.get('zendesk'), changeOf(c, runtime, tell), loser, winner)
    bus.changed()
    return c.json({ user: userView(winner) })
  })

  app.delete(`${API}/users/:id{\\d+}`, c => {
    const account = c.get('zendesk')
    const user = userOf(c, c.req.param('id'))
    const isBusy = [...account.tickets.values()].some(
      ticket => !ticket.deleted && ticket.requesterId === user.id && ticket.status !== 'closed',
    )
    if (isBusy) throw new ZendeskRefused(invalid('base', 'User cannot be deleted: has tickets that are not closed'))
    deleteUser(account, changeOf(c, runtime, tell), user)
    bus.changed()
    return c.json({ user: userView(user) })
  })

  app.delete(`${API}/deleted_users/:id{\\d+}`, c => {
    const account = c.get('zendesk')
    const user = account.users.get(Number(c.req.param('id')))
    if (!user || user.active) throw new ZendeskRefused(notFound)
    account.users.delete(user.id)
    bus.changed()
    return c.json({ deleted_user: { id: user.id, active: false } })
  })
}

function userOf(c: Context<SandboxEnv>, id: number | string): User {
  const user = (c.get('zendesk') as Account).users.get(Number(id))
  if (!user) throw new ZendeskRefused(notFound)
  return user
}

function resultOf(written: Written): JobResult {
  if (isError(written)) return { ...written, status: 'Failed', success: false }
  const { user, made } = written
  const action = made ? 'create' : 'update'
  return {
    id: user.id,
    action,
    status: made ? 'Created' : 'Updated',
    success: true,
    email: user.email,
    external_id: user.externalId,
  }
}

/** Values of one property are alternatives; properties must all hold. */
function matches(user: User, terms: Map<string, string[]>): boolean {
  return [...terms].every(([property, values]) => values.some(value => has(user, property, value)))
}

function has(user: User, property: string, value: string): boolean {
  if (property === 'role') return user.role === value
  if (property === 'email') return user.email === value.toLowerCase()
  if (property === 'external_id') return user.externalId === value
  const wanted = value.replace(/\D/g, '')
  return (
    property === 'phone' &&
    [user.phone ?? '', ...user.phones]
      .map(phone => phone.replace(/\D/g, ''))
      .some(digits => digits !== '' && (value.startsWith('*') ? digits.endsWith(wanted) : digits === wanted))
  )
}
