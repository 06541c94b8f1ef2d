/** A row for two fields, as most people would want it; the hub's check says where it does not fit. */
import type { OurField, Row, TheirField, Transform } from './questions.ts'

export function newRow(ours: OurField, theirs: TheirField, taken: readonly Row[]): Row {
  const direction = !ours.writable ? 'out' : theirs.readOnly ? 'in' : 'both'
  const policy = direction === 'out' ? 'ours' : direction === 'in' ? 'theirs' : 'newest'
  return {
    ...{ id: freeId(ours.key, taken), ours: ours.key, theirs: [theirs.name], direction, policy },
    transform: transformFor(ours, theirs),
  }
}

function freeId(key: string, taken: readonly Row[]): string {
  const base = key.replace(/[^a-zA-Z0-9]+/g, '-').slice(0, 50)
  for (let nth = 1; ; nth++) {
    const id = nth === 1 ? base : `${base}-${nth}`
    if (!taken.some(row => row.id === id)) return id
  }
}

function transformFor(ours: OurField, theirs: TheirField): Transform {
  if (ours.type === 'list' || ours.type === 'options') {
    const table = pairsOf(ours, theirs)
    return { kind: 'list', separator: theirs.type === 'options' ? ';' : ', ', ...(table.length > 0 ? { table } : {}) }
  }
  const table = pairsOf(ours, theirs)
  if (theirs.type === 'option' && table.length > 0) return { kind: 'options', table }
  switch (theirs.type) {
    case 'boolean':
      return { kind: 'boolean', yes: 'true', no: 'false' }
    case 'number':
      return { kind: 'number' }
    case 'date':
      return { kind: 'date' }
    case 'datetime':
      return { kind: 'datetime', form: 'iso' }
    case 'phone':
      return { kind: 'phone', form: 'e164' }
    default:
      return { kind: 'as is' }
  }
}

/** Options that are called the same. */
export function pairsOf(ours: Pick<OurField, 'options'>, theirs: Pick<TheirField, 'options'>) {
  return ours.options.flatMap(mine => {
    const same = theirs.options.find(
      ({ value, label }) => plain(value) === plain(mine.value) || plain(label) === plain(mine.label),
    )
    return same ? [{ ours: mine.value, theirs: same.value }] : []
  })
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()

/** What a transform needs to be one, before anybody has said more. */
export function blankTransform(kind: Transform['kind']): Transform {
  switch (kind) {
    case 'options':
      return { kind, table: [{ ours: '', theirs: '' }] }
    case 'list':
      return { kind, separator: ';' }
    case 'datetime':
      return { kind, form: 'iso' }
    case 'boolean':
      return { kind, yes: 'true', no: 'false' }
    case 'phone':
      return { kind, form: 'e164' }
    case 'template':
      return { kind, text: '{name}' }
    case 'split':
      return { kind, separator: ' ' }
    default:
      return { kind }
  }
}
