import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { MappingRow } from '../../src/core/mapping/row.ts'
import { DEMO } from '../../src/node/demo.ts'
import { syncContext } from '../../src/sync/context.ts'
import { pauseRows } from '../../src/sync/read-new-rows.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, edit, remote, say, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

type Row = Record<string, unknown>
type Mapping = { contact: MappingRow[]; ticket: MappingRow[] }
type Contact = { id: string; name: string | null; email: string | null; tags: string[]; custom: Row }

const at = (path = '') => `/connections/${t.connectionId}/mapping${path}`
const mapped = async () =>
  (await t.api<{ active: { version: { version: number } | null; mapping: Mapping }; paused: Row[] }>('GET', at())).body
const contact = async () => (await t.api<{ items: [Contact] }>('GET', '/contacts')).body.items[0]
const there = () => remote(t, 'contacts')[0]?.properties ?? {}
const patch = async (body: object) => t.api('PATCH', `/contacts/${(await contact()).id}`, body)
const settled = async () => {
  for (const seconds of [2, 2, 10]) await t.pass(seconds)
}

const city: MappingRow = {
  ...{ id: 'city', ours: 'custom.city', theirs: ['city'], direction: 'both', transform: { kind: 'as is' } },
  policy: 'newest',
}

/** The active mapping with other or more rows, active. */
async function map(change: (mapping: Mapping) => Mapping, options: object = {}) {
  const { active } = await mapped()
  const saved = await t.api('PUT', at('/draft'), change(active.mapping))
  expect(saved.status, JSON.stringify(saved.body)).toBe(200)
  const applied = await t.api<{ told: number; isRead: boolean }>('POST', at('/apply'), options)
  expect(applied.status, JSON.stringify(applied.body)).toBe(200)
  await settled()
  return applied.body
}

const withRow = (row: MappingRow) => (mapping: Mapping) => ({ ...mapping, contact: [...mapping.contact, row] })
const withPolicy = (id: string, policy: MappingRow['policy']) => (mapping: Mapping) => ({
  contact: mapping.contact.map(row => (row.id === id ? { ...row, policy } : row)),
  ticket: mapping.ticket.map(row => (row.id === id ? { ...row, policy } : row)),
})

const field = (more: object = {}) =>
  t.api('POST', '/custom-fields', { kind: 'contact', key: 'city', label: 'Ciudad', type: 'string', ...more })

describe('a field of the workspace’s own', () => {
  it('goes to the CRM and comes from it, once it is mapped', async () => {
    expect((await field()).status).toBe(201)
    await say(t, 'hola')
    await map(withRow(city))
    await patch({ custom: { city: 'Mérida' } })
    await settled()
    expect(there().city).toBe('Mérida')
    await edit(t, 'contacts', { city: 'Puebla' })
    await settled()
    expect((await contact()).custom).toEqual({ city: 'Puebla' })
    expect(await waiting(t)).toEqual([])
  })

  it('does not cover what the CRM holds: that is read before anything is written', async () => {
    await field()
    await say(t, 'hola')
    await patch({ custom: { city: 'Mérida' } })
    await edit(t, 'contacts', { city: 'Puebla' })
    expect(await map(withRow({ ...city, policy: 'theirs' }))).toMatchObject({ isRead: true })
    expect(there().city).toBe('Puebla')
    expect((await contact()).custom).toEqual({ city: 'Puebla' })
    expect((await mapped()).paused).toEqual([])
  })

  it('stands still until the CRM has been read, and goes on by itself when it is asked again', async () => {
    await field()
    await say(t, 'hola')
    await edit(t, 'contacts', { city: 'Puebla' })
    t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, path: 'contacts/batch/read', times: 1 })
    expect(await map(withRow(city))).toMatchObject({ isRead: false })
    await patch({ custom: { city: 'Mérida' } })
    await settled()
    expect(there().city).toBe('Puebla')
    expect((await mapped()).paused).toMatchObject([{ rowId: 'city', kind: 'contact' }])
    expect((await t.api('POST', at('/read'))).body).toEqual({ isRead: true })
    await settled()
    expect((await mapped()).paused).toEqual([])
    expect(there().city).toBe((await contact()).custom.city)
  })

  it('that is filled there stays so under "fill if empty", and is filled where it is not', async () => {
    await field()
    await say(t, 'hola')
    await edit(t, 'contacts', { city: 'Puebla' })
    await map(withRow({ ...city, policy: 'fill if empty' }))
    expect((await contact()).custom).toEqual({ city: 'Puebla' })
    await patch({ custom: { city: 'Mérida' } })
    await settled()
    expect(there().city).toBe('Puebla')
    await edit(t, 'contacts', { city: 'Toluca' })
    expect((await contact()).custom).toEqual({ city: 'Mérida' })
    await edit(t, 'contacts', { city: '' })
    await settled()
    expect(there().city).toBe('Mérida')
  })

  it('takes nothing that it cannot hold', async () => {
    await field({ type: 'option', options: [{ value: 'mid', label: 'Mérida' }] })
    await say(t, 'hola')
    await map(withRow(city))
    await edit(t, 'contacts', { city: 'Puebla' })
    await settled()
    expect((await contact()).custom).toEqual({})
    expect(there().city).toBe('Puebla')
  })

  it('tags are joined, and what either side takes away is gone on both', async () => {
    await say(t, 'hola')
    const tags: MappingRow = {
      ...{ id: 'tags', ours: 'tags', theirs: ['company'], direction: 'both', policy: 'append' },
      transform: { kind: 'list', separator: ';' },
    }
    await patch({ tags: ['vip'] })
    await edit(t, 'contacts', { company: 'mayorista' })
    await map(withRow(tags), { backfill: true })
    expect((await contact()).tags.toSorted()).toEqual(['mayorista', 'vip'])
    expect(there().company?.split(';').toSorted()).toEqual(['mayorista', 'vip'])
    await edit(t, 'contacts', { company: 'mayorista' })
    await settled()
    expect((await contact()).tags).toEqual(['mayorista'])
  })
})

describe('a conflict', () => {
  type Conflict = { id: string; ours: { value: unknown }; theirs: { value: unknown }; state: string; base: unknown }
  const conflicts = async (state = 'open') =>
    (await t.api<{ items: Conflict[] }>('GET', `/conflicts?state=${state}`)).body.items

  /** Both change the e-mail, which is to be asked about. */
  async function quarrel() {
    await say(t, 'hola')
    await map(withPolicy('email', 'ask'))
    await patch({ email: 'ana@example.com' })
    await settled()
    await t.api('POST', `/connections/${t.connectionId}/pause`)
    await patch({ email: 'nuestro@example.com' })
    await edit(t, 'contacts', { email: 'suyo@example.com' })
    await t.api('POST', `/connections/${t.connectionId}/resume`)
    await settled()
  }

  it('is asked about: nothing is written on either side until a person decides', async () => {
    await quarrel()
    const [open, ...others] = await conflicts()
    expect(others).toEqual([])
    expect(open).toMatchObject({
      ...{ base: 'ana@example.com', ours: { value: 'nuestro@example.com' }, theirs: { value: 'suyo@example.com' } },
    })
    await patch({ name: 'Ana María' })
    await settled()
    expect(there()).toMatchObject({ email: 'suyo@example.com', firstname: 'Ana' })
    expect((await contact()).email).toBe('nuestro@example.com')
  })

  it.each([
    [{ decision: 'ours' }, 'nuestro@example.com'],
    [{ decision: 'theirs' }, 'suyo@example.com'],
    [{ decision: 'value', value: 'otro@example.com' }, 'otro@example.com'],
  ])('is resolved on both sides: %j', async (decision, expected) => {
    await quarrel()
    const [open] = await conflicts()
    const resolved = await t.api('POST', `/conflicts/${open?.id}/resolve`, decision)
    expect(resolved).toMatchObject({
      status: 200,
      body: { state: 'resolved', decision: decision.decision, decided: expected },
    })
    await settled()
    expect((await contact()).email).toBe(expected)
    expect(there().email).toBe(expected)
    expect(await conflicts()).toEqual([])
    expect(await waiting(t)).toEqual([])
    expect((await t.api('POST', `/conflicts/${open?.id}/resolve`, decision)).status).toBe(409)
  })

  it('is over where they go back to what was agreed on: ours stands, and is told', async () => {
    await quarrel()
    await edit(t, 'contacts', { email: 'ana@example.com' })
    await settled()
    expect(await conflicts()).toEqual([])
    expect(there().email).toBe('nuestro@example.com')
    expect(await waiting(t)).toEqual([])
  })

  it('is over by itself when both come to say the same, from here or from there', async () => {
    await quarrel()
    await patch({ email: 'suyo@example.com' })
    expect(await conflicts()).toEqual([])
    expect(await conflicts('settled')).toHaveLength(1)
    await t.close()
    t = await startHub()
    await quarrel()
    await edit(t, 'contacts', { email: 'tercero@example.com' })
    expect(await conflicts()).toMatchObject([{ theirs: { value: 'tercero@example.com' } }])
    await edit(t, 'contacts', { email: 'nuestro@example.com' })
    await settled()
    expect(await conflicts()).toEqual([])
  })
})

describe('a row that stands still', () => {
  const ctx = () => syncContext({ ...t.hub.services, now: t.now }, t.workspaceId)
  const pause = (rowId: string) =>
    pauseRows(ctx(), t.connectionId, [{ kind: 'contact', rowId, reason: 'The field is gone' }])

  it('holds what both sides say, sends the rest, and loses nothing when it goes on', async () => {
    await say(t, 'hola')
    await patch({ email: 'ana@example.com' })
    await settled()
    await pause('email')
    await edit(t, 'contacts', { email: 'suyo@example.com' })
    await patch({ name: 'Ana María Torres' })
    await settled()
    expect(there()).toMatchObject({ email: 'suyo@example.com', firstname: 'Ana' })
    expect((await contact()).email).toBe('ana@example.com')
    expect((await mapped()).paused).toMatchObject([{ rowId: 'email', reason: 'The field is gone' }])
    const resumed = await t.api('POST', at('/rows/resume'), { kind: 'contact', rowId: 'email' })
    expect(resumed).toMatchObject({ status: 200, body: { isRead: true } })
    await settled()
    expect((await contact()).email).toBe('suyo@example.com')
    expect((await mapped()).paused).toEqual([])
    expect((await t.api('POST', at('/rows/resume'), { kind: 'contact', rowId: 'email' })).status).toBe(404)
  })

  it('tells what was changed here meanwhile when it goes on', async () => {
    await say(t, 'hola')
    await settled()
    await pause('name')
    await patch({ name: 'Ana María Torres' })
    await settled()
    expect(there().firstname).toBe('Ana')
    expect(there().lastname).toBe('Torres')
    await t.api('POST', at('/rows/resume'), { kind: 'contact', rowId: 'name' })
    await settled()
    expect([there().firstname, there().lastname]).toEqual(['Ana', 'María Torres'])
  })
})

describe('versions', () => {
  it('a draft is nothing until it is applied, and what was before comes back by undoing', async () => {
    await say(t, 'hola')
    const { active } = await mapped()
    expect(active.version).toBeNull()
    const less = { ...active.mapping, contact: active.mapping.contact.filter(row => row.id !== 'email') }
    await t.api('PUT', at('/draft'), less)
    await patch({ email: 'ana@example.com' })
    await settled()
    expect(there().email).toBe('ana@example.com')
    expect((await t.api('POST', at('/apply'), {})).body).toMatchObject({ version: { version: 1, state: 'active' } })
    await patch({ email: 'otra@example.com' })
    await settled()
    expect(there().email).toBe('ana@example.com')
    const undone = await t.api('POST', at('/undo'), { backfill: true })
    expect(undone.body).toMatchObject({ version: { version: 2, origin: 'undone', restores: 0 }, told: 2 })
    await settled()
    expect(there().email).toBe('otra@example.com')
    expect((await mapped()).active.mapping).toEqual(active.mapping)
    const versions = await t.api<{ items: Row[] }>('GET', at('/versions'))
    expect(versions.body.items.map(each => each.state)).toEqual(['active', 'past'])
  })

  it('one that would not work is not applied, and says what to do', async () => {
    const { active } = await mapped()
    const contact = active.mapping.contact.map(({ identifier: _, ...row }) => row)
    await t.api('PUT', at('/draft'), { ...active.mapping, contact })
    const refused = await t.api('POST', at('/apply'), {})
    expect(refused).toMatchObject({ status: 422, body: { code: 'mapping_blocked' } })
    expect(String(refused.body.detail)).toContain('wa_id')
    expect((await t.api<{ blocks: boolean }>('GET', at('/check'))).body.blocks).toBe(true)
    expect((await t.api('DELETE', at('/draft'))).status).toBe(200)
    expect((await t.api<{ blocks: boolean }>('GET', at('/check'))).body.blocks).toBe(false)
    expect((await t.api('POST', at('/apply'), {})).body).toMatchObject({ code: 'no_draft' })
    expect((await t.api('POST', at('/undo'), {})).body).toMatchObject({ code: 'no_earlier_mapping' })
  })

  it('is not applied where somebody has edited it since it was looked at', async () => {
    const { active } = await mapped()
    const seen = await t.api<{ editedAt: string }>('PUT', at('/draft'), active.mapping)
    await t.pass(1)
    await t.api('PUT', at('/draft'), { ...active.mapping, ticket: active.mapping.ticket.slice(0, -1) })
    const refused = await t.api('POST', at('/apply'), { editedAt: seen.body.editedAt })
    expect(refused).toMatchObject({ status: 409, body: { code: 'draft_changed' } })
  })

  it.each(['yaml', 'json'])('goes out as %s and comes back the same', async format => {
    const { active } = await mapped()
    const { body } = await t.api<{ text: string }>('GET', at(`/file?format=${format}`))
    expect((await t.api('PUT', at('/file'), { format, text: body.text })).body).toMatchObject({ origin: 'imported' })
    const draft = await t.api<{ draft: { mapping: Mapping } }>('GET', at())
    expect(draft.body.draft.mapping).toEqual(active.mapping)
    const broken = await t.api('PUT', at('/file'), { format, text: body.text.replace('hubspot', 'zendesk') })
    expect(broken.status).toBe(422)
  })
})

describe('looking before', () => {
  it('shows both sides of a record, and what each row would make of it', async () => {
    await say(t, 'hola')
    await edit(t, 'contacts', { email: 'ana@example.com' })
    await map(mapping => mapping)
    await t.api(
      'PUT',
      at('/draft'),
      withRow({ ...city, ours: 'openTicket', direction: 'out' })((await mapped()).active.mapping),
    )
    const before = calls(t)
    const asked = `/preview?kind=contact&recordId=${(await contact()).id}`
    const { body } = await t.api<{ items: Row[] }>('GET', at(asked))
    expect(body.items).toContainEqual(
      expect.objectContaining({
        rowId: 'email',
        values: { ours: 'ana@example.com', theirs: { email: 'ana@example.com' } },
      }),
    )
    expect(body.items).toContainEqual(
      expect.objectContaining({
        rowId: 'city',
        values: { ours: 'BZ-1001', theirs: { city: null } },
        writes: { city: 'BZ-1001' },
      }),
    )
    expect(calls(t) - before).toBe(1)
  })

  it('suggests what may belong together, and maps nothing by itself', async () => {
    await field()
    const { active } = await mapped()
    const { body } = await t.api<{ items: { row: MappingRow; sentence: string }[] }>(
      'GET',
      at('/suggestions?kind=contact'),
    )
    expect(body.items.map(({ row }) => `${row.ours} ${row.theirs}`)).toContain('custom.city city')
    expect((await mapped()).active).toEqual(active)
    const fields = await t.api<{ ours: Row[]; theirs: Row[]; tables: string[] }>('GET', at('/fields?kind=ticket'))
    expect(fields.body.tables).toEqual(['stages', 'priorities', 'owners'])
    expect(fields.body.theirs.some(each => each.name === 'hs_pipeline_stage')).toBe(true)
  })
})

it('what a contact’s messages and tickets make of it is told as they come', async () => {
  await say(t, 'hola')
  await map(withRow({ ...city, ours: 'lastMessageAt', direction: 'out', policy: 'ours' }), { backfill: true })
  const first = there().city
  expect(first).toBeDefined()
  await t.pass(3_600)
  await say(t, 'otra vez')
  await settled()
  expect(Date.parse(String(there().city)) - Date.parse(String(first))).toBeGreaterThan(3_500_000)
})

it('a field that is mapped cannot be removed', async () => {
  const made = await field()
  await map(withRow(city))
  expect((await t.api('DELETE', `/custom-fields/${made.body.id}`)).body).toMatchObject({ code: 'in_use' })
})

describe('somebody who carries our key there before we ever told of them', () => {
  const known = { wa_id: '525512345678', firstname: 'Anita', lastname: 'T.', email: 'anita@example.com' }
  const meet = (properties: Record<string, string> = known) =>
    t.sandbox.hubspot.create(DEMO.portalId, 'contacts', { properties })
  const open = async () => (await t.api<{ items: Row[] }>('GET', '/conflicts?state=open')).body.items

  it.each(['fill if empty', 'theirs'] as const)('keeps what people wrote there, under "%s"', async policy => {
    await map(withPolicy('name', policy))
    meet()
    const before = calls(t)
    await say(t, 'hola')
    await settled()
    expect(there()).toMatchObject({ firstname: 'Anita', lastname: 'T.', phone: '+525512345678' })
    // Read by its key, read to be merged, and told what it lacked; then the ticket and the message.
    expect(calls(t) - before).toBe(5)
    expect((await contact()).email).toBe('anita@example.com')
    expect(await waiting(t)).toEqual([])
  })

  it('is asked about, where a person is to decide', async () => {
    await map(withPolicy('name', 'ask'))
    meet()
    await say(t, 'hola')
    await settled()
    expect(there().firstname).toBe('Anita')
    expect((await contact()).name).toBe('Ana Torres')
    expect(await open()).toMatchObject([
      { field: 'name', ours: { value: 'Ana Torres' }, theirs: { value: 'Anita T.' } },
    ])
  })

  it('is found by number too, and gets our key', async () => {
    await map(withPolicy('name', 'fill if empty'))
    meet({ firstname: 'Anita', phone: '+52 55 1234 5678' })
    await say(t, 'hola')
    await settled()
    expect(there()).toMatchObject({ firstname: 'Anita', wa_id: '525512345678' })
    expect(remote(t, 'contacts')).toHaveLength(1)
    expect(await waiting(t)).toEqual([])
  })

  it('is made where nobody is, with one reading more', async () => {
    await say(t, 'hola', { from: '5215512345679', name: 'Beto' })
    const before = calls(t)
    await say(t, 'hola', { from: '5215512345680', name: 'Eva' })
    const plain = calls(t) - before
    await map(withPolicy('name', 'fill if empty'))
    const after = calls(t)
    await say(t, 'hola')
    expect(calls(t) - after).toBe(plain + 1)
    expect(remote(t, 'contacts')).toHaveLength(3)
  })
})
