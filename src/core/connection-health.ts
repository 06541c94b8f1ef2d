/** What is to be said of a connection: why it does not carry everything at once, and what mends it. */
import type { Language } from './errors.ts'

export const healthCodes = [
  ...(['unauthorized', 'paused', 'quiet', 'budget used up', 'budget short', 'feed failing', 'feed lost'] as const),
  ...(['refused', 'failing', 'held', 'erased', 'deleted', 'fields changed', 'behind'] as const),
] as const
export type HealthCode = (typeof healthCodes)[number]

/** `stopped`: nothing is carried. `attention`: something is not, or soon will not be. */
export type Level = 'well' | 'attention' | 'stopped'

export type Observed = {
  state: 'active' | 'paused' | 'unauthorized'
  stateReason: string | null
  /** Until when the CRM wants no calls. */
  quietUntil: Date | null
  budget: { left: number; usedUpAt: Date | null } | null
  feed: { error: string | null; lostAt: Date | null } | null
  /** Records that failed and are tried again; that were refused; pairs that are held; findings about its fields. */
  failing: number
  refused: number
  held: number
  /** People the CRM erased for good. */
  erased: number
  /** Records that somebody deleted there, of which a person is asked. */
  deleted: number
  drift: number
  /** How long the oldest change that is due waits. */
  lagMs: number
}

export type Cause = { code: HealthCode; facts: Record<string, string> }

/** A change that waits for longer is late; ms. */
const LATE_MS = 5 * 60_000

/** What was lost of a feed is found by a reconciliation, which is a thing of hours; ms. */
const LOST_MS = 24 * 3_600_000

/** The gravest first. */
export function judgeHealth(seen: Observed, now: Date): { level: Level; causes: Cause[] } {
  const causes: Cause[] = []
  const add = (code: HealthCode, facts: Record<string, string> = {}) => causes.push({ code, facts })
  if (seen.state === 'unauthorized') add('unauthorized', { reason: seen.stateReason ?? '401' })
  if (seen.state === 'paused') add('paused')
  if (seen.quietUntil && seen.quietUntil > now) add('quiet', { until: clock(seen.quietUntil) })
  if (seen.budget?.left === 0) add('budget used up')
  else if (seen.budget?.usedUpAt) add('budget short', { at: clock(seen.budget.usedUpAt) })
  if (seen.feed?.error) add('feed failing', { reason: seen.feed.error })
  if (seen.feed?.lostAt && now.getTime() - seen.feed.lostAt.getTime() < LOST_MS) add('feed lost')
  if (seen.refused > 0) add('refused', { count: String(seen.refused) })
  if (seen.held > 0) add('held', { count: String(seen.held) })
  if (seen.erased > 0) add('erased', { count: String(seen.erased) })
  if (seen.deleted > 0) add('deleted', { count: String(seen.deleted) })
  if (seen.drift > 0) add('fields changed', { count: String(seen.drift) })
  if (seen.failing > 0) add('failing', { count: String(seen.failing) })
  if (seen.state === 'active' && seen.lagMs > LATE_MS)
    add('behind', { minutes: String(Math.round(seen.lagMs / 60_000)) })
  const isStopped = seen.state !== 'active' || seen.budget?.left === 0
  return { level: isStopped ? 'stopped' : causes.length > 0 ? 'attention' : 'well', causes }
}

export function explainHealth({ code, facts }: Cause, language: Language): { cause: string; fix: string } {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
  const { cause, fix } = sentences[code]
  return { cause: fill(cause[language]), fix: fill(fix[language]) }
}

function clock(at: Date): string {
  return `${at.toISOString().slice(11, 16)} UTC`
}

type Words = Record<Language, string>
const sentences: Record<HealthCode, { cause: Words; fix: Words }> = {
  unauthorized: {
    cause: {
      es: 'El CRM ya no acepta las credenciales: {reason}.',
      en: 'The CRM no longer accepts the credentials: {reason}.',
      pt: 'O CRM já não aceita as credenciais: {reason}.',
    },
    fix: {
      es: 'Vuelve a conectar con credenciales vigentes. Nada se ha perdido: lo que espera sigue después.',
      en: 'Connect again with credentials that hold. Nothing is lost: what waits goes on then.',
      pt: 'Conecte de novo com credenciais válidas. Nada se perdeu: o que espera continua depois.',
    },
  },
  paused: {
    cause: { es: 'Alguien la pausó.', en: 'Somebody has paused it.', pt: 'Alguém a pausou.' },
    fix: {
      es: 'Reanúdala: lo que espera en ambos lados sigue entonces.',
      en: 'Resume it: what waits on both sides goes on then.',
      pt: 'Retome-a: o que espera dos dois lados continua então.',
    },
  },
  quiet: {
    cause: {
      es: 'El CRM pidió no recibir llamadas hasta las {until}.',
      en: 'The CRM wants no calls until {until}.',
      pt: 'O CRM pediu para não receber chamadas até {until}.',
    },
    fix: {
      es: 'Sigue sola a esa hora. Si se repite, baja el presupuesto o espera con las cargas de historial.',
      en: 'It goes on by itself then. If that is often so, lower the budget, or wait with backfills.',
      pt: 'Continua sozinha nesse horário. Se se repetir, reduza o orçamento ou espere com as cargas de histórico.',
    },
  },
  'budget used up': {
    cause: {
      es: 'Se agotaron las llamadas del día.',
      en: 'The calls of the day are used up.',
      pt: 'As chamadas do dia acabaram.',
    },
    fix: {
      es: 'Sube la parte del presupuesto, o espera al día siguiente (UTC).',
      en: 'Raise the share of the budget, or wait for the next day (UTC).',
      pt: 'Aumente a parte do orçamento, ou espere o dia seguinte (UTC).',
    },
  },
  'budget short': {
    cause: {
      es: 'Al ritmo de las últimas horas, las llamadas del día se agotan a las {at}.',
      en: 'At the pace of the last hours the calls of the day are used up at {at}.',
      pt: 'No ritmo das últimas horas, as chamadas do dia acabam às {at}.',
    },
    fix: {
      es: 'Pausa las cargas de historial hasta mañana, o sube la parte del presupuesto.',
      en: 'Pause backfills until tomorrow, or raise the share of the budget.',
      pt: 'Pause as cargas de histórico até amanhã, ou aumente a parte do orçamento.',
    },
  },
  'feed failing': {
    cause: {
      es: 'No se pudo leer lo que cambió en el CRM: {reason}.',
      en: 'What has changed in the CRM could not be read: {reason}.',
      pt: 'Não foi possível ler o que mudou no CRM: {reason}.',
    },
    fix: {
      es: 'Se intenta de nuevo cada minuto. Si sigue, comprueba la conexión.',
      en: 'It is tried again each minute. If it goes on, check the connection.',
      pt: 'Tenta-se de novo a cada minuto. Se continuar, verifique a conexão.',
    },
  },
  'feed lost': {
    cause: {
      es: 'El CRM ya no guarda una parte de los cambios que faltaba leer.',
      en: 'The CRM no longer has some of the changes that were left to read.',
      pt: 'O CRM já não guarda uma parte das mudanças que faltava ler.',
    },
    fix: {
      es: 'Una conciliación los encuentra: ya está en marcha o terminó.',
      en: 'A reconciliation finds them: it is under way, or done.',
      pt: 'Uma conciliação os encontra: já está em andamento ou terminou.',
    },
  },
  refused: {
    cause: {
      es: 'El CRM rechazó {count} registros.',
      en: 'The CRM has refused {count} records.',
      pt: 'O CRM recusou {count} registros.',
    },
    fix: {
      es: 'Corrige la causa que dice cada uno y vuelve a procesarlos.',
      en: 'Mend the cause that each of them tells, and replay them.',
      pt: 'Corrija a causa que cada um informa e processe-os de novo.',
    },
  },
  failing: {
    cause: {
      es: '{count} registros fallaron y se intentan de nuevo.',
      en: '{count} records failed and are tried again.',
      pt: '{count} registros falharam e são tentados de novo.',
    },
    fix: {
      es: 'No hay que hacer nada, si no duran.',
      en: 'Nothing is to be done, unless they last.',
      pt: 'Não é preciso fazer nada, a menos que durem.',
    },
  },
  held: {
    cause: {
      es: '{count} registros están retenidos: ambos lados los reescribían sin fin.',
      en: '{count} records are held: both sides kept writing them in turn.',
      pt: '{count} registros estão retidos: os dois lados os reescreviam sem fim.',
    },
    fix: {
      es: 'Quita la regla que los reescribe en el CRM, o cambia la política del campo; luego libéralos.',
      en: 'Take away the rule that rewrites them in the CRM, or change the policy of the field; then release them.',
      pt: 'Retire a regra que os reescreve no CRM, ou mude a política do campo; depois libere-os.',
    },
  },
  erased: {
    cause: {
      es: 'El CRM borró para siempre a {count} personas, que siguen aquí.',
      en: 'The CRM erased {count} people for good who are still here.',
      pt: 'O CRM apagou para sempre {count} pessoas que continuam aqui.',
    },
    fix: {
      es: 'Bórralas aquí también. Nada de ellas se envía al CRM, salvo que alguien las libere.',
      en: 'Erase them here too. Nothing of them is told to the CRM, unless somebody releases them.',
      pt: 'Apague-as aqui também. Nada delas é enviado ao CRM, a menos que alguém as libere.',
    },
  },
  deleted: {
    cause: {
      es: 'Alguien borró allí {count} registros, y nadie ha decidido qué hacer con ellos.',
      en: 'Somebody deleted {count} records there, and nobody has decided about them.',
      pt: 'Alguém apagou lá {count} registros, e ninguém decidiu sobre eles.',
    },
    fix: {
      es: 'Decide en Ajustes → Conflictos si se vuelven a escribir o se dejan fuera. Hasta entonces no se escriben.',
      en: 'Decide in Settings → Conflicts whether they are written again or left out. Until then they are not written.',
      pt: 'Decida em Configurações → Conflitos se são escritos de novo ou ficam de fora. Até lá não são escritos.',
    },
  },
  'fields changed': {
    cause: {
      es: 'Los campos del CRM cambiaron: {count} hallazgos.',
      en: 'Fields of the CRM have changed: {count} findings.',
      pt: 'Os campos do CRM mudaram: {count} achados.',
    },
    fix: {
      es: 'Mira los hallazgos: cada uno dice cómo se arregla. Lo demás sigue.',
      en: 'Look at the findings: each tells its fix. The rest goes on.',
      pt: 'Veja os achados: cada um diz como se corrige. O resto continua.',
    },
  },
  behind: {
    cause: {
      es: 'El cambio más antiguo espera desde hace {minutes} minutos.',
      en: 'The oldest change has waited for {minutes} minutes.',
      pt: 'A mudança mais antiga espera há {minutes} minutos.',
    },
    fix: {
      es: 'Se pone al día sola. Si no baja, mira los últimos intentos.',
      en: 'It catches up by itself. If it does not, look at the last attempts.',
      pt: 'Ela se atualiza sozinha. Se não diminuir, veja as últimas tentativas.',
    },
  },
}
