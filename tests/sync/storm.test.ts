/** A peer that rewrites what we write, each time: bounded writes, counted near misses, a pair that is held and released. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { syncContext } from '../../src/sync/context.ts'
import { releaseHeldPair } from '../../src/sync/storm.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { remote, say, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

type Held = { id: string; kind: string; trips: number; fields: Record<string, unknown> }
const held = () => t.database.owner<Held[]>`select id, kind, trips, fields from round_trips where held_at is not null`

/** Writes by the connection's own app, as a workflow does whose mark is ours. */
async function rewrite(id: string, properties: Record<string, string>) {
  const answer = await fetch(`${t.hub.services.baseUrls.hubspot}/crm/objects/2026-09/tickets/batch/update`, {
    method: 'POST',
    headers: { authorization: 'Bearer pat-sandbox-demo', 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: [{ id, properties }] }),
  })
  expect(answer.status).toBe(200)
}

it('is held after five turns; the rest goes on; released, it is told anew and counted from the beginning', async () => {
  await say(t, 'hola')
  const [old] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets')).body.items
  await t.api('POST', `/tickets/${old?.id}/resolve`)
  await t.pass(73 * 3600)
  await say(t, 'otra cosa')
  await t.pass(10)
  const [there] = remote(t, 'tickets').filter(record => record.properties.wa_ticket_id === old?.id)
  const stage = () => remote(t, 'tickets').find(record => record.id === there?.id)?.properties.hs_pipeline_stage
  const ours = stage()
  // What we close is opened again there, by our own app's mark, and the inbox does not allow it: ours is told back.
  let writes = 0
  for (let n = 0; n < 12; n++) {
    await rewrite(there?.id ?? '', { hs_pipeline_stage: '1' })
    for (const seconds of [2, 2]) await t.pass(seconds)
    if (stage() === ours) writes++
  }
  expect(writes).toBe(4)
  expect(await held()).toMatchObject([
    { kind: 'ticket', trips: 5, fields: { hs_pipeline_stage: { said: ours, became: '1' } } },
  ])
  const [connection] = (await t.api<{ items: { nearMisses: number }[] }>('GET', '/connections')).body.items
  expect(connection?.nearMisses).toBe(5)
  expect(await waiting(t)).toEqual([])
  // Nothing else waits for it.
  await say(t, 'y otra')
  expect(remote(t, 'communications')).toHaveLength(3)

  const [pair] = await held()
  await releaseHeldPair(syncContext(t.hub.services, t.workspaceId), pair?.id ?? '', { kind: 'system' })
  await t.pass(2)
  expect(stage()).toBe(ours)
  expect(await held()).toEqual([])
  await expect(
    releaseHeldPair(syncContext(t.hub.services, t.workspaceId), pair?.id ?? '', { kind: 'system' }),
  ).rejects.toThrow('not held')
})
