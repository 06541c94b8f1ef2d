/** What a person reads of a message that is not, or not only, text. Spanish, English, Portuguese. */
import type { Language } from './errors.ts'
import { type MessageKind, type MessageStatus, messageStatuses } from './message.ts'
import { describeCall, describeNotice } from './rendering-notices.ts'

type Names = Record<Language, string>

const labels: Record<MessageKind, Names> = {
  text: { es: 'Mensaje', en: 'Message', pt: 'Mensagem' },
  image: { es: 'Imagen', en: 'Image', pt: 'Imagem' },
  video: { es: 'Video', en: 'Video', pt: 'Vídeo' },
  audio: { es: 'Audio', en: 'Audio', pt: 'Áudio' },
  voice: { es: 'Nota de voz', en: 'Voice note', pt: 'Mensagem de voz' },
  document: { es: 'Documento', en: 'Document', pt: 'Documento' },
  sticker: { es: 'Sticker', en: 'Sticker', pt: 'Figurinha' },
  location: { es: 'Ubicación', en: 'Location', pt: 'Localização' },
  contacts: { es: 'Contacto', en: 'Contact', pt: 'Contato' },
  interactive: { es: 'Respuesta', en: 'Answer', pt: 'Resposta' },
  button: { es: 'Botón', en: 'Button', pt: 'Botão' },
  reaction: { es: 'Reacción', en: 'Reaction', pt: 'Reação' },
  order: { es: 'Pedido', en: 'Order', pt: 'Pedido' },
  call: { es: 'Llamada', en: 'Call', pt: 'Ligação' },
  system: { es: 'Aviso de WhatsApp', en: 'WhatsApp notice', pt: 'Aviso do WhatsApp' },
  template: { es: 'Plantilla', en: 'Template', pt: 'Modelo' },
  unsupported: {
    es: 'Mensaje que WhatsApp no permite mostrar aquí',
    en: 'Message that WhatsApp does not let us show here',
    pt: 'Mensagem que o WhatsApp não permite mostrar aqui',
  },
  unknown: { es: 'Mensaje de tipo desconocido', en: 'Message of unknown type', pt: 'Mensagem de tipo desconhecido' },
}

type Described = { kind: MessageKind; text: string; content: Record<string, unknown> | null }

/** Kinds whose words speak for themselves. */
const plainKinds: ReadonlySet<MessageKind> = new Set(['text', 'button', 'interactive', 'template'])

/**
 * What a CRM keeps of a message and a person reads in full. The first line says what it is: `[Imagen] Así llegó el
 * paquete`, and a text is just its text; further lines have what does not fit there, such as the items of an order.
 */
export function describeMessage(message: Described, language: Language): string {
  const content = message.content ?? {}
  if (content.revokedAt) return `[${marks.revoked[language]}]`
  const edited = content.editedAt ? ` (${marks.edited[language]})` : ''
  const line = lineOf(message, content, language) + edited
  return [line, ...detailsOf(message.kind, content, language)].join('\n')
}

/** The same for lists and subjects: one line, cut where it is too long. */
export function summarizeMessage(message: Described, language: Language, length = 80): string {
  const line = describeMessage(message, language).split('\n').find(Boolean) ?? ''
  return line.length > length
    ? `${line
        .slice(0, length - 1)
        .trimEnd()
        .toWellFormed()}…`
    : line
}

const marks = {
  revoked: { es: 'Mensaje eliminado', en: 'Message deleted', pt: 'Mensagem apagada' },
  edited: { es: 'editado', en: 'edited', pt: 'editada' },
  notFetched: {
    es: 'WhatsApp no pudo entregar el archivo',
    en: 'WhatsApp could not hand over the file',
    pt: 'o WhatsApp não conseguiu entregar o arquivo',
  },
  placeholder: {
    es: 'Archivo de antes de conectar el número',
    en: 'File from before the number was connected',
    pt: 'Arquivo de antes de conectar o número',
  },
  takenBack: { es: 'Reacción retirada', en: 'Reaction taken back', pt: 'Reação retirada' },
  form: { es: 'Formulario', en: 'Form', pt: 'Formulário' },
  callAllowed: { es: 'Permite que le llamen', en: 'May be called', pt: 'Permite receber ligações' },
  callRefused: { es: 'No permite que le llamen', en: 'May not be called', pt: 'Não permite receber ligações' },
  advertisement: { es: 'Anuncio', en: 'Advertisement', pt: 'Anúncio' },
  product: { es: 'Producto', en: 'Product', pt: 'Produto' },
  summary: { es: 'Resumen', en: 'Summary', pt: 'Resumo' },
} as const satisfies Record<string, Names>

function lineOf({ kind, text }: Described, content: Record<string, unknown>, language: Language): string {
  if (plainKinds.has(kind) && text && content.type !== 'nfm_reply') return text
  const label = `[${labelOf(kind, text, content, language)}]`
  const failed = content.mediaId && content.errors ? `(${marks.notFetched[language]})` : ''
  const detail = text || fileName(content) || place(content) || (kind === 'order' ? '' : failed)
  return [label, detail, text ? failed : ''].filter(Boolean).join(' ')
}

function labelOf(kind: MessageKind, text: string, content: Record<string, unknown>, language: Language): string {
  const label = labels[kind][language]
  if (kind === 'call') return describeCall(content.event, content.seconds, language)
  if (kind === 'reaction') return text ? label : marks.takenBack[language]
  if (content.placeholder) return marks.placeholder[language]
  if (content.type === 'nfm_reply') return marks.form[language]
  if (content.type === 'call_permission_reply') {
    return content.response === 'accept' ? marks.callAllowed[language] : marks.callRefused[language]
  }
  const notice = kind === 'system' ? describeNotice(content.event, language) : null
  return notice ? `WhatsApp: ${notice}` : label
}

function detailsOf(kind: MessageKind, content: Record<string, unknown>, language: Language): string[] {
  return [
    ...(kind === 'order' ? asItems(content.items).map(describeItem) : []),
    ...(kind === 'contacts' ? asItems(content.cards).map(describeCard) : []),
    ...Object.entries(asItem(content.answers)).map(([field, answer]) => `${field}: ${asWords(answer)}`),
    ...named(marks.product[language], [asItem(content.referredProduct).product_retailer_id]),
    ...named(marks.advertisement[language], [asItem(content.referral).headline, asItem(content.referral).source_url]),
    ...named(marks.summary[language], [content.summary]),
  ].filter(Boolean)
}

/** `2 × ROSA-12, 150 MXN`. */
function describeItem({ productId, quantity, price, currency }: Record<string, unknown>): string {
  const amount = [quantity === undefined ? '' : `${quantity} ×`, productId].filter(Boolean).join(' ')
  return [amount, [price, currency].filter(value => value !== undefined).join(' ')].filter(Boolean).join(', ')
}

/** `Luis Peña: +52 55 1111 2222`. */
function describeCard(card: Record<string, unknown>): string {
  const { formatted_name, first_name } = asItem(card.name)
  const phones = asItems(card.phones).map(({ phone, wa_id }) => asWords(phone ?? wa_id))
  const name = asWords(formatted_name ?? first_name)
  return phones.length > 0 ? [name, phones.filter(Boolean).join(', ')].filter(Boolean).join(': ') : ''
}

function named(name: string, values: unknown[]): string[] {
  const words = values.map(asWords).filter(Boolean).join(' – ')
  return words ? [`${name}: ${words}`] : []
}

function asItems(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asItem) : []
}

function asItem(value: unknown): Record<string, unknown> {
  return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function asWords(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function fileName(content: Record<string, unknown>): string {
  return typeof content.filename === 'string' ? content.filename : ''
}

function place({ latitude, longitude }: Record<string, unknown>): string {
  return typeof latitude === 'number' && typeof longitude === 'number' ? `${latitude}, ${longitude}` : ''
}

const underWay: Names = { es: '… en camino', en: '… on its way', pt: '… a caminho' }

const states: Record<MessageStatus, Names> = {
  received: { es: '', en: '', pt: '' },
  queued: underWay,
  sending: underWay,
  uncertain: { es: '? sin confirmar', en: '? not confirmed', pt: '? sem confirmação' },
  accepted: underWay,
  sent: { es: '✓ enviado', en: '✓ sent', pt: '✓ enviada' },
  delivered: { es: '✓✓ entregado', en: '✓✓ delivered', pt: '✓✓ entregue' },
  read: { es: '✓✓ leído', en: '✓✓ read', pt: '✓✓ lida' },
  played: { es: '✓✓ escuchado', en: '✓✓ played', pt: '✓✓ ouvida' },
  failed: { es: '✗ no entregado', en: '✗ not delivered', pt: '✗ não entregue' },
}

/** How far a message of ours got, in a line; the reason of a failure with it. */
export function describeStatus(status: MessageStatus, failureReason: string | null, language: Language): string {
  const reason = status === 'failed' && failureReason ? `: ${failureReason.replace(/\s+/g, ' ')}` : ''
  return states[status][language] + reason
}

/** Every line a delivery state is told by, in any language. */
export const statusLines: string[] = [
  ...new Set(messageStatuses.flatMap(status => Object.values(states[status]))),
].filter(line => line !== '')

const authors = {
  customer: { es: 'Cliente', en: 'Customer', pt: 'Cliente' },
  agent: { es: 'Agente', en: 'Agent', pt: 'Agente' },
  bot: { es: 'Bot', en: 'Bot', pt: 'Bot' },
} as const satisfies Record<string, Names>

/** Who wrote it, where no name is known. */
export function describeAuthor(origin: keyof typeof authors, language: Language): string {
  return authors[origin][language]
}
