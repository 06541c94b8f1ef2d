/** The answers that are read: the fields we use, and nothing said about the rest. */
import { z } from 'zod'

const texts = z.array(z.coerce.string()).catch([])

/** An error: of a whole answer, or of one record of a collection, which calls the code by another name. */
export const salesforceError = z
  .object({
    errorCode: z.string().optional().catch(undefined),
    statusCode: z.string().optional().catch(undefined),
    message: z.string().catch(''),
    fields: texts,
  })
  .transform(({ errorCode, statusCode, message, fields }) => ({ code: errorCode ?? statusCode ?? '', message, fields }))
export type SalesforceError = z.infer<typeof salesforceError>
export const errorList = z.array(salesforceError)

/** What became of a record of a collection. */
export const saveResult = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  created: z.boolean().optional(),
  errors: z.array(salesforceError).default([]),
})
export type SaveResult = z.infer<typeof saveResult>

export const compositeAnswer = z.object({
  compositeResponse: z.array(z.object({ body: z.unknown(), httpStatusCode: z.number(), referenceId: z.string() })),
})

/** A record as a query gives it: scalars, and records it hangs on. */
export const record = z.looseObject({ Id: z.string() })
export type SalesforceRecord = z.infer<typeof record>

export const queryAnswer = z.object({
  totalSize: z.number(),
  records: z.array(z.looseObject({})).default([]),
})
export const searchAnswer = z.object({
  searchRecords: z.array(record.extend({ attributes: z.object({ type: z.string() }) })),
})

const picklistValue = z.object({
  value: z.string(),
  label: z.string().nullish(),
  active: z.boolean().default(true),
  defaultValue: z.boolean().default(false),
})
export const describedField = z.object({
  name: z.string(),
  label: z.string().default(''),
  type: z.string(),
  createable: z.boolean().default(false),
  updateable: z.boolean().default(false),
  nillable: z.boolean().default(true),
  defaultedOnCreate: z.boolean().default(false),
  unique: z.boolean().default(false),
  externalId: z.boolean().default(false),
  calculated: z.boolean().default(false),
  picklistValues: z.array(picklistValue).default([]),
})
export type DescribedField = z.infer<typeof describedField>
export const describeAnswer = z.object({ name: z.string(), fields: z.array(describedField) })

export const limitsAnswer = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) })

/** https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  instance_url: z.url({ protocol: /^https?$/ }),
  scope: z.string().default(''),
})
export const tokenError = z.object({ error: z.string().default(''), error_description: z.string().default('') })
export const userInfoAnswer = z.object({ user_id: z.string(), organization_id: z.string() })
