/**
 * What Meta says of a token, an app, a number and its account. Every answer, and none, is a value. What a version of the
 * API may not know is asked apart, because one unknown field refuses all that are asked with it.
 */
import { z } from 'zod'
import type {
  AccountFacts,
  AppSubscription,
  NumberFacts,
  Sendability,
  SubscribedApp,
  TokenFacts,
  Told,
} from '../../core/channel-observations.ts'
import { callGraph, type GraphAnswer, type WhatsAppApi } from './graph.ts'

/** `asker` is the app's own token or, where its id is not known, the token itself. */
export async function readToken(api: WhatsAppApi, token: string, asker: string): Promise<Told<TokenFacts>> {
  const path = `debug_token?input_token=${encodeURIComponent(token)}`
  return told(await callGraph(api, asker, 'GET', path), debugged, ({ data }) => ({
    isValid: data.is_valid ?? false,
    reason: data.error?.message ?? null,
    appId: data.app_id ?? null,
    // 0 is a token that does not expire.
    expiresAt: data.expires_at ? new Date(data.expires_at * 1000) : null,
    scopes: data.scopes ?? [],
    targets: (data.granular_scopes ?? []).map(({ scope, target_ids }) => ({ scope, ids: target_ids ?? [] })),
  }))
}

export async function readNumber(api: WhatsAppApi, phoneNumberId: string, token: string): Promise<Told<NumberFacts>> {
  const ask = (fields: string) => callGraph(api, token, 'GET', `${phoneNumberId}?fields=${fields}`)
  const [plain, limit, pin, callbacks, health] = await Promise.all([
    ask(
      'status,platform_type,verified_name,name_status,code_verification_status,quality_rating,throughput,is_on_biz_app',
    ),
    ask('whatsapp_business_manager_messaging_limit'),
    ask('is_pin_enabled'),
    ask('webhook_configuration'),
    ask('health_status'),
  ])
  const more = [limit, pin, callbacks, health].flatMap(answer => (answer.kind === 'ok' ? [answer.body] : []))
  return told(plain, z.looseObject({}), body => {
    const all = numberShape.parse(Object.assign({}, body, ...more.filter(each => each && typeof each === 'object')))
    return {
      status: all.status ?? null,
      platform: all.platform_type ?? null,
      verifiedName: all.verified_name ?? null,
      nameStatus: all.name_status ?? null,
      codeVerification: all.code_verification_status ?? null,
      quality: all.quality_rating ?? null,
      messagingLimit: all.whatsapp_business_manager_messaging_limit ?? null,
      throughput: all.throughput?.level ?? null,
      hasPin: all.is_pin_enabled ?? null,
      onBusinessApp: all.is_on_biz_app ?? false,
      callbacks: {
        number: all.webhook_configuration?.phone_number ?? null,
        account: all.webhook_configuration?.whatsapp_business_account ?? null,
        app: all.webhook_configuration?.application ?? null,
      },
      sendability: all.health_status ? toSendability(all.health_status) : null,
    }
  })
}

export async function readAccount(api: WhatsAppApi, wabaId: string, token: string): Promise<Told<AccountFacts>> {
  const path = `${wabaId}?fields=account_review_status,business_verification_status`
  return told(await callGraph(api, token, 'GET', path), accountShape, body => ({
    reviewStatus: body.account_review_status ?? null,
    verification: body.business_verification_status ?? null,
  }))
}

/** The apps that hear of the account. */
export async function readSubscribedApps(
  api: WhatsAppApi,
  wabaId: string,
  token: string,
): Promise<Told<SubscribedApp[]>> {
  return told(await callGraph(api, token, 'GET', `${wabaId}/subscribed_apps`), subscribedShape, ({ data }) =>
    data.flatMap(({ whatsapp_business_api_data: app, override_callback_uri }) =>
      app ? [{ appId: app.id, name: app.name ?? null, overrideUrl: override_callback_uri ?? null }] : [],
    ),
  )
}

/** Where an app's webhooks go, and which fields they tell; by the app's own token. */
export async function readAppWebhooks(
  api: WhatsAppApi,
  appId: string,
  asApp: string,
): Promise<Told<AppSubscription[]>> {
  return told(await callGraph(api, asApp, 'GET', `${appId}/subscriptions`), webhooksShape, ({ data }) =>
    data.map(({ object, callback_url, active, fields }) => ({
      ...{ object, callbackUrl: callback_url ?? '', active: active ?? false },
      fields: (fields ?? []).map(field => (typeof field === 'string' ? field : field.name)),
    })),
  )
}

function told<S extends z.ZodType, T>(answer: GraphAnswer, shape: S, read: (body: z.infer<S>) => T): Told<T> {
  if (answer.kind === 'no answer') return { kind: 'no answer', reason: answer.reason }
  if (answer.kind === 'error') {
    return { kind: 'refused', code: answer.code, reason: [answer.code, answer.reason].filter(Boolean).join(': ') }
  }
  const body = shape.safeParse(answer.body)
  return body.success ? { kind: 'told', value: read(body.data) } : { kind: 'no answer', reason: 'another shape' }
}

function toSendability({ can_send_message, entities }: z.infer<typeof healthShape>): Sendability {
  return {
    overall: can_send_message,
    entities: (entities ?? []).map(({ entity_type, can_send_message: state, errors }) => ({
      ...{ kind: entity_type, state: state ?? 'AVAILABLE' },
      errors: (errors ?? []).map(({ error_code, error_description, possible_solution }) => ({
        ...{ code: error_code ?? '', words: error_description ?? '', solution: possible_solution ?? '' },
      })),
    })),
  }
}

const text = z.string().optional().catch(undefined)
const flag = z.boolean().optional().catch(undefined)
const id = z.union([z.string(), z.number()]).transform(String)

const debugged = z.object({
  data: z.object({
    is_valid: flag,
    app_id: id.optional().catch(undefined),
    expires_at: z.number().optional().catch(undefined),
    scopes: z.array(z.string()).optional().catch(undefined),
    granular_scopes: z
      .array(z.object({ scope: z.string(), target_ids: z.array(id).optional().catch(undefined) }))
      .optional()
      .catch(undefined),
    error: z.object({ message: text }).optional().catch(undefined),
  }),
})

const healthError = z.object({
  error_code: id.optional().catch(undefined),
  error_description: text,
  possible_solution: text,
})
const healthShape = z.object({
  can_send_message: z.string(),
  entities: z
    .array(
      z.object({
        entity_type: z.string(),
        can_send_message: text,
        errors: z.array(healthError).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
})

const numberShape = z.object({
  status: text,
  platform_type: text,
  verified_name: text,
  name_status: text,
  code_verification_status: text,
  quality_rating: text,
  whatsapp_business_manager_messaging_limit: text,
  throughput: z.object({ level: text }).optional().catch(undefined),
  is_pin_enabled: flag,
  is_on_biz_app: flag,
  webhook_configuration: z
    .object({ application: text, whatsapp_business_account: text, phone_number: text })
    .optional()
    .catch(undefined),
  health_status: healthShape.optional().catch(undefined),
})

const accountShape = z.object({ account_review_status: text, business_verification_status: text })

const subscribedShape = z.object({
  data: z.array(
    z.object({
      whatsapp_business_api_data: z.object({ id, name: text }).optional().catch(undefined),
      override_callback_uri: text,
    }),
  ),
})

const webhooksShape = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      callback_url: text,
      active: flag,
      fields: z
        .array(z.union([z.string(), z.object({ name: z.string() })]))
        .optional()
        .catch(undefined),
    }),
  ),
})
