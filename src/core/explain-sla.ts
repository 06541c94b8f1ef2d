/** What a ticket's clocks did, line by line, as sentences; times in the calendar's zone. */
import type { Language } from './errors.ts'
import type { Clock, ClockKind, Pause } from './sla.ts'

const names: Record<Language, Record<ClockKind, string>> = {
  es: { frt: 'primera respuesta', nrt: 'siguiente respuesta', ttr: 'resolución' },
  en: { frt: 'first response', nrt: 'next response', ttr: 'resolution' },
  pt: { frt: 'primeira resposta', nrt: 'resposta seguinte', ttr: 'resolução' },
}

type Line = (clock: string, at: string, minutes: number) => string

const lines: Record<Language, Record<'running' | 'paused' | 'met' | 'breached' | 'late' | 'never', Line>> = {
  es: {
    running: (clock, at, minutes) => `${clock}: ${minutes} min, vence ${at}`,
    paused: (clock, at, minutes) => `${clock}: ${minutes} min, en pausa desde ${at}`,
    met: (clock, at, minutes) => `${clock}: ${minutes} min, cumplida ${at}`,
    breached: (clock, at, minutes) => `${clock}: ${minutes} min, vencida ${at}`,
    late: (clock, at) => `${clock}: cumplida tarde, ${at}`,
    never: (clock, _, minutes) => `${clock}: ${minutes} min, el horario no abre`,
  },
  en: {
    running: (clock, at, minutes) => `${clock}: ${minutes} min, due ${at}`,
    paused: (clock, at, minutes) => `${clock}: ${minutes} min, paused since ${at}`,
    met: (clock, at, minutes) => `${clock}: ${minutes} min, met ${at}`,
    breached: (clock, at, minutes) => `${clock}: ${minutes} min, breached ${at}`,
    late: (clock, at) => `${clock}: done late, ${at}`,
    never: (clock, _, minutes) => `${clock}: ${minutes} min, the calendar never opens`,
  },
  pt: {
    running: (clock, at, minutes) => `${clock}: ${minutes} min, vence ${at}`,
    paused: (clock, at, minutes) => `${clock}: ${minutes} min, em pausa desde ${at}`,
    met: (clock, at, minutes) => `${clock}: ${minutes} min, cumprida ${at}`,
    breached: (clock, at, minutes) => `${clock}: ${minutes} min, vencida ${at}`,
    late: (clock, at) => `${clock}: cumprida com atraso, ${at}`,
    never: (clock, _, minutes) => `${clock}: ${minutes} min, o horário não abre`,
  },
}

const pauses: Record<Language, { paused: string; since: string } & Record<Pause['because'], string>> = {
  es: { paused: 'en pausa', since: 'desde', 'waiting on customer': 'esperando al cliente', resolved: 'resuelto' },
  en: { paused: 'paused', since: 'since', 'waiting on customer': 'waiting on customer', resolved: 'resolved' },
  pt: { paused: 'em pausa', since: 'desde', 'waiting on customer': 'esperando o cliente', resolved: 'resolvido' },
}

export type SlaLine = { clock: ClockKind; turn: number; at: Date; text: string }

/** In the order of time: each clock, and each pause of the resolution: "paused 14:02–16:10 waiting on customer". */
export function explainClocks(clocks: Clock[], stops: Pause[], language: Language, timeZone: string | null): SlaLine[] {
  const show = shower(language, timeZone ?? 'UTC')
  const ofClocks = clocks.flatMap(clock => clockLines(clock, language, show))
  const w = pauses[language]
  const ofPauses = clocks.some(clock => clock.kind === 'ttr')
    ? stops.map(({ from, to, because }) => {
        const span = to ? `${show(from)}–${show(to, from)}` : `${w.since} ${show(from)}`
        return { clock: 'ttr' as const, turn: 0, at: from, text: `${w.paused} ${span} ${w[because]}` }
      })
    : []
  return [...ofClocks, ...ofPauses].sort((a, b) => a.at.getTime() - b.at.getTime())
}

function clockLines(clock: Clock, language: Language, show: (at: Date) => string): SlaLine[] {
  const { kind, turn, targetMinutes, startedAt, dueAt, pausedAt, stoppedAt, breachedAt } = clock
  const line = (what: keyof (typeof lines)[Language], at: Date): SlaLine => {
    const text = lines[language][what](names[language][kind], show(at), targetMinutes)
    return { clock: kind, turn, at, text }
  }
  if (breachedAt) return [line('breached', breachedAt), ...(stoppedAt ? [line('late', stoppedAt)] : [])]
  if (stoppedAt) return [line('met', stoppedAt)]
  if (pausedAt) return [line('paused', pausedAt)]
  return [dueAt ? { ...line('running', dueAt), at: startedAt } : line('never', startedAt)]
}

/** The hour; with the day, unless it is that of `beside`. */
function shower(language: Language, timeZone: string) {
  const hour = new Intl.DateTimeFormat(language, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = new Intl.DateTimeFormat(language, { timeZone, day: 'numeric', month: 'short' })
  return (at: Date, beside?: Date) =>
    beside && day.format(beside) === day.format(at) ? hour.format(at) : `${day.format(at)} ${hour.format(at)}`
}
