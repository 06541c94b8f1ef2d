/** Mappings as the API shows them. */
import { z } from '@hono/zod-openapi'
import { directions, mappedKinds, mappingRow, mappingShape } from '../../core/mapping/row.ts'
import { findingCodes } from '../../core/mapping/validate.ts'
import type { MappingVersion } from '../../db/mappings.ts'
import { instant, iso } from './shapes.ts'

export const versionShape = z
  .object({
    version: z.number().int(),
    state: z.enum(['draft', 'active', 'past']),
    origin: z.enum(['edited', 'imported', 'undone']),
    restores: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'The version that was brought back; 0: the connector’s defaults' }),
    ...{ editedBy: z.unknown(), editedAt: instant, appliedBy: z.unknown(), appliedAt: instant },
  })
  .openapi('MappingVersion')

const mapping = z.strictObject(mappingShape.shape).openapi('Mapping')

export const wholeMapping = z
  .object({
    active: z.object({
      version: versionShape.nullable().openapi({ description: 'Null: nobody has edited it, the defaults hold' }),
      mapping,
    }),
    draft: z.object({ version: versionShape, mapping }).nullable(),
    paused: z.array(z.object({ kind: z.enum(mappedKinds), rowId: z.string(), reason: z.string(), at: instant })),
    /** Open ones, by our field. */
    conflicts: z.array(z.object({ kind: z.enum(mappedKinds), field: z.string(), open: z.number().int() })),
  })
  .openapi('WholeMapping')

export const findingShape = z
  .object({
    level: z.enum(['error', 'warning', 'count']),
    ...{ code: z.enum(findingCodes), kind: z.enum(mappedKinds), rowId: z.string().nullable() },
    ...{ facts: z.record(z.string(), z.string()), sentence: z.string(), fix: z.string() },
  })
  .openapi('MappingFinding')

export const appliedShape = z.object({
  version: versionShape,
  told: z.number().int().openapi({ description: 'Records that the CRM will be told of again' }),
  isRead: z.boolean().openapi({ description: 'False: newly mapped rows stand still until the CRM has been read' }),
})

export const readShape = z.object({ isRead: z.boolean() })

const options = z.array(z.object({ value: z.string(), label: z.string() }))
export const fieldsShape = z.object({
  ours: z.array(
    z.object({
      ...{ key: z.string(), label: z.string(), type: z.string(), options },
      ...{ writable: z.boolean(), computed: z.boolean() },
    }),
  ),
  theirs: z.array(
    z.object({
      ...{ name: z.string(), label: z.string(), type: z.string(), options },
      ...{ required: z.boolean(), readOnly: z.boolean(), unique: z.boolean() },
    }),
  ),
  tables: z.array(z.string()).openapi({ description: 'Option tables that follow the connection’s settings' }),
})

export const suggestionShape = z
  .object({
    ...{ row: mappingRow, score: z.number(), reason: z.enum(['same name', 'same meaning', 'alike']) },
    sentence: z.string(),
  })
  .openapi('MappingSuggestion')

const words = z.record(z.string(), z.string().nullable()).nullable()
export const previewShape = z.object({
  rowId: z.string(),
  ours: z.string(),
  direction: z.enum(directions),
  pausedReason: z.string().nullable(),
  /** What both sides hold now; null: the record is not there. */
  values: z.object({ ours: z.unknown(), theirs: words }),
  writes: words.openapi({ description: 'What the row would write there' }),
  reads: z.unknown().openapi({ description: 'What the row would read from there, in our words' }),
})

export function showVersion(row: MappingVersion): z.infer<typeof versionShape> {
  const { version, state, origin, restores, editedBy, editedAt, appliedBy, appliedAt } = row
  return { version, state, origin, restores, editedBy, editedAt: iso(editedAt), appliedBy, appliedAt: iso(appliedAt) }
}
