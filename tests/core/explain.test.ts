import { expect, it } from 'vitest'
import { languages } from '../../src/core/errors.ts'
import { explainAssignment } from '../../src/core/explain.ts'
import type { AssignmentReason } from '../../src/core/routing.ts'

const rule = {
  kind: 'rule',
  ruleId: 'r1',
  position: 1,
  rule: 'Facturas',
  keyword: 'factura',
  team: 'Facturación',
  strategy: 'round robin',
} as const

const reasons: [AssignmentReason, string][] = [
  [rule, 'regla 1 «Facturas» (factura) → Facturación, por turno'],
  [{ ...rule, keyword: null }, 'regla 1 «Facturas» → Facturación, por turno'],
  [{ ...rule, strategy: 'named agent' }, 'regla 1 «Facturas» (factura) → Facturación, persona fijada'],
  [{ ...rule, strategy: 'named agent', team: null }, 'regla 1 «Facturas» (factura) → persona fijada'],
  [{ ...rule, strategy: null }, 'regla 1 «Facturas» (factura) → Facturación, nadie disponible'],
  [{ kind: 'default team', team: 'Ventas', strategy: 'round robin' }, 'equipo por defecto → Ventas, por turno'],
  [{ kind: 'nobody available', team: 'Ventas' }, 'Ventas: nadie disponible'],
  [{ kind: 'nobody available', team: null }, 'nadie disponible'],
  [{ kind: 'by hand', by: 'Sofía Ruiz' }, 'a mano, por Sofía Ruiz'],
]

it.each(reasons)('%j', (reason, sentence) => {
  expect(explainAssignment(reason, 'es')).toBe(sentence)
})

it.each(reasons)('%j is said in every language with the same facts', reason => {
  const sentences = languages.map(language => explainAssignment(reason, language))
  expect(new Set(sentences).size).toBe(languages.length)
  const facts = Object.entries(reason)
    .filter(([name, value]) => ['rule', 'keyword', 'team', 'by'].includes(name) && value !== null)
    .map(([, value]) => String(value))
  for (const sentence of sentences) for (const fact of facts) expect(sentence).toContain(fact)
})
