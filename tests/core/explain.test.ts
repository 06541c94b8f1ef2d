import { expect, it } from 'vitest'
import type { AssignmentReason } from '../../src/core/assignment.ts'
import { languages } from '../../src/core/errors.ts'
import { explainAssignment } from '../../src/core/explain.ts'

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
  [
    { kind: 'nobody available', team: 'Ventas', strategy: null, busy: 'full', place: 3 },
    'Ventas: nadie disponible (todos al límite), lugar 3 en la cola',
  ],
  [
    { ...rule, strategy: 'on call', team: 'Guardia', detour: { from: 'Facturación', because: 'after hours' } },
    'regla 1 «Facturas» (factura) → Guardia, de guardia, Facturación cerrado',
  ],
  [
    { kind: 'default team', team: 'Ventas', strategy: 'skill', skills: ['vip'] },
    'equipo por defecto → Ventas, por habilidad (vip)',
  ],
  [{ kind: 'from the queue', team: 'Ventas', strategy: 'least loaded' }, 'de la cola → Ventas, a quien menos tiene'],
  [
    { kind: 'handed on', from: 'Ana', because: 'away', team: 'Ventas', strategy: 'last agent' },
    'Ana se ausentó → Ventas, quien atendió la última vez',
  ],
  [
    { kind: 'handed on', from: 'Ana', because: 'left', team: 'Ventas', strategy: null, busy: 'away' },
    'Ana ya no está → Ventas, nadie disponible (todos ausentes)',
  ],
  [
    { kind: 'escalated', step: 2, team: 'Nivel 2', strategy: 'crm owner' },
    'escalado, paso 2 → Nivel 2, propietario en el CRM',
  ],
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
