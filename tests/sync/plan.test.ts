/** What a plan tells is what is done: the same calls and no other, the same values; or it is refused. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PlanRequest, PlanSummary } from '../../src/core/plan.ts'
import { planItems } from '../../src/db/plans.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { applyPlan } from '../../src/sync/apply-plan.ts'
import { syncContext } from '../../src/sync/context.ts'
import { makePlan } from '../../src/sync/plan.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

const system = { kind: 'system' } as const
const ctx = () => syncContext(t.hub.services, t.workspaceId)
const plan = (request: PlanRequest) => makePlan(ctx(), t.connectionId, request, system)
const apply = (id: string) => applyPlan(ctx(), id, system)
const items = (id: string) => inWorkspace(t.database.db, t.workspaceId, tx => planItems(tx, id, { limit: 1_000 }))
const pause = () => t.api('POST', `/connections/${t.connectionId}/pause`)

const sum = (summary: PlanSummary, writes: boolean) =>
  summary.calls.filter(each => each.writes === writes).reduce((total, each) => total + each.calls, 0)

/** Calls by what they are, as the simulated HubSpot saw them. */
const seen = () => Object.entries(t.sandbox.calls.report('hubspot').counts)

it('of what waits: the records, their fields, and exactly the calls that are then made', async () => {
  await say(t, 'hola')
  // The echoes of it are heard.
  await t.pass(5)
  await pause()
  for (let n = 0; n < 12; n++) await say(t, `hola ${n}`, { from: `52155100001${10 + n}`, name: `Clienta ${n}` })
  const [ticket] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets?text=hola')).body.items.slice(-1)
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido 7' })
  const before = { calls: calls(t), objects: JSON.stringify(remote(t, 'contacts')) }
  const made = await plan({ of: 'outbox' })
  // What reads is made, to know what is there.
  expect(calls(t) - before.calls).toBe(sum(made.summary, false))
  expect(JSON.stringify(remote(t, 'contacts'))).toBe(before.objects)
  expect(made.summary).toMatchObject({ skip: 0, conflict: 0, isWhole: true, writes: 4 })
  expect(made.summary.create + made.summary.update).toBe((await waiting(t)).length)
  const update = (await items(made.id)).find(item => item.act === 'update')
  expect(update?.fields).toEqual([{ field: 'subject', from: 'hola', to: 'Pedido 7' }])

  const was = seen()
  await apply(made.id)
  for (const seconds of [2, 6]) await t.pass(seconds)
  expect(calls(t) - before.calls).toBe(2 * sum(made.summary, false) + sum(made.summary, true))
  for (const { path, calls: planned } of made.summary.calls) {
    const now = seen()
      .filter(([key]) => key.endsWith(path))
      .reduce((sum, [, count]) => sum + count, 0)
    const then = was.filter(([key]) => key.endsWith(path)).reduce((sum, [, count]) => sum + count, 0)
    expect({ path, calls: now - then }).toEqual({ path, calls: planned })
  }
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
  expect(told(t)).toHaveLength(13)
  await expect(apply(made.id)).rejects.toThrow('applied already')
})

it('is refused, with what has moved, where the world is another by then; and when it is over', async () => {
  await pause()
  await say(t, 'hola')
  const made = await plan({ of: 'outbox' })
  await t.database.owner`update contacts set name = 'Otra'`
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  await expect(apply(made.id)).rejects.toThrow(`1 records have changed since the plan was made: contact ${contact?.id}`)
  expect(remote(t, 'contacts')).toEqual([])
  const other = await plan({ of: 'outbox' })
  await say(t, 'otra cosa')
  await expect(apply(other.id)).rejects.toThrow('have changed')
  const last = await plan({ of: 'outbox' })
  await t.pass(25 * 3600)
  await expect(apply(last.id)).rejects.toThrow('over')
})

it('of a backfill: what is missing there is made, with the contact it hangs on, and what is equal is left alone', async () => {
  await say(t, 'hola')
  await pause()
  for (let n = 0; n < 3; n++) await say(t, `hola ${n}`, { from: `52155100001${10 + n}`, name: `Clienta ${n}` })
  // As if they had been here before the CRM was connected.
  await t.database.owner`delete from outbox`
  await t.api('POST', `/connections/${t.connectionId}/resume`)
  const scope = { since: null, openOnly: true, tag: null, category: null, createUnknown: false }
  const made = await plan({ of: 'backfill', scope: { ...scope, kinds: ['ticket'] } })
  const acts = (await items(made.id)).map(item => `${item.act} ${item.kind}`).sort()
  expect(acts).toEqual([...Array(3).fill('create contact'), ...Array(3).fill('create ticket')])
  expect(made.summary.unchanged).toBe(1)
  const before = calls(t)
  await apply(made.id)
  for (const seconds of [2, 6]) await t.pass(seconds)
  expect(calls(t) - before).toBe(sum(made.summary, false) + sum(made.summary, true))
  expect(await waiting(t)).toEqual([])
})
