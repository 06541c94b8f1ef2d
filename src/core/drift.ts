/** What has changed in the fields of a CRM so that a mapping no longer fits. */
import type { Language } from './errors.ts'
import type { MappedKind, MappingRow } from './mapping/row.ts'

export type RemoteField = {
  name: string
  label: string
  type: string
  required: boolean
  readOnly: boolean
  options: { value: string; label: string }[]
}

export const driftProblems = ['gone', 'renamed', 'read only', 'required', 'option gone', 'type changed'] as const
export type DriftProblem = (typeof driftProblems)[number]

/** `facts`: words of its sentences. */
export type Drift = { kind: MappedKind; field: string; problem: DriftProblem; facts: Record<string, string> }

/**
 * Of the fields that the mapping names, those that were seen to be right and are so no longer; and fields that have become
 * required though nothing is written to them. At most one problem a field, but for options.
 */
export function findDrift(
  kind: MappedKind,
  was: readonly RemoteField[],
  is: readonly RemoteField[],
  rows: readonly MappingRow[],
): Drift[] {
  const [before, now] = [byName(was), byName(is)]
  const found: Drift[] = []
  for (const field of new Set(rows.flatMap(row => row.theirs))) {
    const [old, current] = [before.get(field), now.get(field)]
    if (!old) continue
    const label = old.label || field
    const drift = (problem: DriftProblem, facts: Record<string, string> = {}) =>
      found.push({ kind, field, problem, facts: { field, label, ...facts } })
    if (!current) {
      const other = is.find(each => !before.has(each.name) && each.label === old.label && each.type === old.type)
      if (other) drift('renamed', { to: other.name })
      else drift('gone')
      continue
    }
    if (current.type !== old.type) {
      drift('type changed', { from: old.type, to: current.type })
      continue
    }
    const isWritten = rows.some(row => row.direction !== 'in' && row.theirs.includes(field))
    if (current.readOnly && !old.readOnly && isWritten) drift('read only')
    const options = new Set(current.options.map(option => option.value))
    const lost = old.options.filter(option => !options.has(option.value))
    if (lost.length > 0) drift('option gone', { options: lost.map(option => option.label || option.value).join(', ') })
  }
  const written = new Set(rows.flatMap(row => (row.direction === 'in' ? [] : row.theirs)))
  for (const field of is) {
    if (!field.required || before.get(field.name)?.required || written.has(field.name)) continue
    // At the first sight of a CRM nothing is new.
    if (was.length === 0) continue
    const label = field.label || field.name
    found.push({ kind, field: field.name, problem: 'required', facts: { field: field.name, label } })
  }
  return found
}

/** What was right stays the measure; fields that are new are right as they are, unless they are a problem. */
export function nextSnapshot(
  was: readonly RemoteField[],
  is: readonly RemoteField[],
  drift: readonly Drift[],
): RemoteField[] {
  const troubled = new Set(drift.map(each => each.field))
  const renamedTo = new Set(drift.flatMap(each => (each.problem === 'renamed' ? [each.facts.to ?? ''] : [])))
  const kept = was.filter(field => troubled.has(field.name))
  return [...kept, ...is.filter(field => !troubled.has(field.name) && !renamedTo.has(field.name))]
}

/** Whether a row that names the field has to stand still. A required field that nobody writes stops no row. */
export function stopsRow({ kind, field, problem }: Drift, row: MappingRow, rowKind: MappedKind): boolean {
  return kind === rowKind && problem !== 'required' && row.theirs.includes(field)
}

export function explainDrift({ problem, facts }: Pick<Drift, 'problem' | 'facts'>, language: Language) {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
  const { cause, fix } = sentences[problem]
  return { cause: fill(cause[language]), fix: fill(fix[language]) }
}

function byName(fields: readonly RemoteField[]): Map<string, RemoteField> {
  return new Map(fields.map(field => [field.name, field]))
}

type Words = Record<Language, string>
const sentences: Record<DriftProblem, { cause: Words; fix: Words }> = {
  gone: {
    cause: {
      es: 'El campo «{label}» ({field}) ya no existe en el CRM.',
      en: 'The field "{label}" ({field}) is no longer in the CRM.',
      pt: 'O campo «{label}» ({field}) já não existe no CRM.',
    },
    fix: {
      es: 'Restáuralo en el CRM, o elige otro campo en el mapeo. Mientras tanto, esa fila está en pausa y lo demás sigue.',
      en: 'Restore it in the CRM, or choose another field in the mapping. Until then that row stands still; the rest goes on.',
      pt: 'Restaure-o no CRM ou escolha outro campo no mapeamento. Até lá, essa linha fica pausada e o resto continua.',
    },
  },
  renamed: {
    cause: {
      es: 'El campo «{label}» se llama ahora {to}; antes, {field}.',
      en: 'The field "{label}" is called {to} now; it was {field}.',
      pt: 'O campo «{label}» agora se chama {to}; antes, {field}.',
    },
    fix: {
      es: 'Pon {to} en esa fila del mapeo y aplícalo.',
      en: 'Put {to} in that row of the mapping, and apply it.',
      pt: 'Coloque {to} nessa linha do mapeamento e aplique-o.',
    },
  },
  'read only': {
    cause: {
      es: 'El campo «{label}» ({field}) ya solo se puede leer.',
      en: 'The field "{label}" ({field}) can only be read now.',
      pt: 'O campo «{label}» ({field}) agora só pode ser lido.',
    },
    fix: {
      es: 'Permite que la aplicación lo edite en el CRM, o haz que la fila solo lea.',
      en: 'Let the app edit it in the CRM, or make the row read only.',
      pt: 'Permita que o aplicativo o edite no CRM, ou faça a linha apenas ler.',
    },
  },
  required: {
    cause: {
      es: 'El CRM exige ahora el campo «{label}» ({field}), y el mapeo no lo escribe.',
      en: 'The CRM now requires the field "{label}" ({field}), which the mapping does not write.',
      pt: 'O CRM agora exige o campo «{label}» ({field}), e o mapeamento não o escreve.',
    },
    fix: {
      es: 'Añade una fila con un valor por defecto, o haz que deje de ser obligatorio.',
      en: 'Add a row with a default, or let it be required no longer.',
      pt: 'Adicione uma linha com um valor padrão, ou deixe de torná-lo obrigatório.',
    },
  },
  'option gone': {
    cause: {
      es: 'El campo «{label}» ({field}) ya no tiene estas opciones: {options}.',
      en: 'The field "{label}" ({field}) no longer has these options: {options}.',
      pt: 'O campo «{label}» ({field}) já não tem estas opções: {options}.',
    },
    fix: {
      es: 'Vuelve a crearlas en el CRM, o cambia la tabla de opciones de esa fila y acepta los campos como están.',
      en: 'Make them again in the CRM, or change the option table of that row and accept the fields as they are.',
      pt: 'Crie-as de novo no CRM, ou mude a tabela de opções dessa linha e aceite os campos como estão.',
    },
  },
  'type changed': {
    cause: {
      es: 'El campo «{label}» ({field}) era de tipo {from} y ahora es de tipo {to}.',
      en: 'The field "{label}" ({field}) was of the type {from}, and is of the type {to} now.',
      pt: 'O campo «{label}» ({field}) era do tipo {from} e agora é do tipo {to}.',
    },
    fix: {
      es: 'Elige en esa fila una transformación que sirva, aplica el mapeo y acepta los campos como están.',
      en: 'Choose a transform that fits in that row, apply the mapping, and accept the fields as they are.',
      pt: 'Escolha nessa linha uma transformação adequada, aplique o mapeamento e aceite os campos como estão.',
    },
  },
}
