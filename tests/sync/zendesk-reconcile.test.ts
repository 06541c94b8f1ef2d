/** What a comparison with Zendesk asks at once. */
import { expect, it, vi } from 'vitest'
import { connectorById } from '../../src/connectors/registry.ts'
import { DEMO } from '../../src/node/demo.ts'
import { sides } from '../faults/sides.ts'
import { startHub } from '../support/hub.ts'

it('a comparison reads no more tickets in a step than the allowance gives calls for', async () => {
  const t = await startHub()
  const connectionId = await sides.find(({ name }) => name === 'Zendesk')?.open(t)
  const people = Array.from({ length: 55 }, (_, n) => `5255100000${10 + n}`)
  t.sandbox.whatsapp.inbound({
    phoneNumberId: DEMO.phoneNumberId,
    messages: people.map(from => ({ from, name: `Clienta ${from}`, text: 'Hola' })),
  })
  for (const seconds of [2, 60, 60]) await t.pass(seconds)
  const { message } = connectorById('zendesk') ?? {}
  if (!message) throw new Error('There is no Zendesk')
  const reading = vi.spyOn(message, 'read')
  const { body } = await t.api('POST', `/connections/${connectionId}/reconciliations`, {})
  for (let n = 0; n < 8; n++) await t.pass(60)
  expect((await t.api('GET', `/reconciliations/${body.id}`)).body).toMatchObject({ state: 'done', missingThere: 0 })
  expect(reading.mock.calls.map(([, ids]) => ids.length)).toEqual([50, 5])
  reading.mockRestore()
  await t.close()
}, 60_000)
