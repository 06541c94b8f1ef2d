import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { CUSTOMER, call, openSandbox, PHONE, PORTAL, type Receiver, startReceiver } from './support.ts'

const CONTACTS = '/hubspot/crm/objects/2026-09/contacts'

let sandbox: Sandbox
beforeEach(() => {
  sandbox = openSandbox()
  sandbox.hubspot.portals({ ...PORTAL, rateLimit: false })
})
afterEach(() => sandbox.close())

function create(firstname = 'Ana') {
  return call(sandbox, 'POST', CONTACTS, { properties: { firstname } })
}

function total(): number {
  return sandbox.hubspot.objects(PORTAL.portalId, 'contacts').total
}

describe('faults', () => {
  it('answers as planned, so many times, after so many calls', async () => {
    const headers = { 'retry-after': '3' }
    sandbox.faults.add({
      vendor: 'hubspot',
      method: 'POST',
      path: 'contacts$',
      times: 2,
      skip: 1,
      kind: 'status',
      status: 502,
      headers,
    })
    const answers = [await create(), await create(), await create(), await create()]
    expect(answers.map(answer => answer.status)).toEqual([201, 502, 502, 201])
    expect(answers[1]?.headers.get('retry-after')).toBe('3')
    expect(total()).toBe(2)
  })

  it('stores and then fails', async () => {
    sandbox.faults.add({ vendor: 'hubspot', kind: 'store_then_500' })
    expect((await create()).status).toBe(500)
    expect(total()).toBe(1)
  })

  it('stores and then never answers', async () => {
    const server = await sandbox.listen(0)
    sandbox.faults.add({ vendor: 'hubspot', kind: 'store_then_hang' })
    const giveUp = new AbortController()
    const request = fetch(`${server.url}${CONTACTS}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${PORTAL.token}` },
      body: JSON.stringify({ properties: { firstname: 'Ana' } }),
      signal: giveUp.signal,
    })
    await expect.poll(total).toBe(1)
    giveUp.abort()
    await expect(request).rejects.toThrow()
    await expect.poll(() => sandbox.calls.report('hubspot').calls.at(-1)?.fault).toBe('store_then_hang')
    await server.close()
  })

  it('fails the inputs named by a partial fault', async () => {
    sandbox.faults.add({ vendor: 'hubspot', path: 'batch/create', kind: 'partial', failIndexes: [1] })
    const inputs = ['a', 'b', 'c'].map(id => ({ properties: { firstname: id }, objectWriteTraceId: id }))
    const { status, json } = await call(sandbox, 'POST', `${CONTACTS}/batch/create`, { inputs })
    expect(status).toBe(207)
    expect(json).toMatchObject({ numErrors: 1, errors: [{ context: { objectWriteTraceId: ['b'] } }] })
    expect(total()).toBe(2)
  })
})

describe('calls', () => {
  it('counts by method and path', async () => {
    const first = await create()
    await create()
    await call(sandbox, 'GET', `${CONTACTS}/${first.json.id}`)
    expect(sandbox.calls.report('hubspot')).toMatchObject({
      total: 3,
      counts: { [`POST ${CONTACTS}`]: 2, [`GET ${CONTACTS}/{id}`]: 1 },
    })
    sandbox.calls.clear()
    expect(sandbox.calls.report().total).toBe(0)
  })
})

describe('over HTTP', () => {
  it('does what the methods do, and explains what is wrong', async () => {
    const control = (target: string, body: unknown, headers = {}) =>
      sandbox.app.request(`http://localhost/control/${target}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    expect((await control('whatsapp/phones', PHONE)).status).toBe(201)
    const messages = [{ from: CUSTOMER, text: 'Hola' }]
    const sent = await control('whatsapp/inbound', { phoneNumberId: PHONE.phoneNumberId, messages })
    expect(await sent.json()).toMatchObject({ ids: [expect.stringMatching(/^wamid\./)] })
    expect((await control('whatsapp/inbound', { phoneNumberId: '1', messages })).status).toBe(404)
    expect((await control('faults', { vendor: 'hubspot', kind: 'explode' })).status).toBe(400)
    expect((await control('faults', { vendor: 'hubspot', kind: 'hang', path: '(' })).status).toBe(400)
    expect((await control('reset', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    const foreign = await sandbox.app.request('http://evil.example/control/state')
    expect(foreign.status).toBe(403)
  })

  it('moves the clock for everybody', () => {
    expect(sandbox.time({ now: '2027-01-01T00:00:00Z' }).now).toMatch(/^2027-01-01T00:00:00/)
    expect(sandbox.time({ advanceMs: 86_400_000 }).now).toMatch(/^2027-01-02T00:00:00/)
    expect(sandbox.state().now).toMatch(/^2027-01-02/)
  })
})

describe('snapshots', () => {
  let folder: string
  let receiver: Receiver
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'))
    receiver = await startReceiver()
  })
  afterEach(async () => {
    rmSync(folder, { recursive: true })
    await receiver.close()
  })

  it('carries records, chats and undelivered webhooks over a restart', async () => {
    const snapshotFile = path.join(folder, 'state.json')
    const before = openSandbox({ snapshotFile })
    before.whatsapp.phones({ ...PHONE, webhookUrl: `${receiver.url}/hook` })
    before.hubspot.portals(PORTAL)
    const made = await call(before, 'POST', CONTACTS, { properties: { email: 'Ana@Example.com' } })
    before.faults.add({ vendor: 'webhooks', kind: 'status', status: 503, times: 100 })
    before.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages: [{ from: CUSTOMER, text: 'Hola' }] })
    before.close()
    expect(receiver.received).toHaveLength(0)

    const after = openSandbox({ snapshotFile })
    await after.idle()
    expect(receiver.received).toHaveLength(1)
    expect(after.state().whatsapp.chats[0]?.messages).toMatchObject([{ text: 'Hola', direction: 'in' }])
    const found = await call(after, 'GET', `${CONTACTS}/ana@example.com?idProperty=email`)
    expect(found.json.id).toBe(made.json.id)
    after.close()
  })

  it('writes soon after a change, without being closed', async () => {
    const snapshotFile = path.join(folder, 'state.json')
    const before = openSandbox({ snapshotFile })
    before.hubspot.portals(PORTAL)
    await expect.poll(() => openedPortals(snapshotFile), { timeout: 2_000 }).toEqual([PORTAL.portalId])
    before.close()
  })

  it('has on disk what HubSpot answered for, before it answers', async () => {
    const snapshotFile = path.join(folder, 'state.json')
    const before = openSandbox({ snapshotFile })
    before.hubspot.portals(PORTAL)
    const made = await call(before, 'POST', CONTACTS, { properties: { email: 'ana@example.com' } })
    const after = openSandbox({ snapshotFile })
    const found = await call(after, 'GET', `${CONTACTS}/${made.json.id}`)
    expect(found.status).toBe(200)
    before.close()
    after.close()
  })

  function openedPortals(snapshotFile: string): number[] {
    const copy = openSandbox({ snapshotFile })
    const portals = copy.state().hubspot.portals.map(portal => portal.portalId)
    copy.close()
    return portals
  }
})
