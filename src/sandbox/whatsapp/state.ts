import type { SimulatedFile } from './files.ts'
import type { Group } from './groups.ts'
import { sameNumber } from './numbers.ts'

export type Phone = {
  phoneNumberId: string
  wabaId: string
  displayPhoneNumber: string
  verifiedName: string
  token: string
  appSecret: string
  webhookUrl?: string | undefined
  registered: boolean
  /** Simulated phones read at once when their chat is open. */
  autoRead: boolean
  /** Most updates in one POST. */
  batch: number
  /** How many times each body is posted. */
  duplicates: number
  shuffle: boolean
  seed: number
  /** Real time from acceptance to `sent`, and from `sent` to `delivered`. */
  statusDelayMs: number
  /** Messages a second that are taken; without it, any number. */
  perSecond?: number | undefined
  /** Keeps the limit of one message in 6 seconds, and 45 borrowed, to each person. */
  pairLimit?: boolean | undefined
  /** Templates are held for a look at their quality until they are released. */
  holdTemplates?: boolean | undefined
  /** False: webhooks name files by their ids alone, as before 2026. */
  directUrls?: boolean | undefined
  /** The app that its token and its webhooks are of. */
  appId?: string | undefined
  /** Of another address than the app's. */
  overrideUrl?: string | undefined
  /** False: no app hears of the account. */
  subscribed?: boolean | undefined
  /** What registers it; without one any will do. */
  pin?: string | undefined
  hasPin?: boolean | undefined
  /** Used in the WhatsApp Business app too. */
  onBusinessApp?: boolean | undefined
  /** What of the app was handed over already. */
  synced?: string[] | undefined
  /** In Meta's words; without them all is well. */
  status?: string | undefined
  nameStatus?: string | undefined
  codeVerification?: string | undefined
  quality?: string | undefined
  messagingLimit?: string | undefined
  health?: Health[] | undefined
}

/** What Meta holds against a number, its account, business or app. */
export type Health = {
  entity: 'PHONE_NUMBER' | 'WABA' | 'BUSINESS' | 'APP'
  state: 'AVAILABLE' | 'LIMITED' | 'BLOCKED'
  errors: { code: number; words: string; solution: string }[]
}

export type App = {
  appId: string
  appSecret: string
  name: string
  callbackUrl: string | null
  fields: string[]
  active: boolean
}

export type Token = {
  appId: string
  scopes: string[]
  /** Seconds; 0: never. */
  expiresAt: number
  isValid: boolean
  /** None named: all. */
  accounts: string[]
}

export type Account = { reviewStatus: string; verification: string }

export type Template = {
  id: string
  wabaId: string
  name: string
  language: string
  category: string
  status: string
  parameter_format: string
  components: Record<string, unknown>[]
  rejectedReason: string
  quality: string
}

/** An error of WhatsApp's that somebody wants to see: in the answer, or later as a state. */
export type PlannedFailure = {
  phoneNumberId: string
  waId?: string | undefined
  code: number
  title: string
  details: string
  as: 'answer' | 'status'
  times: number
}

export type Person = {
  waId: string
  name: string
  userId?: string | undefined
  username?: string | undefined
  /** Webhooks then carry only the BSUID, as for users who hide their number. */
  hidesNumber?: boolean | undefined
}

export type MessageStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed'

export type ChatMessage = {
  id: string
  direction: 'in' | 'out'
  type: string
  text: string
  at: number
  status?: MessageStatus
  error?: { code: number; title: string; details: string }
  readByBusiness?: boolean
  replyTo?: string
  callbackData?: string
  category?: string
  held?: boolean
  /** Its file, here or elsewhere. */
  fileId?: string
  link?: string
  reactions?: { from: 'customer' | 'business'; emoji: string }[]
}

export type Chat = {
  phoneNumberId: string
  /** The canonical number of the person. */
  person: string
  messageIds: string[]
  lastInboundAt?: number
  /** Delivered and not yet opened by the customer. */
  unread: string[]
  typingUntil?: number
}

export type WhatsAppState = {
  phones: Map<string, Phone>
  people: Map<string, Person>
  peopleByUserId: Map<string, string>
  chats: Map<string, Chat>
  messages: Map<string, ChatMessage>
  chatByMessage: Map<string, string>
  templates: Map<string, Template>
  failures: PlannedFailure[]
  files: Map<string, SimulatedFile>
  groups: Map<string, Group>
  /** Only what differs from what the numbers say. */
  apps: Map<string, App>
  tokens: Map<string, Token>
  accounts: Map<string, Account>
  /** Of sign-ups: the token each is worth, once. */
  codes: Map<string, string>
}

export function emptyWhatsApp(): WhatsAppState {
  const state: WhatsAppState = {
    phones: new Map(),
    people: new Map(),
    peopleByUserId: new Map(),
    chats: new Map(),
    messages: new Map(),
    chatByMessage: new Map(),
    templates: new Map(),
    failures: [],
    files: new Map(),
    groups: new Map(),
    apps: new Map(),
    tokens: new Map(),
    accounts: new Map(),
    codes: new Map(),
  }
  putPerson(state, { waId: '5215512345678', name: 'Lucía Hernández', userId: 'MX.13491208655302741901' })
  putPerson(state, { waId: '5491123456789', name: 'Mateo Fernández', userId: 'AR.13491208655302741902' })
  putPerson(state, { waId: '554188887777', name: 'Beatriz Souza', userId: 'BR.13491208655302741903' })
  return state
}

/** Adds the person, or updates the one who already has this number in any of its spellings. */
export function putPerson(state: WhatsAppState, person: Person): Person {
  const key = sameNumber(person.waId)
  const known = state.people.get(key)
  const merged = known ? { ...known, ...dropUndefined(person) } : person
  state.people.set(key, merged)
  if (merged.userId) state.peopleByUserId.set(merged.userId, key)
  return merged
}

export function personByNumber(state: WhatsAppState, number: string): Person | undefined {
  return state.people.get(sameNumber(number))
}

export function chatOf(state: WhatsAppState, phoneNumberId: string, person: Person): Chat {
  const key = `${phoneNumberId}:${sameNumber(person.waId)}`
  let chat = state.chats.get(key)
  if (!chat) {
    chat = { phoneNumberId, person: sameNumber(person.waId), messageIds: [], unread: [] }
    state.chats.set(key, chat)
  }
  return chat
}

export function keepMessage(state: WhatsAppState, chat: Chat, message: ChatMessage) {
  state.messages.set(message.id, message)
  state.chatByMessage.set(message.id, `${chat.phoneNumberId}:${chat.person}`)
  chat.messageIds.push(message.id)
}

function dropUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Partial<T>
}
