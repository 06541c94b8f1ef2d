/**
 * WhatsApp webhook bodies, as leniently as they come: Meta adds types and leaves keys out, so everything is optional,
 * wrong shapes read as absent, and unknown keys are kept. Shapes: Meta, "Webhooks › messages" reference.
 */
import { z } from 'zod'

/** A string; numbers become strings; empty and everything else is absent. */
const text = z
  .unknown()
  .optional()
  .transform(value => (typeof value === 'number' ? String(value) : typeof value === 'string' ? value : ''))
  .transform((value): string | undefined => value || undefined)

const object = z.record(z.string(), z.unknown())
const lenient = <S extends z.ZodType>(schema: S) => schema.optional().catch(undefined)
const list = <S extends z.ZodType>(schema: S) =>
  z
    .array(z.unknown())
    .optional()
    .catch(undefined)
    .transform(items => (items ?? []).map(item => schema.safeParse(item)))

export const envelope = z.object({
  object: text,
  entry: z
    .array(z.unknown())
    .optional()
    .catch(undefined)
    .transform(items => items ?? []),
})

export const entry = z.looseObject({
  id: text,
  changes: z
    .array(z.unknown())
    .optional()
    .catch([])
    .transform(items => items ?? []),
})

export const change = z.looseObject({
  field: text,
  value: object
    .optional()
    .catch({})
    .transform(value => value ?? {}),
})

export const metadata = lenient(z.looseObject({ phone_number_id: text, display_phone_number: text }))

export const profileOwner = z.looseObject({
  wa_id: text,
  user_id: text,
  parent_user_id: text,
  profile: lenient(z.looseObject({ name: text, username: text })),
})
export const profileOwners = list(profileOwner)

export const problem = z.looseObject({
  code: text,
  title: text,
  message: text,
  details: text,
  error_data: lenient(z.looseObject({ details: text })),
})
export const problems = list(problem)

export const message = z.looseObject({
  id: text,
  from: text,
  from_user_id: text,
  from_parent_user_id: text,
  timestamp: text,
  type: text,
  context: lenient(z.looseObject({ id: text })),
  errors: problems,
})

export const status = z.looseObject({
  id: text,
  status: text,
  timestamp: text,
  recipient_participant_id: text,
  participant_recipient_id: text,
  biz_opaque_callback_data: text,
  errors: problems,
})

export const shapes = { text, object }
