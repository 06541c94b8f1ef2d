/** Spreadsheets, who may open them, and what Drive keeps about them. */

/** What was entered into a cell, as the API has it: exactly one of these. */
export type Value = { stringValue?: string; numberValue?: number; boolValue?: boolean; formulaValue?: string }
export type Cell = { entered?: Value; format?: unknown }
/** Never changed in place: an edit makes another row. */
export type Row = readonly Cell[]

/** 0-based, ends exclusive; a bound that is absent is the sheet's edge. */
export type GridRange = {
  sheetId: number
  startRowIndex?: number
  endRowIndex?: number
  startColumnIndex?: number
  endColumnIndex?: number
}

export type Sheet = {
  sheetId: number
  title: string
  hidden: boolean
  rowCount: number
  columnCount: number
  frozenRowCount: number
  rows: readonly Row[]
  hiddenColumns: ReadonlySet<number>
  protectedRanges: { protectedRangeId: number; range: GridRange; warningOnly: boolean; description: string }[]
  validations: { range: GridRange; rule: unknown }[]
}

export type Metadata = {
  metadataId: number
  metadataKey: string
  metadataValue: string
  visibility: string
  /** A column, where it has an index; a sheet, where it has a sheet; else the spreadsheet. */
  sheetId?: number
  column?: number
}

export type Spreadsheet = {
  spreadsheetId: string
  title: string
  locale: string
  timeZone: string
  sheets: Sheet[]
  metadata: Metadata[]
  nextId: number
}

/** A spreadsheet as Drive keeps it. */
export type DriveFile = {
  spreadsheet: Spreadsheet
  owner: string
  /** Addresses it is shared with, and whether they may write. */
  shared: Map<string, 'writer' | 'reader'>
  /** For whom the app may have it: it made it for them, or they picked it. */
  picked: Set<string>
  version: number
  modifiedAt: number
  trashed: boolean
  /** A script that runs when a person edits, as an installable trigger does. */
  script?: { url: string; secret: string }
}

export type Channel = {
  id: string
  resourceId: string
  /** A file, or null for all changes of the account. */
  fileId: string | null
  account: string
  address: string
  token: string
  expiresAt: number
  messageNumber: number
}

export type Account = {
  email: string
  clientId: string
  clientSecret: string
  /** SPKI in PEM: the account is a service account. */
  publicKey?: string | undefined
  /** Asks with the scope `drive.file`: of all files those alone that were picked. */
  seesPicked?: boolean
}

/** `seesPicked`: by consent to `drive.file`. */
export type Access = { email: string; until: number; seesPicked?: boolean }

export type GoogleState = {
  accounts: Map<string, Account>
  access: Map<string, Access>
  refreshes: Map<string, string>
  codes: Map<string, { email: string; redirectUri: string; challenge: string | null; until: number }>
  files: Map<string, DriveFile>
  channels: Map<string, Channel>
  /** Drive's log of changes: what changed, in its order. */
  changes: { fileId: string; at: number }[]
  /** Requests of a kind in a minute; false: no limit. */
  limits: { perUser: number; perProject: number } | false
}

export function emptyGoogle(): GoogleState {
  return {
    ...{ accounts: new Map(), access: new Map(), refreshes: new Map(), codes: new Map() },
    ...{ files: new Map(), channels: new Map(), changes: [] },
    // https://developers.google.com/workspace/sheets/api/limits
    limits: { perUser: 60, perProject: 300 },
  }
}

/** https://support.google.com/drive/answer/37603 */
export const MOST_CELLS = 10_000_000
export const LONGEST_CELL = 50_000

export function newSheet(sheetId: number, title: string, rowCount = 1_000, columnCount = 26): Sheet {
  return {
    ...{ sheetId, title, hidden: false, rowCount, columnCount, frozenRowCount: 0, rows: [] },
    ...{ hiddenColumns: new Set(), protectedRanges: [], validations: [] },
  }
}
