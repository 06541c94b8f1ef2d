/** From Salesforce's records to values, and back to what a call sends. */
import type { PushItem, RemoteRecord, RemoteValues } from '../contract.ts'
import type { SalesforceRecord } from './schema.ts'
import {
  CONTACT_KEY,
  MESSAGE,
  MESSAGE_KEY,
  type SalesforceContext,
  type SalesforceSettings,
  TICKET_KEY,
} from './settings.ts'

export type SObject = 'Contact' | 'Lead' | 'Case' | typeof MESSAGE

/** Read of every record, besides what the mapping names. */
const wanted: Record<SObject, string[]> = {
  Contact: [CONTACT_KEY, 'FirstName', 'LastName', 'MobilePhone', 'Email'],
  Lead: [CONTACT_KEY, 'FirstName', 'LastName', 'MobilePhone', 'Email'],
  Case: [TICKET_KEY, 'Subject', 'Status', 'Priority', 'OwnerId', 'Origin'],
  [MESSAGE]: [...[MESSAGE_KEY, 'Direction__c', 'Author__c', 'Body__c', 'Sent_At__c', 'Status__c', 'Failure_Reason__c']],
}

/** Ids begin with their object's prefix: https://help.salesforce.com/s/articleView?id=000385203 */
const prefixes: Record<string, SObject> = { '003': 'Contact', '00Q': 'Lead', '500': 'Case' }

/** Of our own object the prefix is the organization's; undefined for what is no id of Salesforce's. */
export function objectOf(id: string): SObject | undefined {
  if (!/^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(id)) return undefined
  return prefixes[id.slice(0, 3)] ?? (id.startsWith('a') ? MESSAGE : undefined)
}

export function wantedOf({ mapped, settings }: SalesforceContext, type: SObject): string[] {
  const named = type === MESSAGE ? [] : (mapped?.[type === 'Case' ? 'ticket' : 'contact'] ?? [])
  const names = [...new Set([...wanted[type], ...named])]
  return type === 'Lead' ? names.filter(name => !settings.notOnLeads.includes(name)) : names
}

/** A record as it was read with these names; what was not asked for is not in it. */
export function toRecord(names: readonly string[], found: SalesforceRecord, aliases: string[] = []): RemoteRecord {
  const values = valuesOf(names, found)
  const version = typeof found.SystemModstamp === 'string' ? toInstant(found.SystemModstamp) : null
  return { remoteId: found.Id, values, version, ...(aliases.length > 0 ? { aliases } : {}) }
}

export function valuesOf(names: readonly string[], found: Record<string, unknown>): RemoteValues {
  return Object.fromEntries(names.map(name => [name, toValue(found[name])]))
}

function toValue(value: unknown): string | null {
  if (value === null || value === undefined || typeof value === 'object') return null
  return typeof value === 'string' ? toInstant(value) : String(value)
}

/** Salesforce writes instants as `2026-11-20T10:00:01.000+0000`. */
export function toInstant(text: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+0000$/.test(text) ? text.replace('+0000', 'Z') : text
}

/** What changed, and null for what was emptied. */
export function changedFields(settings: SalesforceSettings, item: PushItem): Record<string, unknown> {
  const changed = item.changed.filter(name => name in item.values)
  return typed(settings, Object.fromEntries(changed.map(name => [name, item.values[name] ?? null])))
}

/** For a record that may be new: everything we know, and nothing empty. */
export function knownFields(settings: SalesforceSettings, { values }: PushItem): Record<string, unknown> {
  return typed(
    settings,
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== '')),
  )
}

/** Values as JSON has them: all of ours are texts, and Salesforce takes no text for a number. */
export function typed({ numbers, booleans }: SalesforceSettings, values: RemoteValues): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]) => {
    if (value === null || value === '') return [name, null] as const
    if (numbers.includes(name) && Number.isFinite(Number(value))) return [name, Number(value)] as const
    if (booleans.includes(name)) return [name, value === 'true'] as const
    return [name, value] as const
  })
  return Object.fromEntries(entries)
}
