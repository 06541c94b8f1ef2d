/** What waited is carried in two calls: one reads the spreadsheet, one writes all of it. */
import { expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause, resume } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { credentials, EMAIL, peopleIn } from '../connectors/google-sheets/harness.ts'
import { startHub } from '../support/hub.ts'

const SYSTEM = { kind: 'system' } as const

it('1,000 messages of 300 people', async () => {
  const t = await startHub()
  const ctx = () => syncContext(t.hub.services, t.workspaceId)
  await pause(ctx(), t.connectionId, SYSTEM)
  t.sandbox.google.accounts({ email: EMAIL, token: credentials().accessToken, refreshToken: '1//refresh' })
  const { id } = await connect(ctx(), { connector: 'google-sheets', credentials: credentials() })
  await pause(ctx(), id, SYSTEM)
  const people = peopleIn(t.sandbox)
  const said = Array.from({ length: 1_000 }, (_, n) => ({
    ...{ from: `5255${10_000_000 + (n % 300)}`, name: `Clienta ${n % 300}`, text: `hola ${n}` },
  }))
  for (let n = 0; n < said.length; n += 50) {
    t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: said.slice(n, n + 50) })
  }
  await t.pass(2)
  t.sandbox.calls.clear()
  await resume(ctx(), id, SYSTEM)
  for (let n = 0; n < 3; n++) await t.pass(2)
  const acts = t.sandbox.calls.report('google').calls.map(({ path }) => path.split(':')[1] ?? 'Drive')
  // What Drive rings for in consequence the feed reads, after it.
  expect(acts.slice(0, 2)).toEqual(['getByDataFilter', 'batchUpdate'])
  expect(acts.filter(act => act === 'batchUpdate')).toHaveLength(1)
  const counts = (['contact', 'ticket', 'message'] as const).map(kind => people.records(kind).length)
  expect(counts).toEqual([300, 300, 1_000])
  expect(people.records('message').filter(({ values }) => !values.contact_key || !values.ticket_key)).toEqual([])
  expect(await t.database.owner`select 1 from outbox where connection_id = ${id}`).toHaveLength(0)
  await t.close()
})
