/** The mapping that a connection goes by: the active version, else the connector's defaults; with what stands still. */
import type { Connector } from '../connectors/contract.ts'
import { connectorById } from '../connectors/registry.ts'
import { type Mapping, type MappingRow, mappedKinds, mappingShape, type WrittenMapping } from '../core/mapping/row.ts'
import type { Queryable } from '../db/client.ts'
import type { ConnectionRow } from '../db/connections.ts'
import { type MappingPause, mappingIn, pausesOf } from '../db/mappings.ts'

type Of = { connectionId: string; connector: Connector; settings: unknown }

/** Of a connection that is not opened. Throws for a connector that there is not. */
export function ofConnection(row: ConnectionRow): Of {
  const connector = connectorById(row.connector)
  if (!connector) throw new Error(`No connector is called ${row.connector}`)
  return { connectionId: row.id, connector, settings: connector.settings.parse(row.settings) }
}

/** What is carried by now. Two statements. */
export async function activeMapping(sql: Queryable, of: Of): Promise<Mapping> {
  const [version, pauses] = await Promise.all([
    mappingIn(sql, of.connectionId, 'active'),
    pausesOf(sql, of.connectionId),
  ])
  return withPauses(version ? mappingShape.parse(version.rows) : defaultMapping(of), pauses)
}

/** What would be carried once it is applied; undefined where nobody is editing one. */
export async function draftMapping(sql: Queryable, of: Of): Promise<Mapping | undefined> {
  const [version, pauses] = await Promise.all([
    mappingIn(sql, of.connectionId, 'draft'),
    pausesOf(sql, of.connectionId),
  ])
  return version && withPauses(mappingShape.parse(version.rows), pauses)
}

/** What a connection maps before anybody has edited it; follows its settings. */
export function defaultMapping({ connector, settings }: Pick<Of, 'connector' | 'settings'>): WrittenMapping {
  return { contact: connector.contact.defaults(settings), ticket: connector.ticket.defaults(settings) }
}

export function withPauses(mapping: WrittenMapping, pauses: readonly MappingPause[]): Mapping {
  const rowsOf = (kind: keyof Mapping): MappingRow[] =>
    mapping[kind].map(row => {
      const pause = pauses.find(each => each.kind === kind && each.rowId === row.id)
      return pause ? { ...row, pausedReason: pause.reason } : row
    })
  return { contact: rowsOf('contact'), ticket: rowsOf('ticket') }
}

/** The fields of theirs that a mapping names, by kind: what is to be read of a record. */
export function namedFields(mapping: Mapping): Record<keyof Mapping, string[]> {
  const [contact, ticket] = mappedKinds.map(kind => [...new Set(mapping[kind].flatMap(row => row.theirs))])
  return { contact: contact ?? [], ticket: ticket ?? [] }
}
