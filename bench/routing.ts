/**
 * What a message costs where a workspace has 1,000 rules, of which the last holds: rules of all kinds, keywords in three
 * languages, texts of a usual and of a long message. And what compiling them costs, once for each version of the rules.
 * `npm run bench:routing`, seconds.
 */
import { compileRules, type RoutingFacts, type RoutingRule, type RuleConditions, route } from '../src/core/routing.ts'

const RULES = 1_000
const ROUNDS = 2_000

const words =
  'envío factura devolución pago tarjeta reembolso cita horario precio pedido cancelar garantía nota fiscal'.split(' ')

const kinds: ((n: number) => RuleConditions)[] = [
  n => ({ keywords: [`${words[n % words.length]} ${n}`, `palabra${n}`, `código ${n}`] }),
  n => ({ allKeywords: [words[n % words.length] ?? '', `clave${n}`] }),
  n => ({ languages: ['pt'], tags: [`etiqueta${n}`] }),
  n => ({ any: [{ keywords: [`oferta${n}`] }, { ad: { sourceIds: [`${n}`] } }, { category: 'vip' }] }),
  n => ({ crm: { field: 'etapa', is: [`valor ${n}`] } }),
  n => ({ contact: { phonePrefixes: [`+52 ${n}`], nameKeywords: [`taller${n}`] } }),
  n => ({ inBusinessHours: false, not: [{ keywords: [`salvo${n}`] }] }),
]

const rules: RoutingRule[] = Array.from({ length: RULES }, (_, n) => ({
  ...{ id: String(n), position: n, name: `Regla ${n}`, actions: { tags: [`t${n}`] } },
  conditions: n === RULES - 1 ? {} : (kinds[n % kinds.length]?.(n) ?? {}),
}))

const usual = 'Buenas tardes, quisiera saber dónde está mi pedido, lo pagué con tarjeta la semana pasada'
const facts: RoutingFacts = {
  ...{ text: usual, category: 'standard', channelId: 'c', inBusinessHours: true, priority: 'normal', language: 'es' },
  ...{ tags: ['mayorista'], ad: null, crm: [{ connectionId: 'k', values: { etapa: 'cliente' } }], firstContact: true },
  contact: { name: 'Ana Torres', phone: '+34 612 000 001', email: null },
}

const compiled = compileRules(rules)
const compiling = median(() => compileRules(rules), 50)
const short = median(() => route(compiled, facts), ROUNDS)
const long = median(() => route(compiled, { ...facts, text: usual.repeat(40) }), ROUNDS)
if (route(compiled, facts).matches[0]?.rule.id !== String(RULES - 1)) throw new Error('another rule held')

say(`${RULES} rules × a message of ${usual.length} letters    ${short.toFixed(0)} µs`)
say(`${RULES} rules × a message of ${usual.length * 40} letters  ${long.toFixed(0)} µs`)
say(`compiling them, once a version       ${compiling.toFixed(0)} µs`)

/** Microseconds of one call, of the middle one. */
function median(act: () => unknown, times: number): number {
  for (let n = 0; n < times / 4; n++) act()
  const took = Array.from({ length: times }, () => {
    const from = performance.now()
    act()
    return performance.now() - from
  })
  return (took.sort((a, b) => a - b)[times >> 1] ?? 0) * 1000
}

function say(line: string) {
  process.stdout.write(`${line}\n`)
}
