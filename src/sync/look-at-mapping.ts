/** What can be seen of a mapping before it is applied: what is wrong with it, what it lacks, what it makes of a record. */
import { type Field, RemoteCallError, type RemoteValues } from '../connectors/contract.ts'
import { AppError } from '../core/errors.ts'
import { hearRow, ofRow, sayRow } from '../core/mapping/apply.ts'
import { type OurField, ourFields } from '../core/mapping/fields.ts'
import { type MappedKind, type Mapping, type MappingRow, mappedKinds, type OurValue } from '../core/mapping/row.ts'
import { type Suggestion, suggest } from '../core/mapping/suggest.ts'
import { type Against, type Finding, validate } from '../core/mapping/validate.ts'
import type { Sight } from '../core/permissions.ts'
import { connectionById } from '../db/connections.ts'
import { listCustomFields } from '../db/custom-fields.ts'
import { linksOf } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { ticketInSight } from '../db/tickets.ts'
import type { SyncContext } from './context.ts'
import { loadRecords } from './load-records.ts'
import { draftMapping, ofConnection } from './mapping.ts'
import { valuesOf } from './merge-rows.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { tablesOf } from './to-remote.ts'

/** Looks at a mapping against the fields that the CRM has now. Throws `not found` and `crm silent`. */
export function checkMapping(ctx: SyncContext, connectionId: string, mapping: Mapping): Promise<Finding[]> {
  return speaking(ctx, connectionId, async connection => {
    const against = await Promise.all(mappedKinds.map(kind => againstOf(ctx, connection, kind)))
    const [contact, ticket] = against
    if (!contact || !ticket) throw new Error('Each kind is looked at')
    return validate(mapping, { contact, ticket })
  })
}

/** Both sides' fields of a kind, live. Throws `not found` and `crm silent`. */
export function mappableFields(
  ctx: SyncContext,
  connectionId: string,
  kind: MappedKind,
): Promise<{ ours: OurField[]; theirs: Field[]; tables: string[] }> {
  return speaking(ctx, connectionId, async connection => {
    const { ours, theirs, tables } = await againstOf(ctx, connection, kind)
    return { ours, theirs, tables: Object.keys(tables) }
  })
}

/** Pairs that may belong together, of what the draft, or else the active mapping, leaves out. Throws as above. */
export function suggestRows(ctx: SyncContext, connectionId: string, kind: MappedKind): Promise<Suggestion[]> {
  return speaking(ctx, connectionId, async connection => {
    const draft = await inWorkspace(ctx.db, ctx.workspaceId, tx => draftMapping(tx, ofConnection(connection.row)))
    const { ours, theirs } = await againstOf(ctx, connection, kind)
    return suggest(kind, (draft ?? connection.mapping)[kind], ours, theirs)
  })
}

export type PreviewRow = {
  row: MappingRow
  /** What both sides hold now. */
  ours: OurValue
  theirs: RemoteValues | null
  /** What the row would write there, and what it would read from there; null: nothing. */
  writes: RemoteValues | null
  reads: OurValue
}

/** What a mapping makes of a record, row by row; `theirs` is null where the record is not there. Throws as above. */
export function previewMapping(
  ctx: SyncContext,
  connectionId: string,
  record: { kind: MappedKind; id: string },
  which: 'draft' | 'active',
  sees: Sight,
): Promise<PreviewRow[]> {
  return speaking(ctx, connectionId, async connection => {
    const { found, link, mapping } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const isSeen = record.kind === 'contact' || (await ticketInSight(tx, sees, record.id))
      if (!isSeen) throw new AppError('not found', { what: record.kind })
      const [records, [link]] = await Promise.all([
        loadRecords(tx, record.kind, [record.id], ctx.workspaceId),
        linksOf(tx, connectionId, record.kind, [record.id]),
      ])
      const draft = which === 'draft' ? await draftMapping(tx, ofConnection(connection.row)) : connection.mapping
      return { found: records.get(record.id), link, mapping: draft }
    })
    if (!found || found.kind === 'message') throw new AppError('not found', { what: record.kind })
    if (!mapping) throw new AppError('no draft')
    const asked = await openConnection(ctx, connection.row, { mapping })
    const there = link?.remoteId
      ? (await asked.connector[record.kind].read(asked.remote, [link.remoteId]))[0]
      : undefined
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, asked))
    const [values, tables] = [valuesOf(found), tablesOf(connection, record.kind)]
    return mapping[record.kind].map((row): PreviewRow => {
      const theirs = there ? ofRow(row, there.values) : null
      const said = sayRow(row, tables, values)
      return {
        ...{ row, ours: values[row.ours] ?? null, theirs },
        writes: row.direction === 'in' || Object.keys(said).length === 0 ? null : said,
        reads: row.direction === 'out' || !theirs ? null : (hearRow(row, tables, theirs) ?? null),
      }
    })
  })
}

async function againstOf(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
): Promise<Against & { ours: OurField[]; theirs: Field[] }> {
  const { connector, remote } = connection
  const [theirs, custom] = await Promise.all([
    connector[kind].fields(remote),
    inWorkspace(ctx.db, ctx.workspaceId, tx => listCustomFields(tx, kind)),
  ])
  const defaults = connector[kind].defaults(remote.settings)
  return {
    ...{ ours: ourFields(kind, custom), theirs, tables: tablesOf(connection, kind) },
    identifier: defaults.find(row => row.identifier)?.theirs[0] ?? null,
    given: writtenBeside(connection, kind),
  }
}

/** What the connector writes by itself, without any row. */
function writtenBeside({ connector, remote, row }: OpenConnection, kind: MappedKind): string[] {
  const blank = { id: '', name: null, phone: null, waKey: '', email: null, tags: [] }
  const mapped =
    kind === 'contact'
      ? connector.contact.toRemote(remote.settings, { ...blank, category: 'standard' }, row.id, [])
      : connector.ticket.toRemote(
          remote.settings,
          {
            ...{ id: '', number: '', subject: '', state: 'open', priority: 'normal', ownerEmail: null, tags: [] },
            ...{ contactId: '', openedAt: remote.now },
          },
          row.id,
          [],
        )
  return Object.keys(mapped.values)
}

/** With the connection opened, and an account kept of what was asked there. */
async function speaking<T>(
  ctx: SyncContext,
  connectionId: string,
  act: (connection: OpenConnection) => Promise<T>,
): Promise<T> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  const connection = await openConnection(ctx, row)
  try {
    return await act(connection)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const facts = { connector: connection.connector.name, reason: error.failure.message }
    throw new AppError('crm silent', facts, { cause: error })
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}
