/** On Node only: the simulation of Hyperdrive does not pool, and fifty requests at once are more connections than there are. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

it('carries 1,000 messages of 300 contacts to HubSpot in at most 24 calls', async () => {
  const before = t.sandbox.calls.report('hubspot').total
  const at = t.now()
  const bodies = Array.from({ length: 1000 }, (_, n) =>
    webhook(DEMO.phoneNumberId, [
      { from: `52155${String(20_000_000 + (n % 300))}`, name: `Persona ${n % 300}`, text: `mensaje ${n}`, at },
    ]),
  )
  for (let n = 0; n < bodies.length; n += 50) {
    const answers = await Promise.all(bodies.slice(n, n + 50).map(body => t.post(body)))
    expect(answers.map(answer => answer.status).filter(status => status !== 200)).toEqual([])
  }
  // Before the feed of changes is read, which is each minute whatever was carried.
  for (const seconds of [1, 1, 5]) await t.pass(seconds)
  const calls = t.sandbox.calls.report('hubspot')
  const count = (type: string) => t.sandbox.hubspot.objects(DEMO.portalId, type).total
  expect([count('contacts'), count('tickets'), count('communications')]).toEqual([300, 300, 1000])
  expect(calls.total - before).toBeLessThanOrEqual(24)
  // 16 carry them, and 6 look first for people whose number HubSpot has already, in two spellings each.
  expect(calls.total - before).toBe(16 + 6)
})
