/**
 * A mapping says which field of ours is which of theirs: an ordered list of rows for contacts and one for tickets. It is
 * data, so it can be edited, tried, exported and undone; `apply.ts` reads it both ways.
 */
import { z } from 'zod'

export const mappedKinds = ['contact', 'ticket'] as const
export type MappedKind = (typeof mappedKinds)[number]

export const directions = ['both', 'out', 'in'] as const
export type Direction = (typeof directions)[number]

/**
 * What is done with a field. `ours`, `theirs`, `newest` and `ask` decide where both sides changed it; where one did, its
 * change goes to the other. `fill if empty` never replaces anything, and `append` joins what both sides have.
 */
export const fieldPolicies = ['ours', 'theirs', 'newest', 'fill if empty', 'append', 'ask'] as const
export type FieldPolicy = (typeof fieldPolicies)[number]

/** The first pair with our word says what is written, the first with theirs what is read: many of theirs may be one of ours. */
export const optionPair = z.strictObject({ ours: z.string(), theirs: z.string() })
export type OptionPair = z.infer<typeof optionPair>

/** A table of the mapping's own, or the name of one that the connector keeps up to date, such as its owners. */
const optionTable = z.union([z.string().min(1), z.array(optionPair).min(1)])

export const transform = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('as is') }),
  z.strictObject({ kind: z.literal('text'), trim: z.boolean().optional(), lower: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('options'), table: optionTable }),
  /** Several values in one field, between separators; each by the table, where there is one. */
  z.strictObject({ kind: z.literal('list'), separator: z.string().min(1), table: optionTable.optional() }),
  z.strictObject({ kind: z.literal('date') }),
  /** `ms`: milliseconds since 1970. */
  z.strictObject({ kind: z.literal('datetime'), form: z.enum(['iso', 'ms']) }),
  z.strictObject({ kind: z.literal('number'), decimalMark: z.enum(['.', ',']).optional() }),
  z.strictObject({ kind: z.literal('boolean'), yes: z.string().min(1), no: z.string().min(1) }),
  /** `national`: without the code of this country; numbers of other countries keep theirs. */
  z.strictObject({
    kind: z.literal('phone'),
    form: z.enum(['e164', 'digits', 'national']),
    countryCode: z
      .string()
      .regex(/^[1-9]\d{0,2}$/)
      .optional(),
  }),
  /** Our fields in one text, such as `{number}: {subject}`. Goes out only. */
  z.strictObject({ kind: z.literal('template'), text: z.string().max(500) }),
  /** A person's name in two fields: given names, surnames. */
  z.strictObject({ kind: z.literal('name') }),
  /** One text in several fields, divided at the separator, the rest in the last; joined on the way in. */
  z.strictObject({ kind: z.literal('split'), separator: z.string().min(1) }),
])
export type Transform = z.infer<typeof transform>

export const mappingRow = z.strictObject({
  /** Lasts while the row does, whatever of it is edited. */
  id: z.string().min(1).max(60),
  /** A field of ours: `name`, `custom.size`, or one that is computed, such as `windowUntil`. */
  ours: z.string().min(1).max(100),
  /** Fields of theirs; several for what is divided there. */
  theirs: z.array(z.string().min(1).max(200)).min(1).max(10),
  direction: z.enum(directions),
  transform,
  policy: z.enum(fieldPolicies),
  /** The field by which one of our records is known there. */
  identifier: z.literal(true).optional(),
  /** What is written where ours is empty or has no partner there; may name our fields, as a template does. */
  default: z.string().max(500).optional(),
  /** Our emptiness is told too. Without it nothing of theirs is emptied by what we do not know. */
  clears: z.literal(true).optional(),
})
type WrittenRow = z.infer<typeof mappingRow>

/** As it is read for use: a row that is paused holds its values, and nothing is sent, taken or lost. */
export type MappingRow = WrittenRow & { pausedReason?: string | null }

export const mappingShape = z.strictObject({
  contact: z.array(mappingRow).max(200),
  ticket: z.array(mappingRow).max(200),
})
export type WrittenMapping = z.infer<typeof mappingShape>
export type Mapping = { contact: MappingRow[]; ticket: MappingRow[] }

/** A value of one of our fields. Dates are `2026-11-20`, instants ISO 8601. */
export type OurValue = string | number | boolean | string[] | null
export type OurValues = Record<string, OurValue>

/** Option tables that follow a connection's settings, by name. */
export type OptionTables = Record<string, readonly OptionPair[]>

export const isPaused = (row: MappingRow): boolean => Boolean(row.pausedReason)
export const goesOut = (row: MappingRow): boolean => row.direction !== 'in' && !isPaused(row)
export const comesIn = (row: MappingRow): boolean =>
  row.direction !== 'out' && row.transform.kind !== 'template' && !isPaused(row)

/** The mapping as it is kept, exported and compared: what is paused is no part of it. */
export function written(mapping: Mapping): WrittenMapping {
  const plain = ({ pausedReason: _, ...row }: MappingRow): WrittenRow => row
  return { contact: mapping.contact.map(plain), ticket: mapping.ticket.map(plain) }
}
