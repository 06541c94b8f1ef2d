/** What an Inngest server, which may be somebody else's, is told of the customers: nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const person = { from: '5215512345678', name: 'Ana Torres', text: 'Necesito la FACTURA del lunes' }
const ANSWER = 'Aquí la tiene'

/** Nothing but ids that we made, and the time. */
const id = z.uuid()
const data = z.union([
  z.strictObject({ workspaceId: id, connectionId: id }),
  z.strictObject({ workspaceId: id, conversationId: id }),
  z.strictObject({ workspaceId: id }),
])
const event = z.strictObject({ name: z.string(), data, ts: z.int().optional(), id: z.uuid().optional() })

it('events carry ids and nothing else, and answers no more than that, all the way there and back', async () => {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [person] })
  await t.pass(2)
  const [contact] = t.sandbox.hubspot.objects(DEMO.portalId, 'contacts').results
  t.sandbox.hubspot.reply(DEMO.portalId, { contactId: contact?.id ?? '', text: ANSWER, ownerId: '71003' })
  for (const seconds of [2, 2]) await t.pass(seconds)
  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: person.from })
  const [ticket] = t.sandbox.hubspot.objects(DEMO.portalId, 'tickets').results
  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', ticket?.id ?? '', { properties: { hs_pipeline_stage: '4' } })
  for (const seconds of [2, 120]) await t.pass(seconds)
  expect(await t.database.owner`select state from tickets`).toEqual([{ state: 'resolved' }])

  const sent = t.events()
  const names = sent.map(each => event.parse(each).name)
  expect([...new Set(names)].sort()).toEqual([
    ...['inbox/changes.made', 'inbox/message.queued', 'sync/delivery.received', 'sync/feed.due', 'sync/outbox.dirty'],
  ])
  // What steps and functions answered is kept by the server too.
  const answered = await t.database.owner`
    select steps.output::text from engine.steps union all select runs::text from engine.runs`
  expect(answered.length).toBeGreaterThan(5)
  const told = JSON.stringify([sent, answered])
  const secrets = [SANDBOX.whatsappToken, ...Object.values(SANDBOX.hubspot)]
  const ids = [contact?.id ?? '', ticket?.id ?? '', DEMO.phoneNumberId]
  for (const word of ['Ana', 'Torres', '5512345678', 'FACTURA', ANSWER, ...secrets, ...ids]) {
    expect(told).not.toContain(word)
  }
})
