/**
 * Row-level security alone: every permission is given, and the code says nowhere `where workspace_id`. The walk of all routes
 * still finds nothing of another workspace; nor does SQL in any table.
 */
import { createMiddleware } from 'hono/factory'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { type Document, fillWorkspace, idsOf, routesOf, stateOf, tenantTables, walkForeign } from '../support/walk.ts'
import { testWorkspace } from '../support/workspace.ts'

vi.mock('../../src/http/permit.ts', () => ({ permit: () => createMiddleware((_, next) => next()) }))

let t: TestHub
let foreignId: string

beforeAll(async () => {
  t = await startHub()
  foreignId = (await testWorkspace(t.database.db)).workspaceId
  await fillWorkspace(t.database.owner, foreignId)
})
afterAll(() => t.close())

it('of another workspace’s ids every route says 404, and nothing of it changes', async () => {
  const document = (await (await fetch(`${t.url}/openapi.json`)).json()) as Document
  const foreign = await idsOf(t.database.owner, foreignId)
  const before = await stateOf(t.database.owner, foreignId)
  const made = await t.api<{ key: string }>('POST', '/keys', { name: 'none', permissions: [] })
  const credentials = { authorization: `Bearer ${made.body.key}` }
  // The checks are off: a key that may do nothing reads what needs a permission.
  const asked = await fetch(`${t.url}/api/v1/tickets`, { headers: credentials })
  expect([asked.status, routesOf(document).length > 60]).toEqual([200, true])
  expect(await walkForeign({ url: t.url, document }, foreign, credentials)).toEqual([])
  expect(await stateOf(t.database.owner, foreignId)).toEqual(before)
})

describe('in every table', () => {
  it('its rows are neither read, changed, deleted nor taken over', async () => {
    const tables = await tenantTables(t.database.owner)
    expect(tables.length).toBeGreaterThan(40)
    const before = await stateOf(t.database.owner, foreignId)
    for (const table of tables) {
      const seen = await inWorkspace(t.database.db, t.workspaceId, async tx => ({
        read: (await tx`select 1 from ${tx(table)} where workspace_id = ${foreignId}`).length,
        changed: (await tx`update ${tx(table)} set workspace_id = workspace_id where workspace_id = ${foreignId}`)
          .count,
        deleted: (await tx`delete from ${tx(table)} where workspace_id = ${foreignId}`).count,
      }))
      expect({ table, ...seen }).toEqual({ table, read: 0, changed: 0, deleted: 0 })
    }
    expect(await stateOf(t.database.owner, foreignId)).toEqual(before)
  })

  it('nothing is put into another workspace', async () => {
    for (const table of await tenantTables(t.database.owner)) {
      const given = inWorkspace(
        t.database.db,
        t.workspaceId,
        tx => tx`update ${tx(table)} set workspace_id = ${foreignId}`,
      ).then(
        rows => rows.count,
        (error: { code?: string }) => error.code,
      )
      // 42501: the policy. Tables where this workspace has no row have nothing to give.
      expect([table, await given]).toEqual([table, expect.toBeOneOf([0, '42501'])])
    }
  })
})
