import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { permissions } from '../../src/core/permissions.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { browser, DEMO_PEOPLE, openDemoPeople, type Person, signIn } from '../support/sign-in.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
let admin: Person
let supervisor: Person
beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
  admin = await signIn(t, DEMO_PEOPLE.admin)
  supervisor = await signIn(t, DEMO_PEOPLE.supervisor)
})
afterAll(() => t.close())

type Row = { id: string; name: string; email: string; role: string; teamIds: string[] }
const get = async <T>(path: string, as = admin) => (await as.api<T>('GET', `/api/v1${path}`)).body
const people = async () => (await get<{ items: Row[] }>('/people')).items
const personOf = async (email: string) => (await people()).find(each => each.email === email) as Row
const code = async (answer: Promise<{ body: unknown }>) => ((await answer).body as { code?: string }).code
const password = 'a-long-password'
let fresh = 0
const address = () => `nueva${++fresh}@example.com`

async function invite(body: object, as = admin) {
  const answer = await as.api<{ id: string; link: string; mail: string }>('POST', '/api/v1/invitations', body)
  return {
    ...answer.body,
    status: answer.status,
    path: answer.body.link?.replace(/.*invitation=/, '/api/join/invitations/'),
  }
}

describe('invitations', () => {
  it('by mail: the person accepts, is signed in, and has the role and teams of it', async () => {
    const [team] = (await get<{ items: Row[] }>('/teams')).items
    const email = address()
    const { path, mail } = await invite({ email, role: 'supervisor', teamIds: [team?.id] })
    expect(mail).toBe('sent')
    const [sent] = t.sandbox.mail.sent()
    expect(sent).toMatchObject({ to: [email], subject: 'Carmen Ruiz te invita a Librería Arrayán' })
    expect(sent?.text).toContain(path.split('/').at(-1))
    const person = browser(t)
    expect((await person.api('GET', path)).body).toMatchObject({
      workspace: 'Librería Arrayán',
      email,
      hasAccount: false,
    })
    expect((await person.api('POST', path, { name: 'Eva Luna', password })).status).toBe(201)
    const me = await person.api('GET', '/api/v1/me')
    expect(me.body).toMatchObject({ person: { name: 'Eva Luna', email, role: 'supervisor', teamIds: [team?.id] } })
    // Once.
    expect((await browser(t).api('GET', path)).status).toBe(404)
  })

  it('by link: whoever has it; not after it was revoked, renewed or is over', async () => {
    const [revoked, renewed, over, good] = [
      await invite({}),
      await invite({}),
      await invite({ days: 1 }),
      await invite({}),
    ]
    await admin.api('POST', `/api/v1/invitations/${revoked.id}/revoke`)
    const again = await admin.api<{ link: string }>('POST', `/api/v1/invitations/${renewed.id}/renew`, { days: 2 })
    await t.pass(26 * 3600)
    for (const { path } of [revoked, renewed, over]) expect((await browser(t).api('GET', path)).status).toBe(404)
    expect(again.body.link).not.toBe(renewed.link)
    const email = address()
    expect((await browser(t).api('POST', good.path, { name: 'Iván', email, password })).status).toBe(201)
    const { items } = await get<{ items: { id: string; state: string }[] }>('/invitations')
    const stateOf = (id: string) => items.find(each => each.id === id)?.state
    expect([revoked, renewed, over, good].map(each => stateOf(each.id))).toEqual([
      'revoked',
      'open',
      'over',
      'accepted',
    ])
  })

  it('for an address are not for another, and an account that exists signs in first', async () => {
    const { path } = await invite({ email: address() })
    expect(await code(supervisor.api('POST', path, {}))).toBe('another_address')
    const link = await invite({})
    const taken = { name: 'Otra', email: DEMO_PEOPLE.agent, password }
    expect(await code(browser(t).api('POST', link.path, taken))).toBe('sign_in_first')
    expect(await code(supervisor.api('POST', link.path, {}))).toBe('already_exists')
  })

  it('two who accept at once are one', async () => {
    const { path } = await invite({})
    const joining = [address(), address()].map(email =>
      browser(t).api('POST', path, { name: 'Rápida', email, password }),
    )
    expect((await Promise.all(joining)).map(answer => answer.status).sort()).toEqual([201, 404])
    const accounts = await t.database.owner`select 1 from auth.users where name = 'Rápida'`
    expect(accounts).toHaveLength(1)
  })

  it('a weak password is refused and says why', async () => {
    const { path } = await invite({})
    const answer = await browser(t).api('POST', path, { name: 'Eva', email: address(), password: 'corta' })
    expect(answer).toMatchObject({ status: 422, body: { detail: expect.stringContaining('at least 10') } })
  })
})

describe('roles', () => {
  it('of a workspace’s own give what they say, to all who have them, at once', async () => {
    const values = { name: 'Ventas', permissions: ['tickets.read', 'reports.read'], visibility: 'own' }
    const role = (await admin.api<Row>('POST', '/api/v1/roles', values)).body
    const nuria = await personOf(DEMO_PEOPLE.agent)
    await admin.api('PATCH', `/api/v1/people/${nuria.id}`, { role: role.id })
    const person = await signIn(t, DEMO_PEOPLE.agent)
    expect(await get('/me', person)).toMatchObject({ permissions: ['tickets.read', 'reports.read'], visibility: 'own' })
    await admin.api('PATCH', `/api/v1/roles/${role.id}`, { permissions: ['contacts.read'] })
    expect(await get('/me', person)).toMatchObject({ permissions: ['contacts.read'] })
    expect(await code(admin.api('DELETE', `/api/v1/roles/${role.id}`))).toBe('in_use')
    expect(await code(admin.api('POST', '/api/v1/roles', values))).toBe('already_exists')
    await admin.api('PATCH', `/api/v1/people/${nuria.id}`, { role: 'agent' })
    expect((await admin.api('DELETE', `/api/v1/roles/${role.id}`)).status).toBe(200)
  })

  it('nobody gives what they do not have: by a role, a person, an invitation, a key', async () => {
    const values = {
      name: 'Gente',
      permissions: ['people.read', 'people.manage', 'roles.manage', 'keys.manage'],
      visibility: 'team',
    }
    const role = (await admin.api<Row>('POST', '/api/v1/roles', values)).body
    const nuria = await personOf(DEMO_PEOPLE.agent)
    await admin.api('PATCH', `/api/v1/people/${nuria.id}`, { role: role.id })
    const person = await signIn(t, DEMO_PEOPLE.agent)
    const mine = { name: 'Más', permissions: ['people.read', 'settings.manage'], visibility: 'team' }
    const wider = { name: 'Ver', permissions: ['people.read'], visibility: 'all' }
    const otherTeam = (await get<{ items: (Row & { memberIds: string[] })[] }>('/teams')).items.find(
      team => !team.memberIds.includes(nuria.id),
    )
    const tries = [
      person.api('POST', '/api/v1/roles', mine),
      person.api('POST', '/api/v1/roles', wider),
      person.api('PATCH', `/api/v1/people/${nuria.id}`, { role: 'admin' }),
      person.api('PATCH', `/api/v1/people/${nuria.id}`, { teamIds: [otherTeam?.id] }),
      person.api('PATCH', `/api/v1/teams/${otherTeam?.id}`, { memberIds: [nuria.id] }),
      person.api('POST', '/api/v1/invitations', { role: 'supervisor' }),
      person.api('POST', '/api/v1/keys', { name: 'Llave', permissions: ['people.read'] }),
      // Nor do they take it from others.
      person.api('PATCH', `/api/v1/people/${(await personOf(DEMO_PEOPLE.admin)).id}`, { role: role.id }),
      person.api('POST', `/api/v1/people/${(await personOf(DEMO_PEOPLE.admin)).id}/deactivate`),
    ]
    expect(await Promise.all(tries.map(code))).toEqual(tries.map(() => 'not_yours_to_give'))
    const less = { name: 'Menos', permissions: ['people.read'], visibility: 'team' }
    expect((await person.api('POST', '/api/v1/roles', less)).status).toBe(201)
    await admin.api('PATCH', `/api/v1/people/${nuria.id}`, { role: 'agent' })
  })

  it('the last admin stays one, also when two remove each other at once', async () => {
    const carmen = await personOf(DEMO_PEOPLE.admin)
    expect(await code(admin.api('PATCH', `/api/v1/people/${carmen.id}`, { role: 'agent' }))).toBe('last_admin')
    expect(await code(admin.api('POST', `/api/v1/people/${carmen.id}/deactivate`))).toBe('last_admin')
    const javier = await personOf(DEMO_PEOPLE.supervisor)
    await admin.api('PATCH', `/api/v1/people/${javier.id}`, { role: 'admin' })
    const both = [
      admin.api('PATCH', `/api/v1/people/${javier.id}`, { role: 'supervisor' }),
      supervisor.api('PATCH', `/api/v1/people/${carmen.id}`, { role: 'supervisor' }),
    ]
    await Promise.all(both)
    const admins = (await get<{ items: Row[] }>('/people', supervisor)).items.filter(each => each.role === 'admin')
    expect(admins).toHaveLength(1)
    const [left] = admins
    const [stays, other] = left?.id === carmen.id ? [admin, supervisor] : [supervisor, admin]
    expect(await code(other.api('PATCH', `/api/v1/people/${left?.id}`, { role: 'agent' }))).toBe('missing_permission')
    await stays.api('PATCH', `/api/v1/people/${carmen.id}`, { role: 'admin' })
    await admin.api('PATCH', `/api/v1/people/${javier.id}`, { role: 'supervisor' })
  })
})

describe('an agent who leaves', () => {
  it('can no longer come in; their tickets go back with the reason, and their history stays', async () => {
    await t.post(webhook(DEMO.phoneNumberId, [{ from: '5215550004001', name: 'Ana', text: 'hola', at: t.now() }]))
    await t.pass(0)
    const andres = await personOf('andres.molina@example.com')
    const [ticket] = (await get<{ items: { id: string }[] }>('/tickets')).items
    await admin.api('POST', `/api/v1/tickets/${ticket?.id}/assign`, { agentId: andres.id })
    const person = await signIn(t, andres.email)
    await person.api('POST', `/api/v1/tickets/${ticket?.id}/reply`, { text: 'Ya lo veo' })
    expect((await admin.api('POST', `/api/v1/people/${andres.id}/deactivate`)).status).toBe(200)
    expect(await code(person.api('GET', '/api/v1/me'))).toBe('no_workspace')
    const left = await get<{ owner: { id: string } | null; assignmentReason: string; messages: { author: string }[] }>(
      `/tickets/${ticket?.id}`,
    )
    expect(left.owner?.id).not.toBe(andres.id)
    expect(left.assignmentReason).toContain('Andrés Molina')
    expect(left.messages.map(message => message.author)).toContain('Andrés Molina')
    expect((await admin.api('POST', `/api/v1/people/${andres.id}/reactivate`)).status).toBe(200)
    expect((await person.api('GET', '/api/v1/me')).status).toBe(200)
  })
})

it('an agent sees the tickets of their team and their own, in lists and one by one; a supervisor sees all', async () => {
  const say = (from: string, text: string) =>
    t.post(webhook(DEMO.phoneNumberId, [{ from, name: text, text, at: t.now() }]))
  await say('5215550004101', 'necesito una factura')
  await say('5215550004102', 'hola, ¿tienen libros?')
  await t.pass(0)
  const nuria = await signIn(t, DEMO_PEOPLE.agent)
  type Ticket = { id: string; subject: string; team: { name: string } | null; owner: { id: string } | null }
  const listed = async (as: Person) => (await get<{ items: Ticket[] }>('/tickets', as)).items
  const all = await listed(supervisor)
  const own = (ticket: Ticket) => ticket.team?.name === 'Facturación'
  expect([all.some(own), all.every(own)]).toEqual([true, false])
  expect((await listed(nuria)).map(ticket => ticket.id)).toEqual(all.filter(own).map(ticket => ticket.id))
  const other = all.find(ticket => !own(ticket))
  expect((await nuria.api('GET', `/api/v1/tickets/${other?.id}`)).status).toBe(404)
  // Given to her, it is hers, whatever its team.
  await supervisor.api('POST', `/api/v1/tickets/${other?.id}/assign`, {
    agentId: (await personOf(DEMO_PEOPLE.agent)).id,
  })
  expect((await nuria.api('GET', `/api/v1/tickets/${other?.id}`)).status).toBe(200)
})

describe('keys', () => {
  it('are shown once, may do what they say, and end', async () => {
    const made = await admin.api<{ id: string; key: string }>('POST', '/api/v1/keys', {
      ...{ name: 'ERP', permissions: ['contacts.read'], expiresInDays: 1 },
    })
    const as = { authorization: `Bearer ${made.body.key}` }
    const status = async (path: string) => (await browser(t).api('GET', `/api/v1${path}`, undefined, as)).status
    expect([await status('/contacts'), await status('/tickets')]).toEqual([200, 403])
    const { items } = await get<{ items: { id: string; lastUsedAt: string | null; hint: string }[] }>('/keys')
    expect(items[0]).toMatchObject({
      id: made.body.id,
      lastUsedAt: t.now().toISOString(),
      hint: made.body.key.slice(-4),
    })
    expect(JSON.stringify(items)).not.toContain(made.body.key)
    await t.pass(25 * 3600)
    expect(await status('/contacts')).toBe(401)
  })

  it('are revoked for good; those of before go on', async () => {
    const made = await admin.api<{ id: string; key: string }>('POST', '/api/v1/keys', { name: 'Otra', permissions })
    const as = { authorization: `Bearer ${made.body.key}` }
    expect((await browser(t).api('GET', '/api/v1/me', undefined, as)).body).toMatchObject({ kind: 'key', permissions })
    await admin.api('POST', `/api/v1/keys/${made.body.id}/revoke`)
    expect((await browser(t).api('GET', '/api/v1/me', undefined, as)).status).toBe(401)
    expect((await t.api('GET', '/me')).status).toBe(200)
  })
})

describe('a workspace', () => {
  it('is set up by the first person of a fresh installation, and by nobody after; a person may be of several', async () => {
    const setup = (name: string, email: string) => ({
      ...{ name, email, password },
      workspace: { name: 'Taller Sol', language: 'pt', timeZone: 'America/Sao_Paulo' },
    })
    await t.database.owner`update agents set user_id = null`
    await t.database.owner`delete from auth.users`
    expect((await browser(t).api('GET', '/api/join')).body).toEqual({
      ...{ setup: true, signUp: false, mail: true },
      demo: {
        password: SANDBOX.password,
        people: expect.arrayContaining([expect.objectContaining({ name: 'Carmen Ruiz' })]),
      },
    })
    const [rita, rui] = [browser(t), browser(t)]
    const both = await Promise.all([
      rita.api('POST', '/api/join/setup', setup('Rita', 'rita@example.com')),
      rui.api('POST', '/api/join/setup', setup('Rui', 'rui@example.com')),
    ])
    expect(both.map(answer => answer.status).sort()).toEqual([201, 403])
    const first = both[0]?.status === 201 ? rita : rui
    expect(await get('/me', first)).toMatchObject({ language: 'pt', permissions, person: { role: 'admin' } })
    expect(await get('/workspace', first)).toMatchObject({
      name: 'Taller Sol',
      timeZone: 'America/Sao_Paulo',
      graceHours: 72,
    })
    const { items } = await get<{ items: { step: string; done: boolean }[] }>('/workspace/onboarding', first)
    expect(Object.fromEntries(items.map(({ step, done }) => [step, done]))).toEqual({
      ...{ number: false, crm: false, message: false, colleague: false, rules: false, sla: true },
    })

    // The demo’s workspace invites them as well.
    const invited = await t.api<{ link: string }>('POST', '/invitations', { role: 'agent' })
    const path = invited.body.link.replace(/.*invitation=/, '/api/join/invitations/')
    expect((await first.api('POST', path, {})).status).toBe(201)
    const { workspaces, workspaceId } = await get<{ workspaces: { id: string }[]; workspaceId: string }>('/me', first)
    expect(workspaces).toHaveLength(2)
    const other = workspaces.find(each => each.id !== workspaceId)?.id ?? ''
    expect((await first.api('GET', '/api/v1/me', undefined, { 'x-workspace': other })).body).toMatchObject({
      ...{ workspaceId: other },
    })
    await first.api('POST', '/api/v1/me/workspace', { workspaceId: other })
    expect(await get('/me', first)).toMatchObject({ workspaceId: other })
    expect(await code(first.api('POST', '/api/v1/me/workspace', { workspaceId: t.connectionId }))).toBe('not_found')
    const stranger = { 'x-workspace': t.connectionId }
    expect(await code(first.api('GET', '/api/v1/me', undefined, stranger))).toBe('no_workspace')
  })
})
