import { z } from 'zod'
import { vendors } from '../calls.ts'

const count = z.number().int().min(1)
const disorder = {
  batch: count.max(1000).optional(),
  duplicates: count.max(100).optional(),
  shuffle: z.boolean().optional(),
  seed: z.number().int().optional(),
}

export const phoneSchema = z.object({
  phoneNumberId: z.string().min(1),
  wabaId: z.string().min(1),
  displayPhoneNumber: z.string().min(1),
  verifiedName: z.string().min(1),
  token: z.string().min(1),
  appSecret: z.string().min(1),
  webhookUrl: z.url().optional(),
  registered: z.boolean().optional(),
  autoRead: z.boolean().optional(),
  statusDelayMs: z.number().int().min(0).optional(),
  perSecond: z.number().positive().optional(),
  pairLimit: z.boolean().optional(),
  holdTemplates: z.boolean().optional(),
  directUrls: z.boolean().optional(),
  appId: z.string().optional(),
  subscribed: z.boolean().optional(),
  overrideUrl: z.url().optional(),
  pin: z.string().optional(),
  hasPin: z.boolean().optional(),
  onBusinessApp: z.boolean().optional(),
  status: z.string().optional(),
  nameStatus: z.string().optional(),
  codeVerification: z.string().optional(),
  quality: z.string().optional(),
  messagingLimit: z.string().optional(),
  health: z
    .array(
      z.object({
        entity: z.enum(['PHONE_NUMBER', 'WABA', 'BUSINESS', 'APP']),
        state: z.enum(['AVAILABLE', 'LIMITED', 'BLOCKED']),
        errors: z.array(z.object({ code: z.number(), words: z.string(), solution: z.string() })).default([]),
      }),
    )
    .optional(),
  ...disorder,
})

export const appSchema = z.object({
  appId: z.string(),
  appSecret: z.string(),
  name: z.string().default('App'),
  callbackUrl: z.url().nullable().default(null),
  fields: z.array(z.string()).default([]),
  active: z.boolean().default(true),
})
export const tokenSchema = z.object({
  token: z.string(),
  appId: z.string(),
  scopes: z.array(z.string()).default(['whatsapp_business_management', 'whatsapp_business_messaging']),
  expiresAt: z.number().int().default(0),
  isValid: z.boolean().default(true),
  accounts: z.array(z.string()).default([]),
  /** What a sign-up hands out instead of it. */
  code: z.string().optional(),
})
export const accountSchema = z.object({
  wabaId: z.string(),
  reviewStatus: z.string().default('APPROVED'),
  verification: z.string().default('verified'),
})

/** A template that is there already, in any state. */
export const templateSchema = z.object({
  wabaId: z.string().min(1),
  name: z.string().regex(/^[a-z0-9_]+$/),
  language: z.string().min(2),
  category: z.string().default('UTILITY'),
  status: z.string().default('APPROVED'),
  parameterFormat: z.enum(['POSITIONAL', 'NAMED']).default('POSITIONAL'),
  components: z.array(z.record(z.string(), z.unknown())).min(1),
})
/** What Meta makes of a template; each is told by its webhook. */
export const reviewSchema = z.object({
  wabaId: z.string(),
  name: z.string(),
  language: z.string(),
  event: z.string().optional(),
  reason: z.string().optional(),
  quality: z.enum(['GREEN', 'YELLOW', 'RED', 'UNKNOWN']).optional(),
  category: z.string().optional(),
  /** The notice of a category to come, a day ahead. */
  upcomingCategory: z.string().optional(),
})
export const failureSchema = z.object({
  phoneNumberId: z.string(),
  waId: z.string().optional(),
  code: z.number().int(),
  title: z.string().default('Planned failure'),
  details: z.string().default('Planned by the sandbox.'),
  as: z.enum(['answer', 'status']).default('answer'),
  times: count.default(1),
})
export const releaseSchema = z.object({ phoneNumberId: z.string(), deliver: z.boolean().default(true) })

const file = z.object({
  mimeType: z.string().optional(),
  fileName: z.string().optional(),
  data: z.base64().optional(),
  patternBytes: count.max(200_000_000).optional(),
  spoil: z.object({ how: z.enum(['other bytes', 'cut', 'stall']), times: count.default(1) }).optional(),
})
export const fileSchema = file.extend({ phoneNumberId: z.string() })

export const personSchema = z.object({
  waId: z.string().regex(/^\+?\d{6,15}$/),
  name: z.string().min(1),
  userId: z.string().optional(),
  username: z.string().optional(),
  hidesNumber: z.boolean().optional(),
})

export const inboundSchema = z.object({
  phoneNumberId: z.string(),
  messages: z
    .array(
      z.object({
        /** A number, or the business-scoped id of somebody who hides it. */
        from: z.string().regex(/^(\+?\d{6,15}|[A-Z]{2}\.[A-Za-z0-9.]{1,132})$/),
        name: z.string().optional(),
        type: z.string().optional(),
        text: z.string().optional(),
        replyTo: z.string().optional(),
        id: z.string().optional(),
        timestamp: z.union([z.string(), z.number()]).transform(String).optional(),
        file: file.optional(),
        raw: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1),
  ...disorder,
})

export const rawSchema = z.object({ phoneNumberId: z.string(), body: z.unknown() })
export const readSchema = z.object({ phoneNumberId: z.string(), waId: z.string() })
export const reactSchema = z.object({
  phoneNumberId: z.string(),
  waId: z.string(),
  messageId: z.string(),
  emoji: z.string(),
})

const subscription = z.object({
  subscriptionId: z.number().int().optional(),
  subscriptionType: z.string().min(1),
  objectType: z.string().optional(),
  propertyName: z.string().optional(),
})
const owner = z.object({
  id: z.string().min(1),
  email: z.email(),
  firstName: z.string(),
  lastName: z.string(),
  userId: z.number().int(),
})
const rateLimit = z.object({
  max: count.default(190),
  intervalMs: count.default(10_000),
  daily: count.default(1_000_000),
})

export const portalSchema = z.object({
  portalId: z.number().int(),
  token: z.string().min(1),
  clientSecret: z.string().min(1),
  appId: z.number().int(),
  webhookUrl: z.url().optional(),
  subscriptions: z.array(subscription).optional(),
  owners: z.array(owner).optional(),
  rateLimit: z.union([z.literal(false), rateLimit]).optional(),
  mergeCreatesNewId: z.boolean().optional(),
  scopes: z.array(z.string()).optional(),
  rotatesRefreshTokens: z.boolean().optional(),
  validationRules: z
    .array(
      z.object({
        ...{ objectType: z.string(), property: z.string() },
        when: z.object({ property: z.string(), values: z.array(z.string()) }).optional(),
      }),
    )
    .optional(),
  searchLagMs: z.number().int().min(0).max(3_600_000).optional(),
  duplicates: count.max(100).optional(),
  shuffle: z.boolean().optional(),
  seed: z.number().int().optional(),
})
export const portalPatchSchema = portalSchema.omit({ portalId: true }).partial()

export const editSchema = z.object({
  properties: z.record(z.string(), z.string()),
  userId: z.number().int().optional(),
})
export const createSchema = z.object({
  properties: z.record(z.string(), z.string()),
  contactId: z.string().optional(),
  userId: z.number().int().optional(),
})
export const associateSchema = z.object({
  ...{ from: z.string(), fromId: z.string(), to: z.string(), toId: z.string() },
  remove: z.boolean().default(false),
  userId: z.number().int().optional(),
})
export const replySchema = z.object({
  contactId: z.string(),
  text: z.string(),
  ownerId: z.string(),
  channelAccountId: z.string().optional(),
  asArray: z.boolean().optional(),
  richText: z.string().optional(),
  attachments: z
    .array(z.object({ name: z.string(), mimeType: z.string(), data: z.base64(), byId: z.boolean().optional() }))
    .optional(),
})
export const mergeSchema = z.object({
  type: z.string().default('contacts'),
  primaryObjectId: z.string(),
  objectIdToMerge: z.string(),
  userId: z.number().int().optional(),
})

export const faultSchema = z.object({
  vendor: z.enum(vendors),
  method: z.string().optional(),
  path: z
    .string()
    .refine(pattern => {
      try {
        return Boolean(new RegExp(pattern))
      } catch {
        return false
      }
    }, 'must be a regular expression')
    .optional(),
  times: count.default(1),
  skip: z.number().int().min(0).optional(),
  kind: z.enum(['status', 'hang', 'store_then_hang', 'cut', 'store_then_cut', 'store_then_500', 'partial', 'delay']),
  status: z.number().int().min(200).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  delayMs: z.number().int().min(0).max(60_000).optional(),
  failIndexes: z.array(z.number().int().min(0)).optional(),
})

export const timeSchema = z.union([
  z.object({ now: z.iso.datetime({ offset: true }) }),
  z.object({ advanceMs: z.number().int() }),
])

export type PhoneInput = z.input<typeof phoneSchema>
export type PersonInput = z.input<typeof personSchema>
export type InboundInput = z.input<typeof inboundSchema>
export type PortalInput = z.input<typeof portalSchema>
export type PortalPatch = z.input<typeof portalPatchSchema>
export type FaultInput = z.input<typeof faultSchema>
export type TimeInput = z.input<typeof timeSchema>
export type TemplateInput = z.input<typeof templateSchema>
export type ReviewInput = z.input<typeof reviewSchema>
export type AppInput = z.input<typeof appSchema>
export type TokenInput = z.input<typeof tokenSchema>
export type AccountInput = z.input<typeof accountSchema>
export type FailureInput = z.input<typeof failureSchema>
export type FileInput = z.input<typeof fileSchema>
