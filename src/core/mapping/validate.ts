/** What is wrong with a mapping, against what the CRM has by now and what our fields are. Nothing here is repaired. */
import type { OurField } from './fields.ts'
import { type MappedKind, type Mapping, type MappingRow, mappedKinds, type OptionTables } from './row.ts'
import { namedIn, tableOf } from './transform.ts'

/** A field of the CRM's, as connectors describe it. */
export type TheirField = {
  name: string
  label: string
  type: 'string' | 'number' | 'boolean' | 'date' | 'datetime' | 'option' | 'options' | 'phone'
  required: boolean
  readOnly: boolean
  options: { value: string; label: string }[]
}

export const findingCodes = [
  ...(['no identifier', 'several identifiers', 'other identifier', 'identifier comes in', 'row twice'] as const),
  ...([
    'unknown field of ours',
    'unknown field of theirs',
    'field of ours is fixed',
    'field of theirs is fixed',
  ] as const),
  ...(['written twice', 'read twice', 'template comes in', 'number of fields', 'unknown table', 'no country'] as const),
  ...(['cannot append', 'missing required', 'type mismatch', 'options without partner'] as const),
] as const
export type FindingCode = (typeof findingCodes)[number]

/** An `error` blocks, a `warning` does not; a `count` says how much there is left to map. */
export type Finding = {
  level: 'error' | 'warning' | 'count'
  code: FindingCode
  kind: MappedKind
  rowId: string | null
  facts: Record<string, string>
}

export type Against = {
  ours: readonly OurField[]
  theirs: readonly TheirField[]
  tables: OptionTables
  /** The field by which the connector knows a record of ours there. */
  identifier: string | null
  /** Fields of theirs that the connector writes by itself. */
  given: readonly string[]
}

/** Errors first, then warnings and counts; each in the order of the rows. */
export function validate(mapping: Mapping, against: Record<MappedKind, Against>): Finding[] {
  const found = mappedKinds.flatMap(kind => [
    ...identifierOf(mapping[kind], kind, against[kind]),
    ...twice(mapping[kind], kind),
    ...mapping[kind].flatMap(row => ofRow(row, kind, against[kind])),
    ...missing(mapping[kind], kind, against[kind]),
  ])
  const levels = ['error', 'warning', 'count']
  return found.sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level))
}

const error = (code: FindingCode, kind: MappedKind, rowId: string | null, facts: Finding['facts'] = {}): Finding => {
  return { level: 'error', code, kind, rowId, facts }
}

function identifierOf(rows: readonly MappingRow[], kind: MappedKind, { identifier }: Against): Finding[] {
  const marked = rows.filter(row => row.identifier)
  const [row] = marked
  if (!row) return [error('no identifier', kind, null, { field: identifier ?? '' })]
  if (marked.length > 1) {
    return [error('several identifiers', kind, row.id, { rows: marked.map(({ id }) => id).join(', ') })]
  }
  const found: Finding[] = []
  if (identifier && row.theirs.join() !== identifier) {
    found.push(error('other identifier', kind, row.id, { field: identifier, theirs: row.theirs.join(', ') }))
  }
  if (row.direction !== 'out') found.push(error('identifier comes in', kind, row.id, { theirs: row.theirs.join(', ') }))
  return found
}

function twice(rows: readonly MappingRow[], kind: MappedKind): Finding[] {
  const repeated = (words: string[]) => [...new Set(words.filter((word, at) => words.indexOf(word) !== at))]
  const outward = rows.filter(row => row.direction !== 'in').flatMap(row => row.theirs)
  const inward = rows.filter(row => row.direction !== 'out').map(row => row.ours)
  return [
    ...repeated(rows.map(row => row.id)).map(id => error('row twice', kind, id, { id })),
    ...repeated(outward).map(field => error('written twice', kind, null, { field })),
    ...repeated(inward).map(field => error('read twice', kind, null, { field })),
  ]
}

function ofRow(row: MappingRow, kind: MappedKind, against: Against): Finding[] {
  const { transform, direction } = row
  const found: Finding[] = []
  const add = (code: FindingCode, facts: Finding['facts']) => found.push(error(code, kind, row.id, facts))
  const ours = against.ours.find(field => field.key === row.ours)
  const named = [transform.kind === 'template' ? transform.text : '', row.default ?? ''].flatMap(namedIn)
  const unknown = named.filter(name => !against.ours.some(({ key }) => key === name))
  if (transform.kind !== 'template' && !ours) unknown.unshift(row.ours)
  for (const field of unknown) add('unknown field of ours', { field })
  if (direction !== 'out' && ours && !ours.writable) add('field of ours is fixed', { field: row.ours })
  if (direction !== 'out' && transform.kind === 'template') add('template comes in', {})
  const wanted = transform.kind === 'name' ? 2 : transform.kind === 'split' ? null : 1
  const isRight = wanted === null ? row.theirs.length >= 2 : row.theirs.length === wanted
  if (!isRight) add('number of fields', { given: String(row.theirs.length), wanted: String(wanted ?? '2+') })
  if (transform.kind === 'phone' && transform.form === 'national' && !transform.countryCode) add('no country', {})
  const table = 'table' in transform ? transform.table : undefined
  if (typeof table === 'string' && !(table in against.tables)) add('unknown table', { table })
  if (row.policy === 'append' && ours && !['string', 'list', 'options'].includes(ours.type)) {
    add('cannot append', { field: row.ours })
  }
  for (const name of row.theirs) {
    const theirs = against.theirs.find(field => field.name === name)
    if (!theirs) add('unknown field of theirs', { field: name })
    else if (theirs.readOnly && direction !== 'in') add('field of theirs is fixed', { field: theirs.label })
  }
  return [...found, ...mismatch(row, kind, ours, against), ...partners(row, kind, ours, against)]
}

/** What a transform makes, in the types of a CRM. */
function typeMade({ transform }: MappingRow, ours: OurField | undefined): TheirField['type'][] {
  switch (transform.kind) {
    case 'date':
      return ['date', 'datetime']
    case 'datetime':
      return ['datetime', 'date']
    case 'number':
      return ['number']
    case 'boolean':
      return ['boolean', 'option']
    case 'options':
      return ['option']
    case 'list':
      return ['options']
    case 'phone':
      return ['phone']
    case 'as is':
      return ours ? asItIs[ours.type] : []
    default:
      return []
  }
}

const asItIs: Record<OurField['type'], TheirField['type'][]> = {
  ...{ string: ['option', 'phone'], number: ['number'], boolean: ['boolean'], date: ['date'], datetime: ['datetime'] },
  ...{ option: ['option'], options: [], list: [], phone: ['phone'], url: [] },
}

/** A field for text takes anything. */
function mismatch(row: MappingRow, kind: MappedKind, ours: OurField | undefined, { theirs }: Against): Finding[] {
  return row.theirs.flatMap(name => {
    const field = theirs.find(each => each.name === name)
    if (!field || field.type === 'string' || typeMade(row, ours).includes(field.type)) return []
    const facts = { ours: row.ours, type: ours?.type ?? 'string', theirs: field.label, theirType: field.type }
    return [{ level: 'warning', code: 'type mismatch', kind, rowId: row.id, facts }]
  })
}

/** Of options on either side, how many mean nothing on the other. An owner's address is no option of ours. */
function partners(row: MappingRow, kind: MappedKind, ours: OurField | undefined, against: Against): Finding[] {
  if (!('table' in row.transform) || row.transform.table === undefined) return []
  const pairs = tableOf(row.transform.table, against.tables)
  const field = against.theirs.find(({ name }) => name === row.theirs[0])
  const without = (options: { value: string }[], side: 'ours' | 'theirs') =>
    options.filter(({ value }) => !pairs.some(pair => pair[side] === value)).map(({ value }) => value)
  const here = row.direction === 'in' ? [] : without(ours?.options ?? [], 'ours')
  const there = row.direction === 'out' ? [] : without(field?.options ?? [], 'theirs')
  if (here.length + there.length === 0) return []
  const facts = {
    ...{ field: row.ours, count: String(here.length + there.length) },
    ...{ ours: here.join(', '), theirs: there.join(', ') },
  }
  return [{ level: 'count', code: 'options without partner', kind, rowId: row.id, facts }]
}

function missing(rows: readonly MappingRow[], kind: MappedKind, { theirs, given }: Against): Finding[] {
  const outward = new Set([...given, ...rows.filter(row => row.direction !== 'in').flatMap(row => row.theirs)])
  return theirs
    .filter(({ name, required }) => required && !outward.has(name))
    .map(({ name, label }) => error('missing required', kind, null, { field: label, name }))
}
