/** The answers and webhook bodies we read: the fields we use, and nothing said about the rest. */
import { z } from 'zod'

const id = z.union([z.string(), z.number()]).transform(String)
const texts = z.union([z.array(z.coerce.string()), z.coerce.string().transform(text => [text])])

export const hubspotObject = z.object({
  id,
  properties: z
    .record(
      z.string(),
      z
        .string()
        .nullish()
        .transform(value => value ?? null),
    )
    .default({}),
  updatedAt: z.string().nullish(),
  archived: z.boolean().nullish(),
  objectWriteTraceId: z.coerce.string().nullish(),
})
export type HubSpotObject = z.infer<typeof hubspotObject>

/** An error: of a whole answer, or of one item of a batch. All of it optional, as HubSpot documents. */
export const hubspotError = z.object({
  category: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  context: z.record(z.string(), texts).optional().catch(undefined),
  errors: z
    .array(
      z.object({
        code: z.string().optional().catch(undefined),
        message: z.string().optional().catch(undefined),
        context: z.record(z.string(), texts).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
})
export type HubSpotError = z.infer<typeof hubspotError>

/** 200, 201 and 207 of every batch. */
export const batchAnswer = z.object({
  results: z.array(hubspotObject).default([]),
  errors: z.array(hubspotError).default([]),
})

const nextPage = z.object({ next: z.object({ after: z.string() }).nullish() }).nullish()
export const pageAnswer = z.object({ results: z.array(hubspotObject), paging: nextPage })
export const searchAnswer = z.object({ total: z.number(), results: z.array(hubspotObject) })

export const associationsAnswer = z.object({
  results: z
    .array(
      z.object({
        from: z.object({ id }),
        to: z.array(z.object({ toObjectId: id })).default([]),
        paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
      }),
    )
    .default([]),
})

export const property = z.object({
  name: z.string(),
  label: z.string().default(''),
  type: z.string().default('string'),
  fieldType: z.string().default('text'),
  options: z
    .array(z.object({ value: z.string(), label: z.string().default(''), hidden: z.boolean().nullish() }))
    .nullish()
    .transform(options => options ?? []),
  hasUniqueValue: z.boolean().nullish(),
  calculated: z.boolean().nullish(),
  hidden: z.boolean().nullish(),
  modificationMetadata: z.object({ readOnlyValue: z.boolean().nullish() }).nullish(),
})
export type Property = z.infer<typeof property>
export const groupsAnswer = z.object({ results: z.array(z.object({ name: z.string() })) })
export const propertiesAnswer = z.object({ results: z.array(property) })

export const pipeline = z.object({
  id,
  label: z.string().default(''),
  displayOrder: z.number().default(0),
  archived: z.boolean().nullish(),
  stages: z.array(
    z.object({
      id,
      label: z.string().default(''),
      displayOrder: z.number().default(0),
      archived: z.boolean().nullish(),
      metadata: z.object({ ticketState: z.string().nullish() }).nullish(),
    }),
  ),
})
export type Pipeline = z.infer<typeof pipeline>
export const pipelinesAnswer = z.object({ results: z.array(pipeline) })

export const ownersAnswer = z.object({
  results: z.array(
    z.object({ id, email: z.string().nullish(), firstName: z.string().nullish(), lastName: z.string().nullish() }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).nullish() }).nullish(),
})

export const accountAnswer = z.object({ portalId: id })

/** Of both grants, and of a refresh. */
export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
})
export const introspectAnswer = z.object({
  active: z.boolean().default(true),
  app_id: id.optional(),
  hub_id: id.optional(),
  scopes: z.array(z.string()).default([]),
})

export const journalLink = z.object({ url: z.string(), currentOffset: z.string() })
/** 204, without a body, where nothing is new. */
export const journalLinks = z.object({ results: z.array(journalLink).default([]) })
export const journalSubscriptions = z.object({
  results: z.array(z.object({ objectTypeId: z.string().optional(), portalId: id.optional() })).default([]),
})
const journalEvent = z.object({
  action: z.string(),
  occurredAt: z.union([z.string(), z.number()]),
  portalId: id.optional(),
  objectTypeId: z.string(),
  objectId: id,
  propertyChanges: z.record(z.string(), z.unknown()).nullish().catch(undefined),
  primaryObjectId: id.optional().catch(undefined),
  mergedObjectIds: z.array(id).optional().catch(undefined),
  newObjectId: id.nullish().catch(undefined),
})
export type JournalEvent = z.infer<typeof journalEvent>
/** An entry that makes no sense does not spoil the others. */
export const journalFile = z.object({
  journalEvents: z
    .array(z.unknown())
    .default([])
    .transform(events => events.flatMap(event => journalEvent.safeParse(event).data ?? [])),
})

export const changeEvent = z.object({
  subscriptionType: z.string(),
  objectId: id.optional(),
  objectTypeId: z.string().optional().catch(undefined),
  occurredAt: z.number(),
  appId: z.coerce.string().optional().catch(undefined),
  changeSource: z.string().optional().catch(undefined),
  sourceId: z.coerce.string().optional().catch(undefined),
  primaryObjectId: id.optional(),
  mergedObjectIds: z.array(id).optional(),
  newObjectId: id.nullish(),
  fromObjectId: id.optional().catch(undefined),
  fromObjectTypeId: z.string().optional().catch(undefined),
  propertyName: z.string().optional().catch(undefined),
  propertyValue: z.string().nullish().catch(undefined),
})
export type ChangeEvent = z.infer<typeof changeEvent>

const attachment = z.object({
  id: id.optional().catch(undefined),
  fileId: id.optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  contentType: z.string().optional().catch(undefined),
  size: z.number().optional().catch(undefined),
})
const deliveryIdentifier = z.object({ type: z.string(), value: z.string() })
export const channelEvent = z.object({
  type: z.literal('OUTGOING_CHANNEL_MESSAGE_CREATED'),
  message: z.object({
    id,
    text: z.string().nullish(),
    richText: z.string().nullish(),
    createdAt: z.union([z.string(), z.number()]).nullish(),
    recipients: z
      .array(
        z.object({
          actorId: z.string().nullish(),
          deliveryIdentifier: deliveryIdentifier.nullish(),
          deliveryIdentifiers: z.array(deliveryIdentifier).nullish(),
        }),
      )
      .nullish(),
    senders: z
      .array(
        z.object({
          actorId: z.string().nullish(),
          name: z.string().nullish(),
          deliveryIdentifier: deliveryIdentifier.nullish().catch(undefined),
        }),
      )
      .nullish(),
    attachments: z
      .array(z.unknown())
      .nullish()
      .transform(list => (list ?? []).flatMap(each => attachment.safeParse(each).data ?? [])),
  }),
})
export type ChannelEvent = z.infer<typeof channelEvent>
