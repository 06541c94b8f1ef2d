/** Rows as records. */

import { formsOf, isSpelling } from '../../core/phone-spelling.ts'
import type { Found, ListPage, ListQuery, ObjectKind, RemoteRecord, Sought } from '../contract.ts'
import { readTabs, type Tab, tabIn } from './grid.ts'
import { rowsByName } from './identity.ts'
import { CONTACT_KEY, tabOf } from './layout.ts'
import type { SheetsContext } from './settings.ts'
import { valuesOf } from './values.ts'

/** Those that are there, once; of rows with the same key none, for nobody knows which is meant. Throws RemoteCallError. */
export async function readRows(ctx: SheetsContext, kind: ObjectKind, remoteIds: string[]): Promise<RemoteRecord[]> {
  if (remoteIds.length === 0) return []
  const wanted = new Set(remoteIds)
  return recordsOf(await readTab(ctx, kind)).filter(({ remoteId }) => wanted.has(remoteId))
}

export async function readTab(ctx: SheetsContext, kind: ObjectKind): Promise<Tab> {
  const name = tabOf[kind]
  return tabIn(await readTabs(ctx, [{ name, fields: 'all' }], true), name)
}

export function recordsOf(tab: Tab): RemoteRecord[] {
  return [...rowsByName(tab)].flatMap(([remoteId, [row, ...others]]) =>
    row && others.length === 0 ? [{ remoteId, values: valuesOf(tab, row), version: null }] : [],
  )
}

/**
 * By growing key, so that neither sorting nor new rows move one past the cursor. A sheet does not know when a row was changed:
 * all of them are given. Throws RemoteCallError.
 */
export async function listRows(ctx: SheetsContext, kind: 'contact' | 'ticket', query: ListQuery): Promise<ListPage> {
  const { cursor, limit } = query
  const all = recordsOf(await readTab(ctx, kind)).sort((a, b) => compare(a.remoteId, b.remoteId))
  const left = cursor === null ? all : all.filter(({ remoteId }) => compare(remoteId, cursor) > 0)
  const records = left.slice(0, limit)
  const last = left.length > limit ? (records.at(-1)?.remoteId ?? null) : null
  return { records, cursor: last, total: cursor === null ? all.length : null }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** People by our key, by their number however it is written, or by their address. One call. Throws RemoteCallError. */
export async function findRows(ctx: SheetsContext, sought: Sought[]): Promise<Found[]> {
  if (sought.length === 0) return []
  const records = recordsOf(await readTab(ctx, 'contact'))
  const byKey = new Map(records.map(record => [record.values[CONTACT_KEY] ?? '', record.remoteId]))
  return sought.flatMap(({ recordId, waKey, phones, email }): Found[] => {
    const own = byKey.get(waKey)
    if (own) return [{ recordId, remoteId: own, by: 'key' }]
    // A row with a key of WhatsApp is somebody's already.
    const free = records.filter(({ values }) => !values[CONTACT_KEY])
    const numbers = phones.flatMap(phone => formsOf(phone.replace(/\D/g, '')))
    const called = free.filter(({ values }) => numbers.some(number => isSpelling(values.phone, number)))
    if (called.length > 0) return called.map(({ remoteId }) => ({ recordId, remoteId, by: 'phone' }))
    const address = email?.trim().toLowerCase()
    const written = free.filter(({ values }) => address && values.email?.trim().toLowerCase() === address)
    return written.map(({ remoteId }) => ({ recordId, remoteId, by: 'email' }))
  })
}
