/**
 * Where storage is dear: the messages of a conversation's day in one record, a line each. The lines are kept beside the text by the
 * ids of their messages, so that saying one twice changes nothing.
 */
import { z } from 'zod'
import type { PushItem, PushResult, RemoteRecord } from '../contract.ts'
import { query } from './client.ts'
import type { Write, Written } from './collections.ts'
import { LONGEST_BODY } from './map.ts'
import { QUERY_VALUES, readObjects } from './read.ts'
import { DIGEST_OF, LINES, MESSAGE, MESSAGE_KEY, type SalesforceContext } from './settings.ts'
import { among, chunks } from './soql.ts'

/** What package.ts makes the field hold. */
export const LONGEST_LINES = 131_072

const lines = z.record(z.string(), z.object({ at: z.string(), text: z.string() }))
type Lines = z.infer<typeof lines>

export type Digested = {
  /** Of those about which nothing is to be written. */
  results: PushResult[]
  writes: Write[]
  /** Of each write's item all that its record is to hold from now on. */
  members: Map<string, PushItem[]>
  /** Those for which the record has no room left: they get one of their own. */
  apart: PushItem[]
}

/** `parentsOf`: the fields by which a record hangs on its person and case; undefined where one was refused. Throws RemoteCallError. */
export async function planDigests(
  ctx: SalesforceContext,
  items: PushItem[],
  parentsOf: (item: PushItem) => Record<string, unknown> | undefined,
): Promise<Digested> {
  const planned: Digested = { results: [], writes: [], members: new Map(), apart: [] }
  const news = items.filter(item => {
    const { recordId, remoteId } = item
    if (remoteId === null) return true
    // How far a message got is not told; nor is anything, once messages have records of their own.
    const isTold = item.changed.some(name => name === 'Body__c' || name === 'Failure_Reason__c')
    if (isTold && item.values[DIGEST_OF]) return true
    planned.results.push({ recordId, kind: 'stored', remoteId, version: null })
    return false
  })
  const groups = Map.groupBy(news, ({ values }) => values[DIGEST_OF] ?? '')
  const there = await readLines(ctx, [...groups.keys()])
  for (const [key, members] of groups) {
    const all: Lines = { ...there.get(key) }
    const within: PushItem[] = []
    for (const item of members) {
      const { recordId, values } = item
      const grown = { ...all, [recordId]: { at: values.Sent_At__c ?? '', text: textOf(item) } }
      if (fits(grown)) {
        Object.assign(all, grown)
        within.push(item)
      } else planned.apart.push(item)
    }
    const [first] = within
    const parents = first && parentsOf(first)
    if (!first || !parents) {
      planned.apart.push(...within)
      continue
    }
    const fields = { [MESSAGE_KEY]: key, Body__c: bodyOf(all), [LINES]: JSON.stringify(all), Sent_At__c: beginOf(all) }
    planned.writes.push({ item: first, type: MESSAGE, by: MESSAGE_KEY, fields: { ...fields, ...parents } })
    planned.members.set(first.recordId, within)
  }
  return planned
}

/** What became of a digest became of all of it; each message is known by an id of its own within. */
export function toldOfAll(written: Written[], members: Digested['members']): Written[] {
  return written.flatMap(({ write, result }) => {
    const within = members.get(result.recordId)
    if (!within) return [{ write, result }]
    return within.map(({ recordId, remoteId }) => ({
      write,
      result:
        result.kind === 'stored'
          ? { ...result, recordId, remoteId: remoteId ?? `${result.remoteId}#${recordId}` }
          : { ...result, recordId },
    }))
  })
}

/** Messages by `<digest>#<message>`, and by their own record's id where they have one. Throws RemoteCallError. */
export async function readMessages(ctx: SalesforceContext, remoteIds: string[]): Promise<RemoteRecord[]> {
  const [within, own] = [remoteIds.filter(id => id.includes('#')), remoteIds.filter(id => !id.includes('#'))]
  const digests = [...new Set(within.flatMap(id => id.split('#')[0] ?? []))]
  const there = new Set<string>()
  for (const part of chunks(digests, QUERY_VALUES)) {
    const { records } = await query(ctx, `SELECT Id, ${LINES} FROM ${MESSAGE} WHERE ${among('Id', part)}`)
    for (const row of records) for (const id of Object.keys(linesOf(row))) there.add(`${row.Id}#${id}`)
  }
  const found = within.filter(id => there.has(id)).map(remoteId => ({ remoteId, values: {}, version: null }))
  return [...found, ...(await readObjects(ctx, own))]
}

async function readLines(ctx: SalesforceContext, keys: string[]): Promise<Map<string, Lines>> {
  const found = new Map<string, Lines>()
  for (const part of chunks(keys, QUERY_VALUES)) {
    const where = among(MESSAGE_KEY, part)
    const { records } = await query(ctx, `SELECT Id, ${MESSAGE_KEY}, ${LINES} FROM ${MESSAGE} WHERE ${where}`)
    for (const row of records) found.set(String(row[MESSAGE_KEY]), linesOf(row))
  }
  return found
}

function linesOf(row: Record<string, unknown>): Lines {
  return lines.parse(JSON.parse(String(row[LINES] ?? '{}')))
}

/** `10:42 Ana Torres: hola`, by the clock of UTC. */
function textOf({ values }: PushItem): string {
  const failed = values.Failure_Reason__c ? ` (✗ ${values.Failure_Reason__c})` : ''
  return `${(values.Sent_At__c ?? '').slice(11, 16)} ${values.Author__c ?? ''}: ${values.Body__c ?? ''}${failed}`
}

function bodyOf(all: Lines): string {
  const sorted = Object.values(all).toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return sorted.map(({ text }) => text).join('\n')
}

function beginOf(all: Lines): string {
  return Object.values(all).reduce((least, { at }) => (at < least ? at : least), '9')
}

function fits(all: Lines): boolean {
  return bodyOf(all).length <= LONGEST_BODY && JSON.stringify(all).length <= LONGEST_LINES
}
