/** What it takes to connect a number (Meta, "Embedded Signup › Onboarding" and "Business phone numbers › Registration"). */
import { z } from 'zod'
import { type CallFailure, toFailure } from './client.ts'
import { callGraph, type GraphAnswer, type WhatsAppApi } from './graph.ts'

/** A number of an account, to choose from. */
export type ListedNumber = {
  phoneNumberId: string
  displayPhoneNumber: string | null
  verifiedName: string | null
  quality: string | null
  status: string | null
  platform: string | null
  /** Used in the WhatsApp Business app too (coexistence). */
  onBusinessApp: boolean
  throughput: string | null
}

const PAGE = 100
const MOST_PAGES = 20

export async function listNumbers(
  api: WhatsAppApi,
  wabaId: string,
  token: string,
): Promise<{ kind: 'listed'; numbers: ListedNumber[] } | CallFailure> {
  const fields = 'id,display_phone_number,verified_name,quality_rating,status,platform_type,is_on_biz_app,throughput'
  const numbers: ListedNumber[] = []
  let after = ''
  for (let n = 0; n < MOST_PAGES; n++) {
    const next = after ? `&after=${encodeURIComponent(after)}` : ''
    const answer = await callGraph(api, token, 'GET', `${wabaId}/phone_numbers?fields=${fields}&limit=${PAGE}${next}`)
    if (answer.kind !== 'ok') return toFailure(answer)
    const page = pageShape.safeParse(answer.body).data
    if (!page) return { kind: 'ambiguous', code: null, reason: 'WhatsApp listed numbers in another shape' }
    numbers.push(...page.data.map(toNumber))
    after = page.paging?.next ? (page.paging.cursors?.after ?? '') : ''
    if (!after) break
  }
  return { kind: 'listed', numbers }
}

function toNumber(listed: z.infer<typeof numberShape>): ListedNumber {
  return {
    phoneNumberId: listed.id,
    displayPhoneNumber: listed.display_phone_number ?? null,
    verifiedName: listed.verified_name ?? null,
    quality: listed.quality_rating ?? null,
    status: listed.status ?? null,
    platform: listed.platform_type ?? null,
    onBusinessApp: listed.is_on_biz_app ?? false,
    throughput: listed.throughput?.level ?? null,
  }
}

type Done = { kind: 'done' } | CallFailure

/** The app of the token hears of the account from now on. Without an address of its own, one of before is taken away. */
export async function subscribeApp(
  api: WhatsAppApi,
  wabaId: string,
  token: string,
  override: { url: string; verifyToken: string } | null,
): Promise<Done> {
  const body = override ? { override_callback_uri: override.url, verify_token: override.verifyToken } : {}
  return done(await callGraph(api, token, 'POST', `${wabaId}/subscribed_apps`, body))
}

/** Makes a number one of the Cloud API. A number that has a PIN wants this one; otherwise it becomes its PIN. */
export async function registerNumber(
  api: WhatsAppApi,
  phoneNumberId: string,
  token: string,
  pin: string,
): Promise<Done> {
  return done(await callGraph(api, token, 'POST', `${phoneNumberId}/register`, { messaging_product: 'whatsapp', pin }))
}

/** Asks the phone of the business for its address book or its history: once, within 24 hours of the sign-up. */
export async function requestAppData(
  api: WhatsAppApi,
  phoneNumberId: string,
  token: string,
  kind: 'smb_app_state_sync' | 'history',
): Promise<Done> {
  const body = { messaging_product: 'whatsapp', sync_type: kind }
  return done(await callGraph(api, token, 'POST', `${phoneNumberId}/smb_app_data`, body))
}

/** The business token that the code of a sign-up is worth: once, and for minutes. */
export async function exchangeCode(
  api: WhatsAppApi,
  app: { appId: string; appSecret: string },
  code: string,
): Promise<{ kind: 'token'; token: string } | CallFailure> {
  const query = new URLSearchParams({ client_id: app.appId, client_secret: app.appSecret, code })
  const answer = await callGraph(api, `${app.appId}|${app.appSecret}`, 'GET', `oauth/access_token?${query}`)
  if (answer.kind !== 'ok') return toFailure(answer)
  const token = tokenShape.safeParse(answer.body).data?.access_token
  return token ? { kind: 'token', token } : { kind: 'ambiguous', code: null, reason: 'WhatsApp gave no token' }
}

function done(answer: GraphAnswer): Done {
  return answer.kind === 'ok' ? { kind: 'done' } : toFailure(answer)
}

const text = z.string().optional().catch(undefined)

const numberShape = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  display_phone_number: text,
  verified_name: text,
  quality_rating: text,
  status: text,
  platform_type: text,
  is_on_biz_app: z.boolean().optional().catch(undefined),
  throughput: z.object({ level: text }).optional().catch(undefined),
})

const pageShape = z.object({
  data: z.array(numberShape),
  paging: z
    .object({ next: text, cursors: z.object({ after: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

const tokenShape = z.object({ access_token: z.string().min(1) })
