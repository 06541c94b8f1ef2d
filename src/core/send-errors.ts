/**
 * What is told of WhatsApp's errors, and what is done about them, by the table of their codes. Meta gives the same codes in
 * answers and in failed delivery states (Meta, "Error codes"). Throttling comes with HTTP 400, so the code decides, and the
 * HTTP status only where the code is not known.
 */
import type { Language } from './errors.ts'
import type { MessageStatus } from './message.ts'
import { type Pace, type Range, type SendError, type SendMeaning, table, waitForState } from './send-error-table.ts'

export type { Pace } from './send-error-table.ts'

/** By the code in an answer or a delivery state; without a known one, by HTTP's class. */
export function sendError(code: string | null, httpStatus: number | null = null): SendError {
  const known = entryOf(code)
  if (known) return known
  if (httpStatus === 429) return unknown({ kind: 'retry', pace: 'channel' })
  if (httpStatus === 401 || httpStatus === 403) return unknown({ kind: 'reconnect channel' })
  if (httpStatus !== null && httpStatus >= 500) return unknown({ kind: 'ask a person' })
  return unknown({ kind: 'stop' })
}

/** The same with the provider's own code and words behind it. */
export function explainTrouble(code: string, reason: string, language: Language): string {
  const words = [code, reason].filter(Boolean).join(': ')
  return `${explainSendError(code, language)}${words ? ` (${words})` : ''}`
}

/**
 * Why a message failed, for a record elsewhere. What was refused here has a code that is no number, and a reason that is
 * a sentence already.
 */
export function explainFailure(code: string | null, reason: string | null, language: Language): string | null {
  if (code === null || !isProviders(code)) return reason
  return explainTrouble(code, reason ?? '', language)
}

/** What to tell of a message that failed, or whose fate is not known; null where its reason says it all. */
export function failureWords(
  { status, code }: { status: MessageStatus; code: string | null },
  language: Language,
): { sentence: string; fix: string } | null {
  if (code !== null && !isProviders(code)) return null
  if (status !== 'failed' && status !== 'uncertain') return null
  const { sentence, fix } = code === null && status === 'uncertain' ? noAnswer : sendError(code)
  return { sentence: sentence[language], fix: fix[language] }
}

function isProviders(code: string): boolean {
  return /^\d+$/.test(code)
}

/** Null where the table does not have the code. */
export function entryOf(code: string | null): SendError | null {
  const number = code !== null && /^\d+$/.test(code) ? Number(code) : Number.NaN
  const entry = table.find(({ codes }) => codes.some(range => isWithin(range, number)))
  return entry ?? null
}

/** The sentence and how to mend it, as one text. */
export function explainSendError(code: string | null, language: Language): string {
  const { sentence, fix } = sendError(code)
  return `${sentence[language]} ${fix[language]}`
}

function isWithin(range: Range, code: number): boolean {
  return typeof range === 'number' ? range === code : code >= range[0] && code <= range[1]
}

/** Longest waits; ms. */
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/**
 * How long after the n-th refusal in a row, counted from 1. Meta asks for 4^n seconds between a number and one customer.
 * `random` is from 0 to 1, so that many do not come back at once; it only ever adds.
 */
export function retryDelayMs(pace: Pace, refusals: number, random: number): number {
  const n = Math.max(1, refusals)
  switch (pace) {
    case 'pair':
      return Math.min(4 ** n * 1000, HOUR_MS)
    case 'channel':
      return Math.min(2 ** (n - 1) * 1000, MINUTE_MS) * (1 + random / 2)
    case 'app':
      return Math.min(2 ** (n - 1) * MINUTE_MS, 15 * MINUTE_MS) * (1 + random / 2)
  }
}

function unknown(meaning: SendMeaning): SendError {
  return {
    meaning,
    sentence: {
      es: 'WhatsApp no aceptó o no entregó el mensaje, por una razón que no conocemos.',
      en: 'WhatsApp did not accept or deliver the message, for a reason that is not known here.',
      pt: 'O WhatsApp não aceitou ou não entregou a mensagem, por um motivo que não conhecemos.',
    },
    fix: {
      es: 'Mira las palabras de Meta junto al error; si se repite, pregunta a Meta con ese código.',
      en: 'See Meta’s words beside the error; if it happens again, ask Meta about that code.',
      pt: 'Veja as palavras da Meta junto ao erro; se acontecer de novo, pergunte à Meta com esse código.',
    },
  }
}

const noAnswer = {
  sentence: {
    es: 'WhatsApp no contestó si envió el mensaje.',
    en: 'WhatsApp did not answer whether it sent the message.',
    pt: 'O WhatsApp não respondeu se enviou a mensagem.',
  },
  fix: waitForState,
}
