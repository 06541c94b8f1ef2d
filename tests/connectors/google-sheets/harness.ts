import { createHash } from 'node:crypto'
import type { ObjectKind } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { googleSheetsSettings } from '../../../src/connectors/google-sheets/settings.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { type Fault, type Harness, receiveWebhooks } from '../contract.ts'
import { CONNECTION } from '../records.ts'

export const EMAIL = 'ana@example.com'
const TOKEN = 'ya29.test'

/** Google as the sandbox simulates it. */
export const googleSheetsHarness: Harness = {
  // One reads, one writes; each kind by itself.
  calls: { contacts: 2, messages: 6 },
  lacks: ['merges', 'dates', 'signed bodies'],
  async start() {
    const sandbox = createSandbox()
    const listening = await sandbox.listen(0)
    const hooks = await receiveWebhooks()
    sandbox.google.accounts({ email: EMAIL, token: TOKEN, refreshToken: '1//refresh' })
    const at = { vendor: 'google' as const, path: ':batchUpdate$' }
    const people = peopleIn(sandbox)
    return {
      ctx: {
        fetch: createTransport({ fetch, deadlineMs: 700, clock: () => performance.now() }),
        baseUrl: `${listening.url}/google`,
        credentials: credentials(),
        settings: googleSheetsSettings.parse({}),
        now: new Date(),
        connectionId: CONNECTION,
      },
      place: { webhookUrl: hooks.url, numbers: [] },
      fail: fault => sandbox.faults.add({ ...at, ...planned[fault] }),
      // First all rows together, then each by itself.
      refuse: places => sandbox.faults.add({ ...at, kind: 'partial', failIndexes: places, times: 2 }),
      failErasure: () => sandbox.faults.add({ ...at, ...planned['refused as busy'] }),
      records: kind => people.records(kind),
      calls: () => sandbox.calls.report('google').total,
      clearCalls: () => sandbox.calls.clear(),
      advance: advanceMs => new Date(sandbox.time({ advanceMs }).now),
      lags: () => undefined,
      person: {
        makes: contact => people.makes(contact),
        renames: (id, name) => people.types('contact', id, 'name', name),
        resolves: id => people.types('ticket', id, 'state', 'Resuelto'),
        deletes: (kind, id) => people.deletes(kind, id),
        merges: () => {
          throw new Error('Nobody merges rows')
        },
      },
      disorder: () => undefined,
      async webhooks() {
        await sandbox.idle()
        return hooks.take()
      },
      async close() {
        await listening.close()
        await hooks.close()
      },
    }
  },
}

export function credentials() {
  return {
    ...{
      kind: 'oauth' as const,
      accessToken: TOKEN,
      refreshToken: '1//refresh',
      expiresAt: '2030-01-01T00:00:00.000Z',
    },
    ...{ clientId: 'client-1', clientSecret: 'client-secret', redirectUri: 'https://buzon.example/consent' },
  }
}

/** What people do in the only spreadsheet there is. */
export function peopleIn(sandbox: Sandbox) {
  const id = () => sandbox.state().google.files.at(-1)?.spreadsheetId ?? ''
  const tab = (kind: string) => {
    const found = sandbox.google.grid(id()).sheets.find(each => each.tags.some(tag => tag.metadataValue === kind))
    if (!found) throw new Error(`no tab ${kind}`)
    return found
  }
  const column = (kind: string, field: string) => {
    const found = tab(kind).pins.find(({ metadataValue }) => metadataValue === field)
    if (!found) throw new Error(`no column ${field}`)
    return found.column
  }
  const rowOf = (kind: string, key: string) => {
    const at = column(kind, 'key')
    const found = tab(kind).rows.find(({ cells }) => cells[at]?.text === key)
    if (!found) throw new Error(`no row ${key}`)
    return found.row
  }
  const place = (kind: string, row: number, field: string) =>
    `'${tab(kind).title}'!${letters(column(kind, field))}${row + 1}`
  return {
    ...{ id, tab, column, rowOf, place },
    records(kind: string) {
      const { rows, pins } = tab(kind)
      return rows.slice(1).flatMap(({ cells }) => {
        const values = Object.fromEntries(pins.map(pin => [pin.metadataValue, cells[pin.column]?.text ?? '']))
        return values.key ? [{ remoteId: values.key, values }] : []
      })
    },
    types: (kind: string, key: string, field: string, text: string) =>
      void sandbox.google.type(id(), { range: place(kind, rowOf(kind, key), field), values: [[text]] }),
    makes({ name, phone = '', email = '' }: { name: string; phone?: string; email?: string }): string {
      const row = Math.max(1, tab('contact').total)
      for (const [field, text] of Object.entries({ name, phone, email })) {
        if (text) sandbox.google.type(id(), { range: place('contact', row, field), values: [[text]] })
      }
      const shown = tab('contact').rows.find(each => each.row === row)?.cells ?? []
      const said = ['name', 'phone', 'email', 'wa_id'].map(field => shown[column('contact', field)]?.text ?? '')
      return `~${createHash('sha256').update(said.join('\u0000')).digest('hex').slice(0, 20)}`
    },
    deletes(kind: ObjectKind, key: string) {
      const startIndex = rowOf(kind, key)
      const range = { sheetId: tab(kind).sheetId, dimension: 'ROWS', startIndex, endIndex: startIndex + 1 }
      sandbox.google.edit(id(), { requests: [{ deleteDimension: { range } }] })
    },
  }
}

function letters(index: number): string {
  return (index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}

const error = (code: number, status: string, message: string) => ({ error: { code, status, message } })
const planned: Record<Fault, Omit<Parameters<Sandbox['faults']['add']>[0], 'vendor' | 'path'>> = {
  'rate limited': { kind: 'status', status: 429, body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded') },
  'refused as busy': { kind: 'status', status: 409, body: error(409, 'ABORTED', 'The operation was aborted.') },
  'stored, then an error': { kind: 'store_then_500', status: 502 },
  'no answer': { kind: 'hang' },
  'stored, then no answer': { kind: 'store_then_hang' },
}
