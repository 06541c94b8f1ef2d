/** Lines for what happened in a conversation without being a message: news of the customer, edits, calls, hand-overs. */
import type { Language } from './errors.ts'

type Names = Record<Language, string>

const notices: Record<string, Names> = {
  user_changed_number: { es: 'cambió de número', en: 'changed their number', pt: 'mudou de número' },
  user_changed_user_id: { es: 'cambió de identificador', en: 'changed their id', pt: 'mudou de identificador' },
  customer_identity_changed: {
    es: 'cambió de dispositivo o reinstaló WhatsApp',
    en: 'changed phones or reinstalled WhatsApp',
    pt: 'trocou de aparelho ou reinstalou o WhatsApp',
  },
  request_welcome: { es: 'abrió el chat', en: 'opened the chat', pt: 'abriu a conversa' },
  edit: { es: 'editó un mensaje', en: 'edited a message', pt: 'editou uma mensagem' },
  revoke: { es: 'eliminó un mensaje', en: 'deleted a message', pt: 'apagou uma mensagem' },
  marketing_stop: { es: 'no quiere más marketing', en: 'wants no more marketing', pt: 'não quer mais marketing' },
  marketing_resume: {
    es: 'vuelve a aceptar marketing',
    en: 'accepts marketing again',
    pt: 'volta a aceitar marketing',
  },
  marketing_signup: { es: 'se suscribió a marketing', en: 'signed up for marketing', pt: 'inscreveu-se no marketing' },
  control_passed: {
    es: 'otro agente pasa la conversación',
    en: 'another agent passes the conversation on',
    pt: 'outro agente passa a conversa',
  },
  control_taken: {
    es: 'otro agente toma la conversación',
    en: 'another agent takes the conversation',
    pt: 'outro agente assume a conversa',
  },
}

/** What happened, in a few words; null for news that we have no words for. */
export function describeNotice(event: unknown, language: Language): string | null {
  return typeof event === 'string' && Object.hasOwn(notices, event) ? (notices[event]?.[language] ?? null) : null
}

const calls: Record<string, Names> = {
  connect: { es: 'Llamada', en: 'Call', pt: 'Ligação' },
  terminate: { es: 'Fin de la llamada', en: 'End of the call', pt: 'Fim da ligação' },
}

/** `Fin de la llamada, 2:05`. */
export function describeCall(event: unknown, seconds: unknown, language: Language): string {
  const known = typeof event === 'string' && Object.hasOwn(calls, event) ? calls[event] : undefined
  const label = (known ?? calls.connect)?.[language] ?? ''
  if (typeof seconds !== 'number') return label
  return `${label}, ${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
