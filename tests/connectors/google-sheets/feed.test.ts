import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RemoteChange } from '../../../src/connectors/contract.ts'
import { googleSheets } from '../../../src/connectors/google-sheets/index.ts'
import { scriptSecret } from '../../../src/connectors/google-sheets/webhook.ts'
import { receiveWebhooks } from '../contract.ts'
import { aContact, aTicket } from '../records.ts'
import { startSheet } from './support.ts'

let sheet: Awaited<ReturnType<typeof startSheet>>
let hooks: Awaited<ReturnType<typeof receiveWebhooks>>
beforeEach(async () => {
  sheet = await startSheet()
  hooks = await receiveWebhooks()
  sheet.ctx.settings.notifyUrl = hooks.url
  await googleSheets.contact.push(
    sheet.ctx,
    [1, 2, 3].map(at => sheet.item('contact', aContact(at))),
  )
  await googleSheets.ticket.push(sheet.ctx, [sheet.item('ticket', aTicket())])
})
afterEach(async () => {
  await sheet.close()
  await hooks.close()
})

const { changes, webhook } = googleSheets
const read = (cursor: string | null) => {
  if (!changes) throw new Error('no feed')
  return changes.read({ ...sheet.ctx, now: sheet.sandbox.now() }, cursor)
}
const named = (list: RemoteChange[]) =>
  list.map(change => `${change.kind} ${'object' in change ? change.object : ''} ${change.remoteId}`)

describe('the feed', () => {
  test('tells rows that were edited and deleted, and neither sorting nor blank rows nor people’s own rows', async () => {
    const { cursor } = await read(null)
    const { sheetId } = sheet.people.tab('contact')
    const range = { sheetId, startRowIndex: 1 }
    sheet.sandbox.google.edit(sheet.people.id(), {
      requests: [
        { sortRange: { range, sortSpecs: [{ dimensionIndex: 1, sortOrder: 'DESCENDING' }] } },
        { insertDimension: { range: { sheetId, dimension: 'ROWS', startIndex: 1, endIndex: 3 } } },
      ],
    })
    sheet.people.makes({ name: 'A mano' })
    const quiet = await read(cursor)
    expect(quiet.changes).toEqual([])
    sheet.people.types('contact', 'contact-1', 'email', 'ana@x.es')
    sheet.people.types('ticket', 'ticket-1', 'priority', 'Urgente')
    sheet.people.deletes('contact', 'contact-3')
    const { changes } = await read(quiet.cursor)
    expect(named(changes).toSorted()).toEqual([
      'deleted contact contact-3',
      'touched contact contact-1',
      'touched ticket ticket-1',
    ])
    const [ticket] = await googleSheets.ticket.read(sheet.ctx, ['ticket-1'])
    expect(googleSheets.ticket.fromRemote(sheet.ctx.settings, ticket?.values ?? {})).toMatchObject({
      priority: 'urgent',
    })
  })

  test('asks Drive alone while nothing changed', async () => {
    const { cursor } = await read(null)
    const before = sheet.calls()
    const again = await read(cursor)
    expect([sheet.calls() - before, again]).toEqual([1, { changes: [], cursor, more: false, lost: false }])
  })

  test('stops where the file is in the bin, or its column of keys is gone', async () => {
    const { cursor } = await read(null)
    sheet.sandbox.google.trash(sheet.people.id())
    await expect(read(cursor)).rejects.toMatchObject({ failure: { kind: 'unauthorized' } })
    sheet.sandbox.google.trash(sheet.people.id(), false)
    const column = sheet.people.column('contact', 'key')
    const range = {
      sheetId: sheet.people.tab('contact').sheetId,
      dimension: 'COLUMNS',
      startIndex: column,
      endIndex: column + 1,
    }
    sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ deleteDimension: { range } }] })
    await expect(read(cursor)).rejects.toMatchObject({
      failure: { kind: 'unauthorized', message: expect.stringContaining('key') },
    })
  })
})

describe('Drive rings', () => {
  const rung = async () => {
    await sheet.sandbox.idle()
    return hooks.take()
  }

  test('when somebody edits; what it sends is ours alone to have asked for', async () => {
    await read(null)
    const [first] = await rung()
    if (!first || !webhook) throw new Error('nothing came')
    const kept = (request: typeof first) => JSON.parse(webhook.record?.(request, '') ?? '')
    expect([webhook.rings?.(kept(first)), webhook.parse(kept(first), new Date(), sheet.ctx.settings)]).toEqual([
      false,
      [],
    ])
    sheet.people.types('contact', 'contact-1', 'email', 'ana@x.es')
    const [second] = await rung()
    if (!second) throw new Error('nothing came')
    expect(webhook.rings?.(kept(second))).toBe(true)
    expect(kept(second)).not.toEqual(kept(first))
    const verify = (given: Partial<typeof second>, at = 0) =>
      webhook.verify(sheet.ctx.credentials, { ...second, ...given }, new Date(Date.now() + at))
    expect(await verify({})).toBe('valid')
    expect(await verify({ url: `${second.url}&more=1` })).toBe('invalid')
    expect(await verify({ body: new TextEncoder().encode('{}') })).toBe('invalid')
    expect(await verify({ headers: new Headers() })).toBe('invalid')
    const odd = new Headers([...second.headers].map(([name, value]) => [name, value.replace(/./g, 'ÿ')]))
    expect(await verify({ headers: odd })).toBe('invalid')
    expect(await verify({}, 3_600_001)).toBe('expired')
  })

  test('by one channel, which is replaced before it ends, and the old one stopped', async () => {
    let { cursor } = await read(null)
    const channels = () => JSON.parse(cursor).channel.id as string
    const first = channels()
    for (const minutes of [30, 25, 30, 30]) {
      sheet.sandbox.time({ advanceMs: minutes * 60_000 })
      cursor = (await read(cursor)).cursor
    }
    expect(channels()).not.toBe(first)
    await rung()
    sheet.people.types('contact', 'contact-1', 'email', 'ana@x.es')
    expect(await rung()).toHaveLength(1)
  })

  test('not where it cannot: the feed goes on without', async () => {
    sheet.ctx.settings.notifyUrl = 'http://buzon.internal/hooks'
    const { cursor } = await read(null)
    expect(JSON.parse(cursor).channel).toBe(null)
    sheet.people.types('contact', 'contact-1', 'email', 'ana@x.es')
    expect(named((await read(cursor)).changes)).toEqual(['touched contact contact-1'])
  })
})

describe('the script in the spreadsheet', () => {
  async function signed(body: string, at = Date.now(), secret?: string) {
    const key = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(secret ?? (await scriptSecret(sheet.ctx.credentials))),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${at}\n${body}`))
    const headers = new Headers({
      'x-buzon-timestamp': String(at),
      'x-buzon-signature': Buffer.from(signature).toString('base64url'),
    })
    return { method: 'POST', url: hooks.url, headers, body: new TextEncoder().encode(body) as Uint8Array<ArrayBuffer> }
  }
  const verify = async (request: Awaited<ReturnType<typeof signed>>) =>
    webhook?.verify(sheet.ctx.credentials, request, new Date())

  test('names rows that a person edited, by its signature', async () => {
    const body = {
      rows: [
        { tab: 'contact', key: 'contact-1' },
        { tab: 'ticket', key: 'ticket-1' },
      ],
    }
    const request = await signed(JSON.stringify(body))
    expect(await verify(request)).toBe('valid')
    expect(webhook?.rings?.(body)).toBe(false)
    expect(named(webhook?.parse(body, new Date(), sheet.ctx.settings) ?? [])).toEqual([
      'touched contact contact-1',
      'touched ticket ticket-1',
    ])
    expect(await verify(await signed('{}', Date.now() - 400_000))).toBe('expired')
    expect(await verify(await signed('{}', Date.now(), 'another'))).toBe('invalid')
    expect(await verify({ ...request, body: new TextEncoder().encode('{"rows":[]}') })).toBe('invalid')
  })

  test('new rows and those to be sent are found by looking; other bodies are refused', () => {
    expect(webhook?.rings?.({ rows: [{ tab: 'outbox', key: '' }] })).toBe(true)
    expect(webhook?.rings?.('x')).toBe(false)
    expect(() => webhook?.parse({ other: 1 }, new Date(), sheet.ctx.settings)).toThrow()
  })
})

describe('a spreadsheet that was there', () => {
  test('is adopted: its headers are known in any language, what is missing is added beside, nothing else is touched', async () => {
    const { spreadsheetId } = sheet.sandbox.google.files({
      title: 'Lista',
      owner: 'ana@example.com',
      sheets: ['Contatos', 'Otra'],
    })
    const type = (range: string, values: string[][]) => sheet.sandbox.google.type(spreadsheetId, { range, values })
    type('Contatos!A1', [
      ['Ciudad', 'telefono', 'NOMBRE'],
      ['Lugo', '+34 600 00 00 05', 'Eva'],
    ])
    type('Otra!A1', [['x']])
    const ctx = { ...sheet.ctx, settings: { ...sheet.ctx.settings, spreadsheetId, tabs: {} } }
    const settings = await googleSheets.setUp(ctx, { webhookUrl: '', numbers: [], language: 'pt' })
    const { sheets } = sheet.sandbox.google.grid(spreadsheetId)
    expect(sheets.map(({ title }) => title)).toEqual([
      'Contatos',
      'Otra',
      'Tickets',
      'Mensajes',
      'Por enviar',
      'Indicadores',
      '_buzon',
    ])
    expect(sheets[0]?.rows[0]?.cells.slice(0, 4).map(({ text }) => text)).toEqual([
      'Ciudad',
      'telefono',
      'NOMBRE',
      'Clave de Buzón',
    ])
    const sought = { recordId: 'eva', waKey: '34600000005', phones: ['+34600000005'], email: null }
    const [found] = (await googleSheets.contact.find?.({ ...ctx, settings }, [sought])) ?? []
    expect(found).toMatchObject({ by: 'phone' })
    const contact = aContact(5, { id: 'eva' })
    const mapped = googleSheets.contact.toRemote(settings, contact, 'c')
    const item = {
      recordId: 'eva',
      ...mapped,
      changed: ['wa_id'],
      remoteId: found?.remoteId ?? '',
      unheard: null,
      parents: {},
    }
    await googleSheets.contact.push({ ...ctx, settings }, [item])
    const cells = sheet.sandbox.google.grid(spreadsheetId).sheets[0]?.rows[1]?.cells.map(({ text }) => text)
    expect(cells).toEqual(expect.arrayContaining(['Lugo', '+34 600 00 00 05', 'Eva', '34600000005', found?.remoteId]))
    expect(sheet.sandbox.google.grid(spreadsheetId).sheets[0]?.total).toBe(2)
  })
})

test('figures are numbers; a tab that people deleted is not wanted, and stops nothing', async () => {
  const day = {
    ...{ day: '2026-11-20', opened: 3, resolved: 1, firstResponseMinutes: 2.5, resolutionMinutes: null },
    ...{ firstResponseMet: 0.9, resolutionMet: null, csat: 4.5, messagesIn: 10, messagesOut: 8 },
  }
  await googleSheets.report?.(sheet.ctx, { days: [day] })
  expect(sheet.people.tab('report').rows[1]?.cells.map(({ text }) => text)).toEqual([
    '2026-11-20',
    '3',
    '1',
    '2.5',
    '',
    '0.9',
    '',
    '4.5',
    '10',
    '8',
  ])
  const deleteSheet = { sheetId: sheet.people.tab('report').sheetId }
  sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ deleteSheet }] })
  await googleSheets.report?.(sheet.ctx, { days: [day] })
})

test('rows to be sent that somebody sorts in the very moment of being seen are sent once, each as it was written', async () => {
  let { cursor } = await read(null)
  const texts = ['c', 'b', 'a']
  for (const [nth, text] of texts.entries()) {
    for (const [field, typed] of Object.entries({ to: `+3460000000${nth}`, text, send: 'Sí' })) {
      sheet.sandbox.google.type(sheet.people.id(), {
        range: sheet.people.place('outbox', nth + 1, field),
        values: [[typed]],
      })
    }
  }
  let done = false
  sheet.beforeCall(url => {
    if (done || !url.includes(':batchUpdate')) return
    done = true
    const range = { sheetId: sheet.people.tab('outbox').sheetId, startRowIndex: 1 }
    const sortSpecs = [{ dimensionIndex: sheet.people.column('outbox', 'text'), sortOrder: 'ASCENDING' }]
    sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ sortRange: { range, sortSpecs } }] })
  })
  const sent: string[] = []
  for (let n = 0; n < 3; n++) {
    const page = await read(cursor)
    for (const change of page.changes) if (change.kind === 'reply') sent.push(`${change.to.phone} ${change.text}`)
    cursor = page.cursor
  }
  expect(sent.toSorted()).toEqual(['34600000000 c', '34600000001 b', '34600000002 a'])
  const keys = sheet.people.records('outbox').map(({ values }) => values.key)
  expect([keys.length, new Set(keys).size]).toEqual([3, 3])
})
