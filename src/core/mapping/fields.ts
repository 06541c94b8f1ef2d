/** Our fields, as a mapping names them, with what is in them and what may be written. */
import { type ContactCategory, type ContactRecord, contactCategories } from '../contact.ts'
import { type CustomField, type CustomType, type CustomValues, customKey } from '../custom-field.ts'
import type { Language } from '../errors.ts'
import { type Priority, priorities, type TicketRecord, type TicketState, ticketStates } from '../ticket.ts'
import type { MappedKind, OurValue, OurValues } from './row.ts'

export type OurType = CustomType | 'list'

export type OurField = {
  key: string
  labels: Record<Language, string>
  type: OurType
  /** What it may hold, of an option or options. */
  options: { value: string; label: string }[]
  /** A CRM may change it. */
  writable: boolean
  /** Made of others at the moment of telling. */
  computed: boolean
}

type Own = { label: [es: string, en: string, pt: string]; type: OurType; options?: readonly string[] }
type Traits = { writable?: true; computed?: true }

const contactFields: Record<string, Own & Traits> = {
  name: { label: ['Nombre', 'Name', 'Nome'], type: 'string', writable: true },
  email: { label: ['Correo', 'E-mail', 'E-mail'], type: 'string', writable: true },
  phone: { label: ['Teléfono', 'Phone', 'Telefone'], type: 'phone' },
  waKey: { label: ['Identificador de WhatsApp', 'WhatsApp ID', 'Identificador do WhatsApp'], type: 'string' },
  id: { label: ['Identificador', 'ID', 'Identificador'], type: 'string' },
  category: {
    ...{ label: ['Categoría', 'Category', 'Categoria'], type: 'option', options: contactCategories, writable: true },
  },
  tags: { label: ['Etiquetas', 'Tags', 'Etiquetas'], type: 'list', writable: true },
  lastMessageAt: { label: ['Último mensaje', 'Last message', 'Última mensagem'], type: 'datetime', computed: true },
  windowUntil: {
    ...{ label: ['Ventana abierta hasta', 'Window open until', 'Janela aberta até'], type: 'datetime', computed: true },
  },
  openTicket: { label: ['Ticket abierto', 'Open ticket', 'Ticket aberto'], type: 'string', computed: true },
  firstChannel: { label: ['Primer número', 'First number', 'Primeiro número'], type: 'string', computed: true },
  waLink: { label: ['Enlace de WhatsApp', 'WhatsApp link', 'Link do WhatsApp'], type: 'url', computed: true },
}

const ticketFields: Record<string, Own & Traits> = {
  id: { label: ['Identificador', 'ID', 'Identificador'], type: 'string' },
  number: { label: ['Número', 'Number', 'Número'], type: 'string' },
  subject: { label: ['Asunto', 'Subject', 'Assunto'], type: 'string', writable: true },
  state: { label: ['Estado', 'State', 'Estado'], type: 'option', options: ticketStates, writable: true },
  priority: { label: ['Prioridad', 'Priority', 'Prioridade'], type: 'option', options: priorities, writable: true },
  owner: { label: ['Responsable', 'Owner', 'Responsável'], type: 'string', writable: true },
  tags: { label: ['Etiquetas', 'Tags', 'Etiquetas'], type: 'list', writable: true },
  openedAt: { label: ['Abierto', 'Opened', 'Aberto'], type: 'datetime' },
  lastMessageAt: { label: ['Último mensaje', 'Last message', 'Última mensagem'], type: 'datetime', computed: true },
  windowUntil: {
    ...{ label: ['Ventana abierta hasta', 'Window open until', 'Janela aberta até'], type: 'datetime', computed: true },
  },
  channel: { label: ['Número de la empresa', 'Business number', 'Número da empresa'], type: 'string', computed: true },
  waLink: { label: ['Enlace de WhatsApp', 'WhatsApp link', 'Link do WhatsApp'], type: 'url', computed: true },
}

/** All fields of a kind: the product's, then the workspace's own. */
export function ourFields(kind: MappedKind, custom: readonly CustomField[]): OurField[] {
  const own = Object.entries(kind === 'contact' ? contactFields : ticketFields).map(([key, field]): OurField => {
    const [es, en, pt] = field.label
    const options = (field.options ?? []).map(value => ({ value, label: value }))
    return {
      ...{ key, labels: { es, en, pt }, type: field.type, options },
      ...{ writable: field.writable ?? false, computed: field.computed ?? false },
    }
  })
  const made = custom
    .filter(field => field.kind === kind)
    .map(({ key, label, type, options }): OurField => {
      return { key: customKey(key), labels: { es: label, en: label, pt: label }, type, options, ...FREE }
    })
  return [...own, ...made]
}
const FREE = { writable: true, computed: false }

/** What a mapping may say of a contact. */
export function contactValues(record: ContactRecord): OurValues {
  const { id, name, email, phone, waKey, category, tags, custom, activity } = record
  return {
    ...{ id, name, email, phone, waKey, category, tags, ...customValues(custom) },
    ...{ lastMessageAt: iso(activity?.lastMessageAt), windowUntil: iso(activity?.windowUntil) },
    ...{ openTicket: activity?.openTicket ?? null, firstChannel: activity?.channel ?? null, waLink: waLink(phone) },
  }
}

export function ticketValues(record: TicketRecord): OurValues {
  const { id, number, subject, state, priority, ownerEmail, tags, openedAt, custom, activity } = record
  return {
    ...{ id, number, subject, state, priority, owner: ownerEmail, tags, openedAt: iso(openedAt) },
    ...{ ...customValues(custom), channel: activity?.channel ?? null, waLink: waLink(activity?.phone ?? null) },
    ...{ lastMessageAt: iso(activity?.lastMessageAt), windowUntil: iso(activity?.windowUntil) },
  }
}

/** What a CRM would have changed. `custom` is by key, as it was said: whether it fits the field is the inbox's to judge. */
export type ContactChange = {
  name?: string | null
  email?: string | null
  category?: ContactCategory
  tags?: string[]
  custom?: OurValues
}
export type TicketChange = {
  state?: TicketState
  priority?: Priority
  ownerEmail?: string | null
  subject?: string
  tags?: string[]
  custom?: OurValues
}

/** Of values in our words, those that a CRM may change and that are what the field may hold. */
export function contactChange(values: OurValues): ContactChange {
  const { name, email, category, tags } = values
  return {
    ...(isText(name) ? { name } : {}),
    ...(isText(email) ? { email } : {}),
    ...(isOneOf(contactCategories, category) ? { category } : {}),
    ...(tags !== undefined ? { tags: listOf(tags) } : {}),
    ...customChange(values),
  }
}

/** A ticket is never without subject, state or priority. */
export function ticketChange(values: OurValues): TicketChange {
  const { state, priority, owner, subject, tags } = values
  return {
    ...(isOneOf(ticketStates, state) ? { state } : {}),
    ...(isOneOf(priorities, priority) ? { priority } : {}),
    ...(isText(owner) ? { ownerEmail: owner } : {}),
    ...(typeof subject === 'string' && subject !== '' ? { subject } : {}),
    ...(tags !== undefined ? { tags: listOf(tags) } : {}),
    ...customChange(values),
  }
}

function customValues(custom: CustomValues | null | undefined): OurValues {
  return Object.fromEntries(Object.entries(custom ?? {}).map(([key, value]) => [customKey(key), value]))
}

function customChange(values: OurValues): { custom?: OurValues } {
  const prefix = customKey('')
  const own = Object.entries(values).filter(([key]) => key.startsWith(prefix))
  if (own.length === 0) return {}
  return { custom: Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])) }
}

const isText = (value: OurValue | undefined): value is string | null => value === null || typeof value === 'string'

function isOneOf<Word extends string>(words: readonly Word[], value: OurValue | undefined): value is Word {
  return words.some(word => word === value)
}

function listOf(value: OurValue): string[] {
  if (Array.isArray(value)) return value
  return value === null || value === '' ? [] : [String(value)]
}

const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null

/** https://faq.whatsapp.com/5913398998672934: international digits, nothing else. */
const waLink = (phone: string | null): string | null => phone && `https://wa.me/${phone.replace(/\D/g, '')}`
