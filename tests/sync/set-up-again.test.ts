import { afterEach, beforeEach, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

const owners = async () => {
  const [row] = await t.database.owner<
    { settings: { owners: { email: string }[] } }[]
  >`select settings from connections`
  return row?.settings.owners.map(({ email }) => email)
}

it('tells what connecting would make, and makes none of it', async () => {
  t.sandbox.hubspot.portals({ portalId: 5, token: 'pat-5', clientSecret: 's5', appId: 55 })
  const body = { connector: 'hubspot', credentials: { ...SANDBOX.hubspot, accessToken: 'pat-5' } }
  const answer = await t.api<{ items: { what: string; name: string }[] }>('POST', '/connections/set-up', body)
  expect(answer.status).toBe(200)
  expect(answer.body.items.map(({ what, name }) => `${what} ${name}`)).toEqual([
    ...['property group buzon', 'property wa_id', 'property group buzon', 'property wa_ticket_id'],
  ])
  expect(await t.api('POST', '/connections/set-up', body)).toMatchObject({ body: answer.body })
  expect((await t.database.owner`select 1 from connections`).length).toBe(1)
  const wrong = { ...body, credentials: { ...SANDBOX.hubspot, accessToken: 'wrong' } }
  expect(await t.api('POST', '/connections/set-up', wrong)).toMatchObject({ body: { code: 'connection_failed' } })
})

it('reads owners again on demand and each night, and keeps what an admin has set', async () => {
  const eva = { id: '79001', email: 'eva@example.com', firstName: 'Eva', lastName: 'Soto', userId: 69001 }
  t.sandbox.hubspot.configure(DEMO.portalId, { owners: [eva] })
  expect(await owners()).not.toContain(eva.email)
  const at = `/connections/${t.connectionId}/reread`
  expect(await t.api('POST', at)).toMatchObject({ status: 200, body: { changed: true } })
  expect(await owners()).toEqual([eva.email])
  expect(await t.api('POST', at)).toMatchObject({ body: { changed: false } })
  const leo = { ...eva, id: '79002', email: 'leo@example.com' }
  t.sandbox.hubspot.configure(DEMO.portalId, { owners: [eva, leo] })
  await t.pass(24 * 3_600)
  expect(await owners()).toEqual([eva.email, leo.email])
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 401, times: 1 })
  expect(await t.api('POST', at)).toMatchObject({ body: { code: 'connection_failed' } })
  expect(await t.database.owner`select state from connections`).toEqual([{ state: 'unauthorized' }])
})
