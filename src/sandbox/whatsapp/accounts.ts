/** Apps, tokens and accounts as Meta knows them. What nobody has said follows from the numbers. */
import type { App, Phone, Token, WhatsAppState } from './state.ts'

/** Of numbers that name no app. */
export const DEFAULT_APP_ID = '4242000000000001'

export const ALL_FIELDS = [
  ...['messages', 'message_echoes', 'account_update', 'account_alerts', 'account_review_update', 'history'],
  ...['business_capability_update', 'message_template_status_update', 'message_template_quality_update', 'calls'],
  ...['template_category_update', 'phone_number_name_update', 'phone_number_quality_update', 'user_preferences'],
  ...['smb_message_echoes', 'smb_app_state_sync', 'security', 'standby', 'messaging_handovers'],
]

const SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging']

export function appIdOf({ appId }: Phone): string {
  return appId ?? DEFAULT_APP_ID
}

export function appOf(state: WhatsAppState, appId: string): App | undefined {
  const phone = [...state.phones.values()].find(each => appIdOf(each) === appId)
  const kept = state.apps.get(appId)
  if (!phone) return kept
  const derived = { appId, appSecret: phone.appSecret, name: 'Buzón', callbackUrl: phone.webhookUrl ?? null }
  return { ...derived, fields: ALL_FIELDS, active: true, ...kept }
}

/** By `<id>|<secret>`. */
export function appByToken(state: WhatsAppState, token: string | undefined): App | undefined {
  const [appId = '', secret = ''] = token?.split('|') ?? []
  const app = appOf(state, appId)
  return app?.appSecret === secret ? app : undefined
}

export function tokenOf(state: WhatsAppState, token: string | undefined): Token | undefined {
  if (token === undefined) return undefined
  const kept = state.tokens.get(token)
  const owned = [...state.phones.values()].filter(phone => phone.token === token)
  const [first] = owned
  if (!first) return kept
  const derived = { appId: appIdOf(first), scopes: SCOPES, expiresAt: 0, isValid: true, accounts: [] }
  return { ...derived, ...kept, accounts: kept?.accounts ?? owned.map(phone => phone.wabaId) }
}

/** A token that can be used now. */
export function isUsable(token: Token | undefined, now: number): token is Token {
  return token?.isValid === true && (token.expiresAt === 0 || token.expiresAt * 1000 > now)
}

/** A token of no account in particular sees all. */
export function maySee(token: Token, wabaId: string): boolean {
  return token.accounts.length === 0 || token.accounts.includes(wabaId)
}

export function phonesOf(state: WhatsAppState, wabaId: string): Phone[] {
  return [...state.phones.values()].filter(phone => phone.wabaId === wabaId)
}

/** As Graph shows a number. */
export function numberView(state: WhatsAppState, phone: Phone): Record<string, unknown> {
  const app = appOf(state, appIdOf(phone))
  const entity = (entity_type: string, id: string) => {
    const told = phone.health?.find(each => each.entity === entity_type)
    const errors = told?.errors.map(({ code, words, solution }) => ({
      ...{ error_code: code, error_description: words, possible_solution: solution },
    }))
    return { entity_type, id, can_send_message: told?.state ?? 'AVAILABLE', ...(errors ? { errors } : {}) }
  }
  const states = phone.health?.map(({ state: each }) => each) ?? []
  return {
    verified_name: phone.verifiedName,
    code_verification_status: phone.codeVerification ?? 'VERIFIED',
    display_phone_number: phone.displayPhoneNumber,
    quality_rating: phone.quality ?? 'GREEN',
    platform_type: phone.registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
    throughput: { level: 'STANDARD' },
    is_on_biz_app: phone.onBusinessApp ?? false,
    id: phone.phoneNumberId,
    status: phone.status ?? (phone.registered ? 'CONNECTED' : 'PENDING'),
    name_status: phone.nameStatus ?? 'APPROVED',
    is_pin_enabled: phone.hasPin ?? true,
    whatsapp_business_manager_messaging_limit: phone.messagingLimit ?? 'TIER_2K',
    webhook_configuration: {
      ...(app?.callbackUrl ? { application: app.callbackUrl } : {}),
      ...(phone.overrideUrl ? { whatsapp_business_account: phone.overrideUrl } : {}),
    },
    health_status: {
      can_send_message: states.includes('BLOCKED') ? 'BLOCKED' : states.includes('LIMITED') ? 'LIMITED' : 'AVAILABLE',
      entities: [
        entity('PHONE_NUMBER', phone.phoneNumberId),
        entity('WABA', phone.wabaId),
        entity('BUSINESS', '1'),
        entity('APP', appIdOf(phone)),
      ],
    },
  }
}

/** Without fields Graph shows the first ones; the id always. */
const SHOWN = 8

export function pick(view: Record<string, unknown>, fields: string | undefined): Record<string, unknown> {
  const wanted = fields?.split(',') ?? Object.keys(view).slice(0, SHOWN)
  return { ...Object.fromEntries(wanted.flatMap(key => (key in view ? [[key, view[key]]] : []))), id: view.id }
}
