/** What agents are told of, and how: in the app, and by e-mail where they asked for it. */
import { z } from 'zod'
import type { Language } from './errors.ts'

export const notificationKinds = [
  'assigned',
  'mentioned',
  'task due',
  'sla warned',
  'sla breached',
  'escalated',
  'number stopped',
  'connection stopped',
  'webhook given up',
] as const
export type NotificationKind = (typeof notificationKinds)[number]

const kinds = z.array(z.enum(notificationKinds))

export const notificationChoices = z.strictObject({
  app: kinds.default([...notificationKinds]),
  email: kinds.default(['escalated', 'number stopped', 'connection stopped', 'webhook given up']),
})
export type NotificationChoices = z.infer<typeof notificationChoices>
export const DEFAULT_CHOICES: NotificationChoices = notificationChoices.parse({})

/** `key`: what it is about; the same is told once. */
export type Notice = {
  agentIds: string[]
  kind: NotificationKind
  key: string
  ticketId: string | null
  data?: Record<string, unknown>
}

const sentences: Record<Language, Record<NotificationKind, string>> = {
  es: {
    assigned: '{ticket} es tuyo',
    mentioned: 'Te mencionan en {ticket}',
    'task due': 'Vence una tarea de {ticket}',
    'sla warned': '{ticket}: el plazo está por vencer',
    'sla breached': '{ticket}: el plazo venció',
    escalated: '{ticket} fue escalado',
    'number stopped': 'El número {name} no puede enviar: {reason}',
    'connection stopped': 'La conexión {name} se detuvo: {reason}',
    'webhook given up': 'El webhook {name} no responde desde hace días: ya no se le avisa',
  },
  en: {
    assigned: '{ticket} is yours',
    mentioned: 'You are mentioned in {ticket}',
    'task due': 'A task of {ticket} is due',
    'sla warned': '{ticket}: its deadline is near',
    'sla breached': '{ticket}: its deadline has passed',
    escalated: '{ticket} was escalated',
    'number stopped': 'The number {name} cannot send: {reason}',
    'connection stopped': 'The connection {name} has stopped: {reason}',
    'webhook given up': 'The webhook {name} has not answered for days: it is told no more',
  },
  pt: {
    assigned: '{ticket} é seu',
    mentioned: 'Você foi mencionado em {ticket}',
    'task due': 'Vence uma tarefa de {ticket}',
    'sla warned': '{ticket}: o prazo está para vencer',
    'sla breached': '{ticket}: o prazo venceu',
    escalated: '{ticket} foi escalado',
    'number stopped': 'O número {name} não pode enviar: {reason}',
    'connection stopped': 'A conexão {name} parou: {reason}',
    'webhook given up': 'O webhook {name} não responde há dias: não é mais avisado',
  },
}

/** `BZ-1042 is yours`; without the customer's name, so that it may travel by e-mail. `data`: what the notice was made with. */
export function noticeSentence(
  kind: NotificationKind,
  ticket: string,
  data: Record<string, unknown>,
  language: Language,
): string {
  const facts: Record<string, unknown> = { ...data, ticket }
  return sentences[language][kind].replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? '')).trim()
}

/** Between two tries to send a mail, by how long it has waited; null: it is given up. Minutes. */
export function nextMailTry(waitedMinutes: number): number | null {
  if (waitedMinutes < 10) return 2
  if (waitedMinutes < 120) return 15
  return waitedMinutes < 24 * 60 ? 120 : null
}
