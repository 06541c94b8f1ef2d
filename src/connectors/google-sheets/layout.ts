/** Our tabs and their columns, and what they are called in the spreadsheet. Total and pure. */
import type { Language } from '../../core/errors.ts'
import type { ObjectKind } from '../contract.ts'
import type { GoogleSheetsSettings, TabName } from './settings.ts'
import { languageOf } from './settings.ts'

type Words = Record<Language, string>
const words = (es: string, en: string, pt: string): Words => ({ es, en, pt })

export type ColumnPlan = {
  /** What a mapping calls the column, and its developer metadata. */
  field: string
  titles: Words
  /** Of the machine's keys people see nothing, unless they unhide them. */
  hidden?: true
  /** Those of `options`, to choose from. */
  options?: 'states' | 'priorities' | 'categories' | 'sending'
  type?: 'phone' | 'datetime' | 'list'
}

/** The column that a row is known by; ours, so it is never shown, and never anybody else's to fill. */
export const KEY = 'key'
/** Keys of the rows that a row hangs on. */
export const CONTACT_LINK = 'contact_key'
export const TICKET_LINK = 'ticket_key'
/** A contact's key of WhatsApp. */
export const CONTACT_KEY = 'wa_id'

const key: ColumnPlan = { field: KEY, titles: words('Clave de Buzón', 'Buzón key', 'Chave do Buzón'), hidden: true }
const contactLink: ColumnPlan = {
  ...{ field: CONTACT_LINK, titles: words('Clave del contacto', 'Contact key', 'Chave do contato'), hidden: true },
}

export const tabPlans: Record<TabName, { titles: Words; columns: ColumnPlan[] }> = {
  contact: {
    titles: words('Contactos', 'Contacts', 'Contatos'),
    columns: [
      key,
      { field: 'name', titles: words('Nombre', 'Name', 'Nome') },
      { field: 'phone', titles: words('Teléfono', 'Phone', 'Telefone'), type: 'phone' },
      { field: 'email', titles: words('Correo', 'E-mail', 'E-mail') },
      { field: 'category', titles: words('Categoría', 'Category', 'Categoria'), options: 'categories' },
      { field: 'tags', titles: words('Etiquetas', 'Tags', 'Etiquetas'), type: 'list' },
      { field: CONTACT_KEY, titles: words('ID de WhatsApp', 'WhatsApp ID', 'ID do WhatsApp') },
      { field: 'wa_link', titles: words('Enlace de WhatsApp', 'WhatsApp link', 'Link do WhatsApp') },
    ],
  },
  ticket: {
    titles: words('Tickets', 'Tickets', 'Tickets'),
    columns: [
      key,
      { field: 'number', titles: words('Número', 'Number', 'Número') },
      { field: 'subject', titles: words('Asunto', 'Subject', 'Assunto') },
      { field: 'state', titles: words('Estado', 'State', 'Estado'), options: 'states' },
      { field: 'priority', titles: words('Prioridad', 'Priority', 'Prioridade'), options: 'priorities' },
      { field: 'owner', titles: words('Responsable', 'Owner', 'Responsável') },
      { field: 'tags', titles: words('Etiquetas', 'Tags', 'Etiquetas'), type: 'list' },
      { field: 'wa_link', titles: words('Enlace de WhatsApp', 'WhatsApp link', 'Link do WhatsApp') },
      { field: 'opened_at', titles: words('Abierto', 'Opened', 'Aberto'), type: 'datetime' },
      contactLink,
    ],
  },
  message: {
    titles: words('Mensajes', 'Messages', 'Mensagens'),
    columns: [
      key,
      { field: 'at', titles: words('Fecha', 'Date', 'Data'), type: 'datetime' },
      { field: 'contact', titles: words('Contacto', 'Contact', 'Contato') },
      { field: 'phone', titles: words('Teléfono', 'Phone', 'Telefone'), type: 'phone' },
      { field: 'direction', titles: words('Sentido', 'Direction', 'Sentido') },
      { field: 'author', titles: words('Autor', 'Author', 'Autor') },
      { field: 'text', titles: words('Mensaje', 'Message', 'Mensagem') },
      { field: 'status', titles: words('Entrega', 'Delivery', 'Entrega') },
      { field: 'ticket', titles: words('Ticket', 'Ticket', 'Ticket') },
      contactLink,
      {
        ...{ field: TICKET_LINK, titles: words('Clave del ticket', 'Ticket key', 'Chave do ticket') },
        hidden: true,
      },
    ],
  },
  outbox: {
    titles: words('Por enviar', 'Outbox', 'A enviar'),
    columns: [
      key,
      { field: 'to', titles: words('Para (teléfono)', 'To (phone)', 'Para (telefone)'), type: 'phone' },
      { field: 'text', titles: words('Mensaje', 'Message', 'Mensagem') },
      { field: 'template', titles: words('Plantilla', 'Template', 'Modelo') },
      { field: 'values', titles: words('Datos de la plantilla', 'Template values', 'Dados do modelo') },
      { field: 'send', titles: words('Enviar', 'Send', 'Enviar'), options: 'sending' },
      { field: 'status', titles: words('Resultado', 'Result', 'Resultado') },
    ],
  },
  report: {
    titles: words('Indicadores', 'KPIs', 'Indicadores'),
    columns: [
      { field: 'day', titles: words('Día', 'Day', 'Dia') },
      { field: 'opened', titles: words('Abiertos', 'Opened', 'Abertos') },
      { field: 'resolved', titles: words('Resueltos', 'Resolved', 'Resolvidos') },
      {
        field: 'firstResponseMinutes',
        titles: words(
          'Primera respuesta (min, mediana)',
          'First response (min, median)',
          'Primeira resposta (min, mediana)',
        ),
      },
      {
        field: 'resolutionMinutes',
        titles: words('Resolución (min, mediana)', 'Resolution (min, median)', 'Resolução (min, mediana)'),
      },
      {
        field: 'firstResponseMet',
        titles: words('SLA de primera respuesta', 'First response SLA', 'SLA de primeira resposta'),
      },
      { field: 'resolutionMet', titles: words('SLA de resolución', 'Resolution SLA', 'SLA de resolução') },
      { field: 'csat', titles: words('CSAT', 'CSAT', 'CSAT') },
      { field: 'messagesIn', titles: words('Mensajes recibidos', 'Messages received', 'Mensagens recebidas') },
      { field: 'messagesOut', titles: words('Mensajes enviados', 'Messages sent', 'Mensagens enviadas') },
    ],
  },
  meta: {
    titles: words('_buzon', '_buzon', '_buzon'),
    columns: [{ field: 'about', titles: words('Acerca de esta hoja', 'About this sheet', 'Sobre esta planilha') }],
  },
}

/** Where records of a kind lie. */
export const tabOf: Record<ObjectKind, TabName> = { contact: 'contact', ticket: 'ticket', message: 'message' }

/** Every title that a column of ours has, in any language, as people may have typed it: a header that is there is adopted. */
export function fieldTitled(tab: TabName, header: string): string | undefined {
  const wanted = folded(header)
  return tabPlans[tab].columns.find(({ titles }) => Object.values(titles).some(title => folded(title) === wanted))
    ?.field
}

export const titleOf = (settings: GoogleSheetsSettings, { titles }: { titles: Words }): string =>
  titles[languageOf(settings)]

const folded = (text: string): string => text.trim().toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
