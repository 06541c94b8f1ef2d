/** Why a row of a mapping stands still. Kept as a text, by which it is known again, and said in the language of whoever reads it. */
import { type Drift, explainDrift } from '../drift.ts'
import type { Language } from '../errors.ts'

/** A row whose fields are being read for the first time. */
export const READING = 'What the CRM holds in this field is being read'
/** And one that goes on after it was held. */
export const RESUMING = 'What was changed in the CRM meanwhile is being read'
/** Rows that stand still because of their CRM's fields are known by it. */
export const BY_DRIFT = 'The CRM has changed: '

/** `drift`: what was found about the row's fields and is open. A reason that a person gave is said as it is. */
export function explainPause(
  reason: string,
  drift: Pick<Drift, 'problem' | 'facts'> | undefined,
  language: Language,
): string {
  if (reason === READING) return sentences.reading[language]
  if (reason === RESUMING) return sentences.resuming[language]
  if (!reason.startsWith(BY_DRIFT)) return reason
  return drift ? explainDrift(drift, language).cause : sentences.changed[language]
}

const sentences: Record<'reading' | 'resuming' | 'changed', Record<Language, string>> = {
  reading: {
    es: 'Se está leyendo lo que el CRM tiene en este campo.',
    en: `${READING}.`,
    pt: 'Está sendo lido o que o CRM tem neste campo.',
  },
  resuming: {
    es: 'Se está leyendo lo que cambió entretanto en el CRM.',
    en: `${RESUMING}.`,
    pt: 'Está sendo lido o que mudou entretanto no CRM.',
  },
  changed: {
    es: 'El campo cambió en el CRM.',
    en: 'The field has changed in the CRM.',
    pt: 'O campo mudou no CRM.',
  },
}
