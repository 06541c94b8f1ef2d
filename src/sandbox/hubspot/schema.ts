import { z } from 'zod'
import { Refused, validation } from './errors.ts'
import { PROPERTY_TYPES } from './properties.ts'

/** HubSpot's own specification takes text only: numbers and null are refused. */
const properties = z.record(z.string(), z.string())
const recordId = z.union([z.string().min(1), z.number()]).transform(String)
const associationType = z.object({
  associationCategory: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED', 'INTEGRATOR_DEFINED']),
  associationTypeId: z.number().int(),
})
const inlineAssociation = z.object({ to: z.object({ id: recordId }), types: z.array(associationType).min(1) })
const traceId = z.string().optional()

export const createSchema = z.object({
  properties,
  associations: z.array(inlineAssociation).optional(),
  objectWriteTraceId: traceId,
})
export const patchSchema = z.object({ properties, objectWriteTraceId: traceId })
export const updateInputSchema = z.object({
  id: recordId,
  idProperty: z.string().optional(),
  properties,
  objectWriteTraceId: traceId,
})
/** Strict: associations are not taken here. */
export const upsertInputSchema = z.strictObject({
  id: recordId,
  idProperty: z.string().min(1),
  properties,
  objectWriteTraceId: traceId,
})
export const readSchema = z.object({
  inputs: z.array(z.object({ id: recordId })),
  properties: z.array(z.string()).optional(),
  propertiesWithHistory: z.array(z.string()).optional(),
  idProperty: z.string().optional(),
})
export const idsSchema = z.object({ inputs: z.array(z.object({ id: recordId })) })
export const mergeSchema = z.object({ primaryObjectId: recordId, objectIdToMerge: recordId })
export const purgeSchema = z.object({ objectId: recordId, idProperty: z.string().optional() })

export const associationCreateSchema = z.object({
  inputs: z.array(
    z.object({
      from: z.object({ id: recordId }),
      to: z.object({ id: recordId }),
      types: z.array(associationType).min(1),
    }),
  ),
})
export const associationPairsSchema = z.object({
  inputs: z.array(z.object({ from: z.object({ id: recordId }), to: z.object({ id: recordId }) })),
})
export const associationArchiveSchema = z.object({
  inputs: z.array(z.object({ from: z.object({ id: recordId }), to: z.array(z.object({ id: recordId })) })),
})

const option = z.object({
  label: z.string().min(1),
  value: z.string().min(1),
  displayOrder: z.number().int().default(-1),
  hidden: z.boolean().default(false),
  description: z.string().optional(),
})
export const propertySchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower case letters, digits and underscores'),
  label: z.string().min(1),
  type: z.enum(PROPERTY_TYPES),
  fieldType: z.enum([
    'textarea',
    'text',
    'date',
    'file',
    'number',
    'select',
    'radio',
    'checkbox',
    'booleancheckbox',
    'calculation_equation',
    'html',
    'phonenumber',
  ]),
  groupName: z.string().min(1),
  description: z.string().optional(),
  options: z.array(option).optional(),
  hasUniqueValue: z.boolean().optional(),
  hidden: z.boolean().optional(),
  formField: z.boolean().optional(),
  displayOrder: z.number().int().optional(),
})
export const groupSchema = z.object({ name: z.string().min(1), label: z.string().min(1) })
export const propertyPatchSchema = propertySchema.omit({ name: true, hasUniqueValue: true }).partial()
export const propertiesBatchSchema = z.object({ inputs: z.array(propertySchema) })

/** HubSpot's limit for CRM object batches. */
export const MAX_INPUTS = 100

/** Reads the body by the schema, or refuses the request in HubSpot's way. */
export async function readBody<T>(request: { json(): Promise<unknown> }, schema: z.ZodType<T>): Promise<T> {
  const body = await request.json().catch(() => undefined)
  if (body === undefined) throw new Refused(validation('Invalid input JSON: the body could not be parsed'))
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.map(part => (typeof part === 'number' ? `[${part}]` : String(part))).join('.') ?? ''
  throw new Refused(validation(`Invalid input JSON, ${where || 'body'}: ${issue?.message ?? 'not valid'}`))
}

export function checkBatchSize(inputs: unknown[], max = MAX_INPUTS) {
  if (inputs.length === 0) throw new Refused(validation('Invalid input JSON, inputs: must not be empty'))
  if (inputs.length <= max) return
  throw new Refused(
    validation(`The maximum number of inputs supported in a batch request is ${max}`, {
      errors: [{ message: `inputs: ${inputs.length} exceeds the maximum of ${max}`, code: 'BATCH_SIZE_EXCEEDED' }],
    }),
  )
}
