/** What a Google Sheets connection is set up with. */
import { z } from 'zod'
import { languages } from '../../core/errors.ts'
import type { ConnectorContext } from '../contract.ts'
import type { GoogleCredentials } from './credentials.ts'

/** The tabs that are ours, by what is in them. `meta` is hidden. */
export const tabNames = ['contact', 'ticket', 'message', 'outbox', 'report', 'meta'] as const
export type TabName = (typeof tabNames)[number]

/** https://docs.google.com/spreadsheets/d/<id>/edit, or the id by itself. */
export const spreadsheetId = z
  .string()
  .trim()
  .transform(text => /\/spreadsheets\/d\/([\w-]+)/.exec(text)?.[1] ?? text)
  .pipe(z.string().regex(/^[\w-]*$/, 'must be the address of a spreadsheet'))

export const googleSheetsSettings = z.object({
  spreadsheetId: spreadsheetId.default('').meta({
    title: 'Spreadsheet',
    fixed: true,
    description:
      'The address of one that is there, which Google asks you to pick, or empty: Buzón makes one, where an account consented.',
  }),
  language: z.enum(languages).optional().meta({ title: 'Language of the headers', fixed: true }),
  /** Ids of our tabs in the spreadsheet, which renames and moves leave as they are. */
  tabs: z.partialRecord(z.enum(tabNames), z.number().int()).default({}),
  /** Where Drive tells that the spreadsheet changed; empty: it is looked at each minute. */
  notifyUrl: z.string().default(''),
})
export type GoogleSheetsSettings = z.infer<typeof googleSheetsSettings>

export type SheetsContext = ConnectorContext<GoogleCredentials, GoogleSheetsSettings>

/** The language that headers and options are written in. */
export const languageOf = ({ language }: GoogleSheetsSettings) => language ?? 'es'
