/** What a plan tells is what is done: the same calls and no other, the same values; or it is refused. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PlanRequest, PlanSummary } from '../../src/core/plan.ts'
import { planItems } from '../../src/db/plans.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { DEMO } from '../../src/node/demo.ts'
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

it.each([
  ['theirs', 0, ['Puebla', 'Mérida', 'Toluca']],
  ['ours', 0, ['Mérida', 'Mérida', 'Toluca']],
  ['ask', 1, ['Puebla', 'Mérida', 'Toluca']],
] as const)(
  'of a draft: what newly mapped fields hold there is merged first, under "%s"',
  async (policy, asked, cities) => {
    const people = ['Ana', 'Beto', 'Eva'].map((name, n) => ({ from: `52155100001${10 + n}`, name }))
    for (const person of people) await say(t, 'hola', person)
    await t.api('POST', '/custom-fields', { kind: 'contact', key: 'city', label: 'Ciudad', type: 'string' })
    const { body } = await t.api<{ items: { id: string; name: string }[] }>('GET', '/contacts')
    for (const { id, name } of body.items) {
      if (name !== 'Eva') await t.api('PATCH', `/contacts/${id}`, { custom: { city: 'Mérida' } })
      const record = remote(t, 'contacts').find(each => each.properties.firstname === name)
      const properties = { Ana: { city: 'Puebla' }, Eva: { city: 'Toluca' } }[name]
      if (properties) t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', record?.id ?? '', { properties })
    }
    for (const seconds of [2, 5]) await t.pass(seconds)
    const at = `/connections/${t.connectionId}/mapping`
    const { active } = (await t.api<{ active: { mapping: { contact: object[]; ticket: object[] } } }>('GET', at)).body
    const city = {
      id: 'city',
      ours: 'custom.city',
      theirs: ['city'],
      direction: 'both',
      transform: { kind: 'as is' },
      policy,
    }
    await t.api('PUT', `${at}/draft`, { ...active.mapping, contact: [...active.mapping.contact, city] })
    const made = await plan({ of: 'mapping' })
    const acts = (await items(made.id)).map(({ act, fields }) => [act, fields] as const)
    const writes = policy === 'ours' ? 2 : 1
    expect(made.summary).toMatchObject({ create: 0, update: writes, conflict: asked, skip: 0 })
    expect(acts).toContainEqual(['update', [{ field: 'city', from: null, to: 'Mérida' }]])
    if (policy === 'ask') {
      expect(acts).toContainEqual(['conflict', [{ field: 'custom.city', from: 'Puebla', to: 'Mérida' }]])
    }
    const was = seen()
    expect((await t.api('POST', `${at}/apply`, { backfill: true })).status).toBe(200)
    for (const seconds of [2, 6, 10]) await t.pass(seconds)
    for (const { path, calls: planned } of made.summary.calls) {
      const count = (list: ReturnType<typeof seen>) =>
        list.filter(([key]) => key.endsWith(path)).reduce((sum, [, calls]) => sum + calls, 0)
      expect({ path, calls: count(seen()) - count(was) }).toEqual({ path, calls: planned })
    }
    const there = people.map(({ name }) => remote(t, 'contacts').find(each => each.properties.firstname === name))
    expect(there.map(record => record?.properties.city)).toEqual(cities)
    if (policy !== 'ask') return
    // What waits for a person stands in every plan of its record.
    await pause()
    const [ana] = body.items.filter(({ name }) => name === 'Ana')
    await t.api('PATCH', `/contacts/${ana?.id}`, { email: 'ana@example.com' })
    const next = await plan({ of: 'outbox' })
    expect(next.summary).toMatchObject({ update: 1, conflict: 1 })
    await apply(next.id)
    for (const seconds of [2, 6]) await t.pass(seconds)
    expect(await waiting(t)).toEqual([])
  },
)
