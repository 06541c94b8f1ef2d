import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissions } from '../../src/core/permissions.ts'
import { newId } from '../../src/inbox/context.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import {
  ask,
  type Document,
  describeAsked,
  fillWorkspace,
  idsOf,
  namedIn,
  routesOf,
  tableOf,
  type WalkedRoute,
} from '../support/walk.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

type Entry = { at: string; action: string; actor: { kind: string }; subjectId: string; before: unknown; after: unknown }
const log = async (query = '') =>
  (await t.api<{ items: Entry[]; nextCursor: string | null }>('GET', `/audit?${query}`)).body

it('says of a change who made it, what was before and what is after: what differs, and no more', async () => {
  await t.api('PATCH', '/workspace', { name: 'Librería Arrayán', graceHours: 48 })
  const [entry] = (await log('action=workspace changed')).items
  expect(entry).toMatchObject({
    ...{ action: 'workspace changed', actor: { kind: 'api' }, subjectId: t.workspaceId },
    ...{ before: { graceHours: 72 }, after: { graceHours: 48 } },
  })
})

it('keeps no secrets', async () => {
  const made = await t.api<{ key: string }>('POST', '/keys', { name: 'Llave', permissions: ['audit.read'] })
  const invited = await t.api<{ link: string }>('POST', '/invitations', { email: 'eva@example.com' })
  const all = JSON.stringify(await t.database.owner`select * from audit`)
  expect(all).toContain('Llave')
  for (const secret of [made.body.key, invited.body.link.split('=').at(-1) ?? '']) expect(all).not.toContain(secret)
})

it('is read newest first, page by page, and by action, actor, subject and time', async () => {
  for (let n = 0; n < 5; n++) {
    await t.pass(60)
    await t.api('PATCH', '/workspace', { graceHours: 50 + n })
  }
  const seen: Entry[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof log>> = await log(`limit=3&${cursor ? `cursor=${cursor}` : ''}`)
    seen.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  expect(seen.map(entry => entry.at)).toEqual(
    seen
      .map(entry => entry.at)
      .toSorted()
      .toReversed(),
  )
  const [count] = await t.database.owner`select count(*)::int as n from audit where workspace_id = ${t.workspaceId}`
  expect(seen).toHaveLength(count?.n)
  const since = new Date(t.now().getTime() - 150_000).toISOString()
  expect((await log(`action=workspace changed&from=${since}`)).items).toHaveLength(3)
  expect((await log(`subjectId=${t.workspaceId}&to=${since}&subjectKind=workspace`)).items.length).toBeGreaterThan(0)
  expect((await log(`actorId=${newId()}`)).items).toEqual([])
})

it('goes out as CSV, and says that it did; no cell is a formula', async () => {
  await t.api('PATCH', '/workspace', { name: '=HYPERLINK("http://evil.example.com")' })
  const made = await t.api<{ key: string }>('POST', '/keys', { name: '=1+1', permissions: [...permissions] })
  const headers = { authorization: `Bearer ${made.body.key}` }
  await fetch(`${t.url}/api/v1/workspace`, {
    method: 'PATCH',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Librería Arrayán' }),
  })
  const answer = await fetch(`${t.url}/api/v1/audit.csv`, { headers })
  expect(answer.headers.get('content-type')).toContain('text/csv')
  const lines = (await answer.text()).split('\r\n')
  expect(lines[0]).toBe('at,actor,action,subjectKind,subjectId,before,after,data')
  expect(lines.some(line => line.includes(",'=1+1,"))).toBe(true)
  expect((await log()).items[0]).toMatchObject({ action: 'audit exported' })
})

describe('every write that is done leaves an entry', () => {
  it('walked over all routes, with the ids of one’s own workspace', async () => {
    const document = (await (await fetch(`${t.url}/openapi.json`)).json()) as Document
    const made = await t.api<{ key: string }>('POST', '/keys', { name: 'walker', permissions: [...permissions] })
    const credentials = { authorization: `Bearer ${made.body.key}` }
    await t.post(webhook(DEMO.phoneNumberId, [{ from: '5215550006001', name: 'Ana', text: 'hola', at: t.now() }]))
    await t.pass(0)
    await fillWorkspace(t.database.owner, t.workspaceId)
    const ids = await idsOf(t.database.owner, t.workspaceId)
    const passing = /\/(typing|presence|preview|try|numbers)$/
    const [bad, done, silent]: [string[], string[], string[]] = [[], [], []]
    // What ends things comes last.
    const ending = /\/(deactivate|revoke|merge|resolve)$/
    const late = (route: WalkedRoute) => Number(ending.test(route.path)) + 2 * Number(route.method === 'DELETE')
    for (const route of routesOf(document).toSorted((a, b) => late(a) - late(b))) {
      if (['GET', 'anyone'].some(each => each === route.method || each === route.permission)) continue
      if (passing.test(route.path)) continue
      const before = await count()
      const id = ids.get(tableOf(route.path, ids.keys()) ?? '') ?? newId()
      const asked = await ask({ url: t.url, document }, route, credentials, name => namedIn(ids, name) ?? id)
      if (asked.status >= 300) continue
      done.push(`${route.method} ${route.path}`)
      if ((await count()) === before) bad.push(describeAsked(route, asked))
      else if (!(await saysWhatChanged())) silent.push(`${route.method} ${route.path}`)
    }
    expect(silent).toEqual([])
    expect(bad).toEqual([])
    expect(done.length, done.join('\n')).toBeGreaterThan(30)
  })

  const saysWhatChanged = async () => {
    const [last] = await t.database
      .owner`select action, before, after, data from audit order by at desc, id desc limit 1`
    // Of a write that changed nothing only the request is told.
    const isNoChange = /^(POST|PUT|PATCH|DELETE) /.test(last?.action)
    return isNoChange || last?.before !== null || last?.after !== null || last?.data !== null
  }
  const count = async () => (await t.database.owner`select count(*)::int as n from audit`)[0]?.n as number
})
