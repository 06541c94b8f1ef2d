/** The answers we read: the fields we ask for, and nothing said about the rest. */
import { z } from 'zod'

const enteredValue = z.object({
  stringValue: z.string().optional(),
  numberValue: z.number().optional(),
  boolValue: z.boolean().optional(),
  formulaValue: z.string().optional(),
})
export type EnteredValue = z.infer<typeof enteredValue>

const metadata = z.object({ metadataKey: z.string().default(''), metadataValue: z.string().default('') })

const cell = z.object({
  userEnteredValue: enteredValue.optional(),
  effectiveValue: enteredValue.optional(),
  userEnteredFormat: z.object({ numberFormat: z.object({ type: z.string().optional() }).optional() }).optional(),
  dataValidation: z
    .object({
      condition: z.object({
        type: z.string().optional(),
        values: z.array(z.object({ userEnteredValue: z.string().optional() })).default([]),
      }),
    })
    .optional()
    .catch(undefined),
})
export type SheetCell = z.infer<typeof cell>

const gridData = z.object({
  startRow: z.number().default(0),
  startColumn: z.number().default(0),
  rowData: z.array(z.object({ values: z.array(cell).default([]) })).default([]),
  columnMetadata: z
    .array(z.object({ developerMetadata: z.array(metadata).default([]), hiddenByUser: z.boolean().default(false) }))
    .default([]),
})
export type GridData = z.infer<typeof gridData>

const sheet = z.object({
  properties: z.object({
    sheetId: z.number().default(0),
    title: z.string().default(''),
    gridProperties: z
      .object({
        rowCount: z.number().default(0),
        columnCount: z.number().default(0),
        frozenRowCount: z.number().default(0),
      })
      .prefault({}),
  }),
  developerMetadata: z.array(metadata).default([]),
  data: z.array(gridData).default([]),
})
export type SheetAnswer = z.infer<typeof sheet>

export const spreadsheetAnswer = z.object({ spreadsheetId: z.string().optional(), sheets: z.array(sheet).default([]) })
export const batchAnswer = z.object({ updatedSpreadsheet: spreadsheetAnswer.optional() })

export const fileAnswer = z.object({
  version: z.coerce.string(),
  modifiedTime: z.iso.datetime({ offset: true }),
  trashed: z.boolean().default(false),
})
export const channelAnswer = z.object({ id: z.string(), resourceId: z.string(), expiration: z.coerce.number() })

/** Of both grants, and of a refresh; Google gives a refresh token with the first alone. */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
})
export const tokenError = z.object({ error: z.string().default(''), error_description: z.string().default('') })
