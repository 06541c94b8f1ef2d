/** All routes × roles × no credentials × ids of another workspace × tickets out of sight, made of the OpenAPI document. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInRoles, permissions } from '../../src/core/permissions.ts'
import { newId } from '../../src/inbox/context.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { DEMO_PEOPLE, openDemoPeople, type Person, signIn } from '../support/sign-in.ts'
import {
  type Asked,
  ask,
  type Document,
  describeAsked,
  fillWorkspace,
  idsOf,
  routesOf,
  SECRET,
  stateOf,
  tableOf,
  type WalkedRoute,
  walkForeign,
} from '../support/walk.ts'
import { webhook } from '../support/whatsapp.ts'
import { testWorkspace } from '../support/workspace.ts'

let t: TestHub
let document: Document
let routes: WalkedRoute[]
let foreign: Map<string, string>
let foreignId: string

beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
  const other = await testWorkspace(t.database.db)
  foreignId = other.workspaceId
  const said = (id: string, from: string, name: string, word: string) =>
    t.post(webhook(id, [{ from, name, text: `${word} hola`, at: t.now() }]))
  await said(other.phoneNumberId, '5215550007001', SECRET, SECRET)
  await said(DEMO.phoneNumberId, '5215550007002', 'Ana', HIDDEN)
  await t.pass(0)
  await fillWorkspace(t.database.owner, foreignId)
  foreign = await idsOf(t.database.owner, foreignId)
  document = (await (await fetch(`${t.url}/openapi.json`)).json()) as Document
  routes = routesOf(document)
})
afterAll(() => t.close())

/** What an agent may not read of their own workspace. */
const HIDDEN = 'FUERA-DE-VISTA'

/** Refused for what the route needs; some of what a route is given may need more. */
const lacks = ({ status, text }: Asked, { permission }: WalkedRoute) =>
  status === 403 && text.includes(`"permission":"${permission}"`)

const cookies = ({ cookies: jar }: Person) => ({
  cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
})
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const names = ({ method, path }: WalkedRoute) => `${method} ${path}`
const world = () => ({ url: t.url, document })
const own = () => routes.filter(route => route.permission !== 'anyone')

async function keyOf(granted: readonly string[]): Promise<Record<string, string>> {
  const made = await t.api<{ key: string }>('POST', '/keys', { name: 'walker', permissions: granted })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  return bearer(made.body.key)
}

/** Each with its answer, where that is not as it should be. */
async function wrong(
  walked: WalkedRoute[],
  act: (route: WalkedRoute) => Promise<Asked>,
  right: (asked: Asked, route: WalkedRoute) => boolean,
) {
  const bad: string[] = []
  for (const route of walked) {
    const asked = await act(route)
    if (!right(asked, route)) bad.push(describeAsked(route, asked))
  }
  return bad
}

it('every route says what it needs, and is in the document', () => {
  const known: (string | undefined)[] = ['signed in', 'anyone', ...permissions]
  expect(routes.filter(route => !known.includes(route.permission)).map(names)).toEqual([])
  expect(
    routes.filter(route => route.permission === 'anyone' && !route.path.startsWith('/api/join')).map(names),
  ).toEqual([])
  expect(own().length).toBeGreaterThan(60)
  const documented = new Set(routes.map(names))
  const registered = t.hub.app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/api\/(v1|join)/.test(path) && !path.endsWith('*'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`)
  expect([...new Set(registered)].filter(each => !documented.has(each))).toEqual([])
})

it('without credentials each is 401', async () => {
  for (const credentials of [{}, bearer('bz_wrong'), { cookie: 'buzon.session_token=wrong.wrong' }] as Record<
    string,
    string
  >[]) {
    expect(
      await wrong(
        own(),
        route => ask(world(), route, credentials, newId),
        ({ status }) => status === 401,
      ),
    ).toEqual([])
  }
})

describe('permissions', () => {
  it('a key with all but the one that a route needs is refused, by its name', async () => {
    const keys = new Map<string, Record<string, string>>()
    for (const each of permissions) keys.set(each, await keyOf(permissions.filter(other => other !== each)))
    const walked = own().filter(route => route.permission !== 'signed in')
    const bad = await wrong(walked, route => ask(world(), route, keys.get(route.permission ?? '') ?? {}, newId), lacks)
    expect(bad).toEqual([])
  })

  it('a key with that one alone is let through', async () => {
    const keys = new Map<string, Record<string, string>>()
    for (const each of permissions) keys.set(each, await keyOf([each]))
    const nothing = await keyOf([])
    const bad = await wrong(
      own(),
      route => ask(world(), route, keys.get(route.permission ?? '') ?? nothing, newId),
      (asked, route) => asked.status !== 401 && asked.status < 500 && !lacks(asked, route),
    )
    expect(bad).toEqual([])
  })

  it.each(['admin', 'supervisor', 'agent'] as const)('%s: exactly what the role has', async role => {
    const person = await signIn(t, DEMO_PEOPLE[role])
    const granted: readonly string[] = builtInRoles[role].permissions
    const may = (route: WalkedRoute) => route.permission === 'signed in' || granted.includes(route.permission ?? '')
    for (const [walked, isRefused] of [
      [own().filter(route => !may(route)), true],
      [own().filter(may), false],
    ] as const) {
      const bad = await wrong(
        walked,
        route => ask(world(), route, cookies(person), newId),
        (asked, route) => lacks(asked, route) === isRefused && asked.status !== 401 && asked.status < 500,
      )
      expect(bad).toEqual([])
    }
  })
})

describe('another workspace', () => {
  it('has rows in nearly every table', async () => {
    const empty = await fillWorkspace(t.database.owner, foreignId)
    expect(empty.length, empty.join(', ')).toBeLessThan(4)
  })

  it('its ids are 404, its words are nowhere, and nothing of it changes', async () => {
    const before = await stateOf(t.database.owner, foreignId)
    expect(await walkForeign(world(), foreign, await keyOf(permissions))).toEqual([])
    expect(await stateOf(t.database.owner, foreignId)).toEqual(before)
  })
})

it('tickets out of sight, and what belongs to them, do not exist for those who may do everything with their own', async () => {
  const role = await t.api<{ id: string }>('POST', '/roles', { name: 'Solo suyo', permissions, visibility: 'own' })
  const { body } = await t.api<{ items: { id: string; email: string }[] }>('GET', '/people')
  const nuria = body.items.find(each => each.email === DEMO_PEOPLE.agent)
  expect((await t.api('PATCH', `/people/${nuria?.id}`, { role: role.body.id })).status).toBe(200)
  await t.database.owner`update tickets set owner_id = null where workspace_id = ${t.workspaceId}`
  const person = await signIn(t, DEMO_PEOPLE.agent)
  const [row] = await t.database.owner<{ ticketId: string; messageId: string }[]>`
    select ticket_id, id as message_id from messages where workspace_id = ${t.workspaceId} and ticket_id is not null limit 1`
  const ids: Record<string, string | undefined> = { tickets: row?.ticketId, messages: row?.messageId }
  const walked = own().filter(route => /^\/api\/v1\/(tickets|messages)\/\{/.test(route.path))
  expect(walked.length).toBeGreaterThan(8)
  const bad = await wrong(
    walked,
    route =>
      ask(world(), route, cookies(person), name =>
        name === 'id' ? (ids[tableOf(route.path, Object.keys(ids)) ?? ''] ?? newId()) : newId(),
      ),
    ({ status, text }) => (status === 404 || status === 422) && !text.includes(HIDDEN),
  )
  expect(bad).toEqual([])
  const list = await person.api<{ items: unknown[] }>('GET', '/api/v1/tickets')
  expect(list.body.items).toEqual([])
  // Nor is it in any list, board, feed or search. Raw bodies are the ledger's, for those who look after the machine.
  const lists = own().filter(
    ({ method, path, permission }) => method === 'GET' && !path.includes('{') && permission !== 'ledger.read',
  )
  const told = await wrong(
    lists,
    route => ask(world(), route, cookies(person), newId, HIDDEN),
    ({ text }) => !text.includes(HIDDEN),
  )
  expect(told).toEqual([])
})
