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

/** What a record has of files; null for none. */
export const linkedFiles = z
  .object({
    records: z.array(
      z.object({
        ContentDocument: z.object({
          LatestPublishedVersionId: z.string(),
          Title: z.string(),
          FileExtension: z.string().nullable(),
          ContentSize: z.number(),
        }),
      }),
    ),
  })
  .nullish()
  .transform(given => given?.records ?? [])

const picklistValue = z.object({
  value: z.string(),
  label: z.string().nullish(),
  active: z.boolean().default(true),
  defaultValue: z.boolean().default(false),
  /** Of a dependent one: the values of its controlling field that it goes with, a bit each; base64. */
  validFor: z.string().nullish(),
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
  /** Of a dependent picklist. */
  controllerName: z.string().nullish(),
})
export type DescribedField = z.infer<typeof describedField>
const recordType = z.object({
  recordTypeId: z.string(),
  name: z.string(),
  developerName: z.string().default(''),
  available: z.boolean().default(true),
  master: z.boolean().default(false),
})
export type RecordType = z.infer<typeof recordType>
export const describeAnswer = z.object({
  name: z.string(),
  fields: z.array(describedField),
  recordTypeInfos: z.array(recordType).default([]),
})
export type Described = z.infer<typeof describeAnswer>

/** https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_responses_picklist_values_collection.htm */
export const picklistsAnswer = z.object({
  picklistFieldValues: z.record(
    z.string(),
    z.object({
      controllerValues: z.record(z.string(), z.number()),
      values: z.array(z.object({ value: z.string(), label: z.string(), validFor: z.array(z.number()).default([]) })),
    }),
  ),
})

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
