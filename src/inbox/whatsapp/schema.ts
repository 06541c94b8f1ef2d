/**
 * The envelope of WhatsApp's webhook bodies, as leniently as it comes: wrong shapes read as absent, unknown keys are kept.
 * What is inside has as many shapes as Meta has types, and is read key by key (`loose.ts`).
 */
import { z } from 'zod'
import { asList, asObject, string } from './loose.ts'

const list = z.unknown().optional().transform(asList)

export const envelope = z.looseObject({ entry: list })

export const entry = z.looseObject({
  id: z.unknown().optional().transform(string),
  time: z.unknown().optional(),
  changes: list,
})

export const change = z.looseObject({
  field: z
    .unknown()
    .optional()
    .transform(value => string(value) || 'messages'),
  value: z.unknown().optional().transform(asObject),
})
export type Entry = z.infer<typeof entry>
