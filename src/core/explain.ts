/** Why a ticket has its owner, as a sentence. */
import type { AssignmentReason, Busy, Placement, Strategy } from './assignment.ts'
import type { Language } from './errors.ts'

type Words = {
  rule: string
  how: Record<Strategy, string>
  default: string
  nobody: string
  busy: Record<Busy, string>
  place: (n: number) => string
  detour: Record<NonNullable<Placement['detour']>['because'], (from: string) => string>
  queue: string
  away: (who: string) => string
  left: (who: string) => string
  step: (n: number) => string
  by: string
}

const words: Record<Language, Words> = {
  es: {
    rule: 'regla',
    how: {
      'round robin': 'por turno',
      'least loaded': 'a quien menos tiene',
      skill: 'por habilidad',
      'named agent': 'persona fijada',
      'last agent': 'quien atendió la última vez',
      'crm owner': 'propietario en el CRM',
      'on call': 'de guardia',
    },
    default: 'equipo por defecto',
    nobody: 'nadie disponible',
    busy: {
      empty: 'el equipo no tiene integrantes',
      closed: 'fuera de horario',
      away: 'todos ausentes',
      full: 'todos al límite',
    },
    place: n => `lugar ${n} en la cola`,
    detour: {
      'after hours': from => `${from} cerrado`,
      overflow: from => `desborde de ${from}`,
    },
    queue: 'de la cola',
    away: who => `${who} se ausentó`,
    left: who => `${who} ya no está`,
    step: n => `escalado, paso ${n}`,
    by: 'a mano, por',
  },
  en: {
    rule: 'rule',
    how: {
      'round robin': 'round robin',
      'least loaded': 'least loaded',
      skill: 'by skill',
      'named agent': 'named agent',
      'last agent': 'the last to attend',
      'crm owner': 'owner in the CRM',
      'on call': 'on call',
    },
    default: 'default team',
    nobody: 'nobody available',
    busy: { empty: 'the team has no members', closed: 'outside hours', away: 'all away', full: 'all at their limit' },
    place: n => `place ${n} in the queue`,
    detour: { 'after hours': from => `${from} closed`, overflow: from => `overflow of ${from}` },
    queue: 'from the queue',
    away: who => `${who} went away`,
    left: who => `${who} left`,
    step: n => `escalated, step ${n}`,
    by: 'by hand, by',
  },
  pt: {
    rule: 'regra',
    how: {
      'round robin': 'por rodízio',
      'least loaded': 'a quem tem menos',
      skill: 'por habilidade',
      'named agent': 'pessoa definida',
      'last agent': 'quem atendeu da última vez',
      'crm owner': 'proprietário no CRM',
      'on call': 'de plantão',
    },
    default: 'equipe padrão',
    nobody: 'ninguém disponível',
    busy: {
      empty: 'a equipe não tem membros',
      closed: 'fora do horário',
      away: 'todos ausentes',
      full: 'todos no limite',
    },
    place: n => `posição ${n} na fila`,
    detour: { 'after hours': from => `${from} fechada`, overflow: from => `transbordo de ${from}` },
    queue: 'da fila',
    away: who => `${who} se ausentou`,
    left: who => `${who} saiu`,
    step: n => `escalado, etapa ${n}`,
    by: 'à mão, por',
  },
}

/** `regla 1 «Facturas» (factura) → Facturación, por turno`. */
export function explainAssignment(reason: AssignmentReason, language: Language): string {
  const w = words[language]
  switch (reason.kind) {
    case 'rule': {
      const keyword = reason.keyword ? ` (${reason.keyword})` : ''
      return `${w.rule} ${reason.position} «${reason.rule}»${keyword} → ${placed(reason, w)}`
    }
    case 'default team':
      return `${w.default} → ${placed(reason, w)}`
    case 'nobody available': {
      const { team, busy, place } = reason
      const why = [w.nobody + (busy ? ` (${w.busy[busy]})` : ''), ...(place ? [w.place(place)] : [])].join(', ')
      return team ? `${team}: ${why}` : why
    }
    case 'from the queue':
      return `${w.queue} → ${placed(reason, w)}`
    case 'handed on':
      return `${reason.because === 'away' ? w.away(reason.from) : w.left(reason.from)} → ${placed(reason, w)}`
    case 'escalated':
      return `${w.step(reason.step)} → ${placed(reason, w)}`
    case 'by hand':
      return `${w.by} ${reason.by}`
  }
}

/** `Facturación, por habilidad (facturas), Ventas cerrado`. */
function placed({ team, strategy, busy, place, detour, skills }: Placement, w: Words): string {
  const nobody = w.nobody + (busy ? ` (${w.busy[busy]})` : '')
  const how = strategy === null ? nobody : w.how[strategy] + (skills?.length ? ` (${skills.join(', ')})` : '')
  const parts = [team, how, place && strategy === null ? w.place(place) : null]
  return [...parts, detour ? w.detour[detour.because](detour.from) : null].filter(Boolean).join(', ')
}
