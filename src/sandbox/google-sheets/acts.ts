/** What people do in their spreadsheets, and how the simulated Google is set up. */
import { z } from 'zod'
import { ControlError } from '../control/error.ts'
import type { Runtime } from '../runtime.ts'
import { typed } from './cells.ts'
import type { GoogleLimiter } from './door.ts'
import { GoogleRefused } from './errors.ts'
import { editFile, makeFile } from './files.ts'
import { type GridView, gridView } from './grid.ts'
import { boxOfA1 } from './ranges.ts'
import type { DriveFile } from './state.ts'

const account = z.object({
  email: z.string().min(3),
  clientId: z.string().default('client-1'),
  clientSecret: z.string().default('client-secret'),
  /** Accepted at once, and for long. */
  token: z.string().optional(),
  refreshToken: z.string().optional(),
  /** SPKI in PEM, of a service account. */
  publicKey: z.string().optional(),
})
const file = z.object({
  title: z.string().default('Sin título'),
  owner: z.string(),
  sheets: z.array(z.string()).min(1).optional(),
  timeZone: z.string().optional(),
  locale: z.string().optional(),
  shared: z.record(z.string(), z.enum(['writer', 'reader'])).default({}),
})
const share = z.object({ email: z.string(), role: z.enum(['writer', 'reader', 'none']) })
const typing = z.object({ range: z.string(), values: z.array(z.array(z.string())).min(1) })
const requests = z.object({ requests: z.array(z.record(z.string(), z.unknown())).min(1) })
const limits = z.union([z.literal(false), z.object({ perUser: z.number().int(), perProject: z.number().int() })])

const YEARS_MS = 10 * 365 * 86_400_000

export type GoogleActs = ReturnType<typeof createGoogleActs>

export function createGoogleActs(runtime: Runtime, limiter: GoogleLimiter) {
  const { world, clock, bus } = runtime
  return {
    /** Somebody who has signed in with Google, or a service account. */
    accounts(input: z.input<typeof account>): { email: string } {
      const { token, refreshToken, ...given } = parse(account, input)
      world.google.accounts.set(given.email, given)
      if (token) world.google.access.set(token, { email: given.email, until: clock.now() + YEARS_MS })
      if (refreshToken) world.google.refreshes.set(refreshToken, given.email)
      return { email: given.email }
    },
    /** A person makes a spreadsheet. */
    files(input: z.input<typeof file>): { spreadsheetId: string } {
      const { shared, title, owner, sheets, timeZone, locale } = parse(file, input)
      const made = makeFile(runtime, {
        ...{ title, owner },
        ...(sheets ? { sheets } : {}),
        ...(timeZone ? { timeZone } : {}),
        ...(locale ? { locale } : {}),
      })
      for (const [email, role] of Object.entries(shared)) made.shared.set(email, role)
      return { spreadsheetId: made.spreadsheet.spreadsheetId }
    },
    share(spreadsheetId: string, input: z.input<typeof share>): { shared: string } {
      const { email, role } = parse(share, input)
      if (role === 'none') fileOf(spreadsheetId).shared.delete(email)
      else fileOf(spreadsheetId).shared.set(email, role)
      return { shared: email }
    },
    /** A person types or pastes into cells, such as `Contactos!C3`; an empty text empties a cell. */
    type(spreadsheetId: string, input: z.input<typeof typing>): { typed: number } {
      const { range, values } = parse(typing, input)
      const found = fileOf(spreadsheetId)
      const { sheet, top, left } = refusable(() => boxOfA1(found.spreadsheet, range))
      const rows = values.map(row => ({
        values: row.map(text => ({ userEnteredValue: typed(text) })),
      }))
      const start = { sheetId: sheet.sheetId, rowIndex: top, columnIndex: left }
      refusable(() => editFile(runtime, found, [{ updateCells: { rows, fields: 'userEnteredValue', start } }]))
      return { typed: values.length }
    },
    /** A person sorts, inserts, deletes, moves, renames: any of the requests of `batchUpdate`. */
    edit(spreadsheetId: string, input: z.input<typeof requests>): { replies: object[] } {
      const given = parse(requests, input).requests
      return { replies: refusable(() => editFile(runtime, fileOf(spreadsheetId), given)) }
    },
    /** A person puts the whole file into the bin, or takes it out. */
    trash(spreadsheetId: string, trashed = true): { trashed: boolean } {
      fileOf(spreadsheetId).trashed = trashed
      bus.changed()
      return { trashed }
    },
    /** Somebody withdraws what they consented to: nothing of theirs is accepted any more. */
    revoke(email: string): { revoked: string } {
      for (const [token, access] of world.google.access) if (access.email === email) world.google.access.delete(token)
      for (const [token, owner] of world.google.refreshes) if (owner === email) world.google.refreshes.delete(token)
      return { revoked: email }
    },
    limits(input: z.input<typeof limits>): { limits: unknown } {
      world.google.limits = parse(limits, input)
      limiter.reset()
      return { limits: world.google.limits }
    },
    /** All sheets as they lie there. */
    grid: (spreadsheetId: string, limit?: number): GridView => gridView(fileOf(spreadsheetId), limit),
  }

  function fileOf(spreadsheetId: string): DriveFile {
    const found = world.google.files.get(spreadsheetId)
    if (!found) throw new ControlError(404, `no spreadsheet ${spreadsheetId}`)
    return found
  }
}

function parse<T>(shape: z.ZodType<T>, input: unknown): T {
  const parsed = shape.safeParse(input)
  if (parsed.success) return parsed.data
  throw new ControlError(400, z.prettifyError(parsed.error))
}

function refusable<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof GoogleRefused) throw new ControlError(400, error.message)
    throw error
  }
}
