/** Requests of `spreadsheets.batchUpdate`, those that are known here: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets/request */
import { z } from 'zod'

export const gridRange = z.object({
  sheetId: z.number().default(0),
  startRowIndex: z.number().int().min(0).optional(),
  endRowIndex: z.number().int().min(0).optional(),
  startColumnIndex: z.number().int().min(0).optional(),
  endColumnIndex: z.number().int().min(0).optional(),
})
export const value = z.strictObject({
  stringValue: z.string().optional(),
  numberValue: z.number().optional(),
  boolValue: z.boolean().optional(),
  formulaValue: z.string().optional(),
})
const cellData = z.object({ userEnteredValue: value.optional(), userEnteredFormat: z.unknown().optional() })
export const rowData = z.object({ values: z.array(cellData).default([]) })
export const properties = z.object({
  sheetId: z.number().int().min(0).optional(),
  title: z.string().min(1).max(100).optional(),
  hidden: z.boolean().optional(),
  gridProperties: z
    .object({
      rowCount: z.number().optional(),
      columnCount: z.number().optional(),
      frozenRowCount: z.number().optional(),
    })
    .optional(),
})
export const metadata = z.object({
  metadataKey: z.string().min(1),
  metadataValue: z.string().default(''),
  visibility: z.enum(['DOCUMENT', 'PROJECT']),
  location: z.object({
    spreadsheet: z.boolean().optional(),
    sheetId: z.number().optional(),
    dimensionRange: z
      .object({ sheetId: z.number().default(0), dimension: z.literal('COLUMNS'), startIndex: z.number() })
      .optional(),
  }),
})
const dimensionRange = z.object({
  sheetId: z.number().default(0),
  dimension: z.enum(['ROWS', 'COLUMNS']),
  startIndex: z.number().int().min(0),
  endIndex: z.number().int().min(1),
})
export type DimensionRange = z.infer<typeof dimensionRange>

export const request = z.strictObject({
  addSheet: z.object({ properties }).optional(),
  updateSheetProperties: z.object({ properties, fields: z.string() }).optional(),
  deleteSheet: z.object({ sheetId: z.number() }).optional(),
  duplicateSheet: z
    .object({ sourceSheetId: z.number(), newSheetId: z.number().optional(), newSheetName: z.string().optional() })
    .optional(),
  appendDimension: z
    .object({ sheetId: z.number().default(0), dimension: z.enum(['ROWS', 'COLUMNS']), length: z.number().int().min(1) })
    .optional(),
  appendCells: z.object({ sheetId: z.number().default(0), rows: z.array(rowData), fields: z.string() }).optional(),
  updateCells: z
    .object({
      rows: z.array(rowData).default([]),
      fields: z.string(),
      start: z
        .object({ sheetId: z.number().default(0), rowIndex: z.number().default(0), columnIndex: z.number().default(0) })
        .optional(),
      range: gridRange.optional(),
    })
    .optional(),
  createDeveloperMetadata: z.object({ developerMetadata: metadata }).optional(),
  deleteDeveloperMetadata: z.object({ dataFilter: z.looseObject({}) }).optional(),
  addProtectedRange: z
    .object({
      protectedRange: z.object({
        range: gridRange,
        warningOnly: z.boolean().default(false),
        description: z.string().default(''),
      }),
    })
    .optional(),
  setDataValidation: z.object({ range: gridRange, rule: z.unknown() }).optional(),
  insertDimension: z.object({ range: dimensionRange, inheritFromBefore: z.boolean().optional() }).optional(),
  deleteDimension: z.object({ range: dimensionRange }).optional(),
  moveDimension: z.object({ source: dimensionRange, destinationIndex: z.number().int().min(0) }).optional(),
  updateDimensionProperties: z
    .object({
      range: dimensionRange,
      properties: z.object({ hiddenByUser: z.boolean().optional() }),
      fields: z.string(),
    })
    .optional(),
  sortRange: z
    .object({
      range: gridRange,
      sortSpecs: z.array(
        z.object({ dimensionIndex: z.number(), sortOrder: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING') }),
      ),
    })
    .optional(),
})
