/** What the component says. Buzón tells the workspace's language; before its first answer, Salesforce's own of the person. */
const es = {
  title: 'WhatsApp',
  none: 'Aún no hay conversación de WhatsApp en este registro.',
  windowOpen: 'Ventana abierta hasta {at}',
  windowClosed: 'Ventana cerrada: elige una plantilla aprobada.',
  neverOpen: 'El cliente aún no escribió: elige una plantilla aprobada.',
  answer: 'Respuesta',
  files: 'Adjuntar archivos',
  template: 'Plantilla',
  value: 'Valor de {name}',
  send: 'Enviar',
  refresh: 'Actualizar',
  open: 'Abrir en Buzón',
  whole: 'Conversación completa',
  brief: 'Vista breve',
  owner: 'Responsable: {name}',
  customer: 'Cliente',
  us: 'Nosotros',
  sent: 'En camino. Su estado aparecerá en el mensaje.',
  readOnly: 'Solo lectura: tu correo no es de una persona que pueda enviar plantillas en Buzón.',
  failed: 'No se pudo: {reason}',
  status: {
    ...{
      received: 'recibido',
      queued: 'en cola',
      sending: 'enviando',
      uncertain: 'sin confirmar',
      accepted: 'aceptado',
    },
    ...{ sent: 'enviado', delivered: 'entregado', read: 'leído', played: 'reproducido', failed: 'fallido' },
  },
}

const en = {
  title: 'WhatsApp',
  none: 'There is no WhatsApp conversation on this record yet.',
  windowOpen: 'Window open until {at}',
  windowClosed: 'Window closed: choose an approved template.',
  neverOpen: 'The customer has not written yet: choose an approved template.',
  answer: 'Answer',
  files: 'Attach files',
  template: 'Template',
  value: 'Value of {name}',
  send: 'Send',
  refresh: 'Refresh',
  open: 'Open in Buzón',
  whole: 'Whole conversation',
  brief: 'Brief view',
  owner: 'Owner: {name}',
  customer: 'Customer',
  us: 'Us',
  sent: 'On its way. The message will say how it stands.',
  readOnly: 'Read only: your e-mail is not of somebody who may send templates in Buzón.',
  failed: 'It could not be done: {reason}',
  status: {
    ...{ received: 'received', queued: 'queued', sending: 'sending', uncertain: 'unconfirmed', accepted: 'accepted' },
    ...{ sent: 'sent', delivered: 'delivered', read: 'read', played: 'played', failed: 'failed' },
  },
}

const pt = {
  title: 'WhatsApp',
  none: 'Ainda não há conversa de WhatsApp neste registro.',
  windowOpen: 'Janela aberta até {at}',
  windowClosed: 'Janela fechada: escolha um modelo aprovado.',
  neverOpen: 'O cliente ainda não escreveu: escolha um modelo aprovado.',
  answer: 'Resposta',
  files: 'Anexar arquivos',
  template: 'Modelo',
  value: 'Valor de {name}',
  send: 'Enviar',
  refresh: 'Atualizar',
  open: 'Abrir no Buzón',
  whole: 'Conversa completa',
  brief: 'Visão breve',
  owner: 'Responsável: {name}',
  customer: 'Cliente',
  us: 'Nós',
  sent: 'A caminho. O estado aparecerá na mensagem.',
  readOnly: 'Somente leitura: seu e-mail não é de alguém que possa enviar modelos no Buzón.',
  failed: 'Não foi possível: {reason}',
  status: {
    ...{
      received: 'recebido',
      queued: 'na fila',
      sending: 'enviando',
      uncertain: 'sem confirmação',
      accepted: 'aceito',
    },
    ...{ sent: 'enviado', delivered: 'entregue', read: 'lido', played: 'reproduzido', failed: 'falhou' },
  },
}

const texts = { es, en, pt }

/** `es-MX` is Spanish, and what is none of ours English. */
export function textsFor(language) {
  return texts[String(language ?? '').slice(0, 2)] ?? en
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ''))
}
