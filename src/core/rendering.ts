/** What a person reads of a message that is not, or not only, text. Spanish, English, Portuguese. */
import type { Language } from './errors.ts'
import { type MessageKind, type MessageStatus, messageStatuses } from './message.ts'

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

/** `[Imagen] Así llegó el paquete`; a text is just its text. */
export function describeMessage({ kind, text, content }: Described, language: Language): string {
  if (plainKinds.has(kind) && text) return text
  const label = `[${labels[kind][language]}]`
  const detail = text || fileName(content) || place(content)
  return detail ? `${label} ${detail}` : label
}

function fileName(content: Described['content']): string {
  return typeof content?.filename === 'string' ? content.filename : ''
}

function place(content: Described['content']): string {
  const { latitude, longitude } = content ?? {}
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
