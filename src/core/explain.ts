/** Why a ticket has its owner, as a sentence. */
import type { Language } from './errors.ts'
import type { AssignmentReason } from './routing.ts'

const words = {
  es: {
    rule: 'regla',
    turn: 'por turno',
    named: 'persona fijada',
    default: 'equipo por defecto',
    nobody: 'nadie disponible',
    by: 'a mano, por',
  },
  en: {
    rule: 'rule',
    turn: 'round robin',
    named: 'named agent',
    default: 'default team',
    nobody: 'nobody available',
    by: 'by hand, by',
  },
  pt: {
    rule: 'regra',
    turn: 'por rodízio',
    named: 'pessoa definida',
    default: 'equipe padrão',
    nobody: 'ninguém disponível',
    by: 'à mão, por',
  },
} as const satisfies Record<Language, Record<string, string>>

/** `regla 1 «Facturas» (factura) → Facturación, por turno`. */
export function explainAssignment(reason: AssignmentReason, language: Language): string {
  const w = words[language]
  switch (reason.kind) {
    case 'rule': {
      const keyword = reason.keyword ? ` (${reason.keyword})` : ''
      const how = reason.strategy === null ? w.nobody : reason.strategy === 'round robin' ? w.turn : w.named
      return `${w.rule} ${reason.position} «${reason.rule}»${keyword} → ${[reason.team, how].filter(Boolean).join(', ')}`
    }
    case 'default team':
      return `${w.default} → ${reason.team}, ${w.turn}`
    case 'nobody available':
      return reason.team ? `${reason.team}: ${w.nobody}` : w.nobody
    case 'by hand':
      return `${w.by} ${reason.by}`
  }
}
