/** What the card says. The backend tells the workspace's language; before its first answer, HubSpot's own of the person. */
export type Language = 'es' | 'en' | 'pt'

const es = {
  none: 'Aún no hay conversación de WhatsApp en este registro.',
  windowOpen: 'Ventana abierta hasta {at}',
  windowClosed: 'Ventana cerrada: elige una plantilla aprobada.',
  neverOpen: 'El cliente aún no escribió: elige una plantilla aprobada.',
  readOnly: 'Solo lectura: tu correo de HubSpot no es de una persona que pueda responder aquí.',
  answer: 'Respuesta',
  template: 'Plantilla',
  value: 'Valor de {name}',
  send: 'Enviar',
  sending: 'Enviando…',
  sent: 'Enviado',
  retry: 'Reintentar',
  refresh: 'Actualizar',
  open: 'Abrir en Buzón',
  whole: 'Ver completa',
  owner: 'Responsable',
  nobody: 'nadie',
  customer: 'Cliente',
  us: 'Nosotros',
  failed: 'No se pudo: {reason}',
  unreachable: 'No hay respuesta de Buzón. Tu texto sigue aquí.',
  status: {
    received: 'recibido',
    queued: 'en cola',
    sending: 'enviando',
    uncertain: 'sin confirmar',
    accepted: 'aceptado',
    sent: 'enviado',
    delivered: 'entregado',
    read: 'leído',
    played: 'reproducido',
    failed: 'fallido',
  } as Record<string, string>,
}
export type Texts = typeof es

const en: Texts = {
  none: 'There is no WhatsApp conversation on this record yet.',
  windowOpen: 'Window open until {at}',
  windowClosed: 'Window closed: choose an approved template.',
  neverOpen: 'The customer has not written yet: choose an approved template.',
  readOnly: 'Read only: your HubSpot e-mail is not of somebody who may answer here.',
  answer: 'Answer',
  template: 'Template',
  value: 'Value of {name}',
  send: 'Send',
  sending: 'Sending…',
  sent: 'Sent',
  retry: 'Try again',
  refresh: 'Refresh',
  open: 'Open in Buzón',
  whole: 'Show all of it',
  owner: 'Owner',
  nobody: 'nobody',
  customer: 'Customer',
  us: 'Us',
  failed: 'It could not be done: {reason}',
  unreachable: 'Buzón does not answer. Your text is still here.',
  status: {
    received: 'received',
    queued: 'queued',
    sending: 'sending',
    uncertain: 'unconfirmed',
    accepted: 'accepted',
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    played: 'played',
    failed: 'failed',
  },
}

const pt: Texts = {
  none: 'Ainda não há conversa de WhatsApp neste registro.',
  windowOpen: 'Janela aberta até {at}',
  windowClosed: 'Janela fechada: escolha um modelo aprovado.',
  neverOpen: 'O cliente ainda não escreveu: escolha um modelo aprovado.',
  readOnly: 'Somente leitura: seu e-mail do HubSpot não é de alguém que possa responder aqui.',
  answer: 'Resposta',
  template: 'Modelo',
  value: 'Valor de {name}',
  send: 'Enviar',
  sending: 'Enviando…',
  sent: 'Enviado',
  retry: 'Tentar de novo',
  refresh: 'Atualizar',
  open: 'Abrir no Buzón',
  whole: 'Ver completa',
  owner: 'Responsável',
  nobody: 'ninguém',
  customer: 'Cliente',
  us: 'Nós',
  failed: 'Não foi possível: {reason}',
  unreachable: 'O Buzón não responde. Seu texto continua aqui.',
  status: {
    received: 'recebido',
    queued: 'na fila',
    sending: 'enviando',
    uncertain: 'sem confirmação',
    accepted: 'aceito',
    sent: 'enviado',
    delivered: 'entregue',
    read: 'lido',
    played: 'reproduzido',
    failed: 'falhou',
  },
}

export const texts: Record<Language, Texts> = { es, en, pt }

export function languageOf(locale: string | undefined): Language {
  const tag = (locale ?? '').slice(0, 2).toLowerCase()
  return tag === 'en' || tag === 'pt' ? tag : 'es'
}

export function fill(sentence: string, facts: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (_all, name: string) => facts[name] ?? '')
}
