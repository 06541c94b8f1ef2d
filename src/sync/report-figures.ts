/** The workspace's figures, put where people of a connection look at tables. docs/reports.md has the formulas. */
import { type DayFigures, RemoteCallError } from '../connectors/contract.ts'
import { connectionById } from '../db/connections.ts'
import { type ReportRow, ticketReport } from '../db/reports.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { settingsOf } from '../db/workspaces.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, openConnection } from './open-connection.ts'
import { stopConnection } from './stop-connection.ts'

/** A month, and what it is compared with. */
const DAYS = 31

const DAY_MS = 86_400_000

/**
 * Those of today, and of the days before: what is late is counted late. `not now`: the CRM cannot be reached, or others
 * have its calls; `nothing`: it has no place for figures, or is not to be called.
 */
export async function reportFigures(
  ctx: SyncContext,
  connectionId: string,
): Promise<'reported' | 'not now' | 'nothing'> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (row?.state !== 'active') return 'nothing'
  const connection = await openConnection(ctx, row, { lane: 'backfill' })
  const { report } = connection.connector
  if (!report) return 'nothing'
  const days = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const timeZone = (await settingsOf(tx))?.timeZone ?? 'UTC'
    const from = new Date(ctx.now.getTime() - DAYS * DAY_MS)
    const rows = await ticketReport(tx, { from, to: new Date(ctx.now.getTime() + DAY_MS), timeZone }, 'day')
    const known = new Map(rows.map(each => [each.group, each]))
    return lastDays(ctx.now, timeZone).map(day => figuresOf(day, known.get(day)))
  })
  try {
    await report(connection.remote, { days })
    return 'reported'
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const { failure } = error
    if (failure.kind !== 'unauthorized') return 'not now'
    await inWorkspace(ctx.db, ctx.workspaceId, tx => stopConnection(tx, ctx, row, failure.message))
    return 'nothing'
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

/** The latest first. In the middle of a day no change of clocks can skip one. */
function lastDays(now: Date, timeZone: string): string[] {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now)
  const noon = Date.parse(`${today}T12:00:00Z`)
  return Array.from({ length: DAYS }, (_, nth) => new Date(noon - nth * DAY_MS).toISOString().slice(0, 10))
}

function figuresOf(day: string, row: ReportRow | undefined): DayFigures {
  return {
    ...{ day, opened: row?.opened ?? 0, resolved: row?.resolved ?? 0 },
    ...{ firstResponseMinutes: minutes(row?.frtMedianMs), resolutionMinutes: minutes(row?.ttrMedianMs) },
    ...{ firstResponseMet: row?.frtMet ?? null, resolutionMet: row?.ttrMet ?? null, csat: row?.csat ?? null },
    ...{ messagesIn: row?.messagesIn ?? 0, messagesOut: row?.messagesOut ?? 0 },
  }
}

const minutes = (ms: number | null | undefined): number | null =>
  ms === null || ms === undefined ? null : Math.round(ms / 6_000) / 10
