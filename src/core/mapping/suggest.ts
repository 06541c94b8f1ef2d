/** Pairs that an admin may want to map, each with the reason. Only ever offered: nothing here changes a mapping. */
import type { Language } from '../errors.ts'
import type { OurField } from './fields.ts'
import type { MappedKind, MappingRow, Transform } from './row.ts'
import type { TheirField } from './validate.ts'

export type Suggestion = { row: MappingRow; score: number; reason: SuggestionReason; theirLabel: string }
/** `same name`: word for word; `same meaning`: by words of one meaning; `alike`: most of their letters. */
export type SuggestionReason = 'same name' | 'same meaning' | 'alike'

/** Words of one meaning in Spanish, English and Portuguese, without accents. */
const meanings = [
  ...[
    'name nombre nome',
    'email e-mail mail correo',
    'phone telefono telefone celular movil mobile cellphone whatsapp',
  ],
  ...['tag tags etiqueta etiquetas label labels', 'city ciudad cidade', 'address direccion endereco', 'country pais'],
  ...['birthday birthdate cumpleanos nacimiento nascimento aniversario', 'company empresa compania organization'],
  ...[
    'order pedido orden encomenda',
    'invoice factura fatura',
    'size talla tamano tamanho',
    'amount importe monto valor',
  ],
  ...[
    'language idioma lingua',
    'notes note notas observaciones observacoes comentarios',
    'category categoria segment segmento',
  ],
  ...['priority prioridad prioridade', 'state status estado estatus stage', 'subject asunto assunto titulo title'],
  ...['owner responsable responsavel propietario agent', 'zip postal postcode cep', 'channel canal', 'link enlace url'],
  ...['taxid rfc cpf cnpj nif dni nit cuit ruc', 'last ultimo ultima', 'message mensaje mensagem', 'date fecha data'],
  ...['website sitio site web', 'source origen origem', 'gender genero sexo', 'job puesto cargo'],
].map(group => new Set(group.split(' ')))

/** Below it two fields have little in common. */
const ENOUGH = 0.5

/** For each field of ours that no row names, the best of theirs that no row names; the surest first. */
export function suggest(
  kind: MappedKind,
  rows: readonly MappingRow[],
  ours: readonly OurField[],
  theirs: readonly TheirField[],
): Suggestion[] {
  const [namedHere, namedThere] = [new Set(rows.map(row => row.ours)), new Set(rows.flatMap(row => row.theirs))]
  const free = theirs.filter(field => !namedThere.has(field.name))
  const found = ours
    .filter(field => !namedHere.has(field.key))
    .flatMap(field => {
      const [best] = free.flatMap(other => pair(kind, field, other) ?? []).sort((a, b) => b.score - a.score)
      return best ?? []
    })
  return found.sort((a, b) => b.score - a.score)
}

export function explainSuggestion({ reason, row, theirLabel }: Suggestion, language: Language): string {
  return sentences[reason][language].replace('{ours}', row.ours).replace('{theirs}', theirLabel)
}

const sentences: Record<SuggestionReason, Record<Language, string>> = {
  'same name': {
    es: '«{ours}» y «{theirs}» se llaman igual.',
    en: '"{ours}" and "{theirs}" have the same name.',
    pt: '«{ours}» e «{theirs}» têm o mesmo nome.',
  },
  'same meaning': {
    es: '«{ours}» y «{theirs}» significan lo mismo.',
    en: '"{ours}" and "{theirs}" mean the same.',
    pt: '«{ours}» e «{theirs}» significam o mesmo.',
  },
  alike: {
    es: '«{ours}» y «{theirs}» se llaman de forma parecida.',
    en: '"{ours}" and "{theirs}" have similar names.',
    pt: '«{ours}» e «{theirs}» têm nomes parecidos.',
  },
}

function pair(kind: MappedKind, ours: OurField, theirs: TheirField): Suggestion | undefined {
  const direction = theirs.readOnly ? 'in' : ours.writable ? 'both' : 'out'
  if (direction === 'in' && !ours.writable) return undefined
  const transform = transformOf(ours, theirs)
  if (!transform) return undefined
  const names = [ours.key.replace(/^custom\./, ''), ...Object.values(ours.labels)]
  const { likeness, reason } = names
    .flatMap(name => [theirs.name, theirs.label].map(other => compare(name, other)))
    .reduce((best, next) => (next.likeness > best.likeness ? next : best))
  if (likeness < ENOUGH) return undefined
  const row: MappingRow = {
    ...{ id: `${kind}-${ours.key}`.slice(0, 60), ours: ours.key, theirs: [theirs.name], direction, transform },
    policy: direction === 'out' ? 'ours' : 'newest',
  }
  return { row, score: Math.round(likeness * 100) / 100, reason, theirLabel: theirs.label }
}

/** How the one becomes the other; undefined where it cannot. */
function transformOf(ours: OurField, theirs: TheirField): Transform | undefined {
  switch (theirs.type) {
    case 'string':
      return ours.type === 'list' || ours.type === 'options' ? { kind: 'list', separator: ', ' } : { kind: 'as is' }
    case 'number':
      return ours.type === 'number' ? { kind: 'number' } : undefined
    case 'boolean':
      return ours.type === 'boolean' ? { kind: 'boolean', yes: 'true', no: 'false' } : undefined
    case 'date':
      return ours.type === 'date' || ours.type === 'datetime' ? { kind: 'date' } : undefined
    case 'datetime':
      return ours.type === 'datetime' ? { kind: 'datetime', form: 'iso' } : undefined
    case 'phone':
      return ours.type === 'phone' ? { kind: 'phone', form: 'e164' } : undefined
    case 'option':
      return ours.type === 'option' ? paired(ours, theirs, table => ({ kind: 'options', table })) : undefined
    case 'options':
      if (ours.type === 'list') return { kind: 'list', separator: ';' }
      return ours.type === 'options'
        ? paired(ours, theirs, table => ({ kind: 'list', separator: ';', table }))
        : undefined
  }
}

/** Options of the same word or meaning; undefined where there is not one. */
function paired(
  ours: OurField,
  theirs: TheirField,
  made: (table: { ours: string; theirs: string }[]) => Transform,
): Transform | undefined {
  const table = ours.options.flatMap(({ value, label }) => {
    const alike = theirs.options.find(option =>
      [value, label].some(word => [option.value, option.label].some(other => compare(word, other).likeness >= 0.9)),
    )
    return alike ? [{ ours: value, theirs: alike.value }] : []
  })
  return table.length > 0 ? made(table) : undefined
}

function compare(a: string, b: string): { likeness: number; reason: SuggestionReason } {
  const [one, other] = [wordsOf(a), wordsOf(b)]
  if (one.length === 0 || other.length === 0) return { likeness: 0, reason: 'alike' }
  if (one.join(' ') === other.join(' ')) return { likeness: 1, reason: 'same name' }
  const meant = (words: string[]) => new Set(words.map(meaningOf))
  const [first, second] = [meant(one), meant(other)]
  const shared = [...first].filter(word => second.has(word)).length
  const overlap = (2 * shared) / (first.size + second.size)
  if (overlap > 0.6) return { likeness: 0.7 + 0.25 * overlap, reason: 'same meaning' }
  const letters = likenessOf(one.join(''), other.join(''))
  return letters > overlap * 0.7
    ? { likeness: letters * 0.8, reason: 'alike' }
    : { likeness: overlap * 0.7, reason: 'alike' }
}

const little = new Set(['de', 'do', 'da', 'del', 'el', 'la', 'o', 'a', 'of', 'the', 'hs', 'e', 'y'])

function wordsOf(text: string): string[] {
  const plain = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
  const words = plain.replace(/\be-mail\b/g, 'email').split(/[^a-z0-9]+/)
  return words.filter(word => word !== '' && !little.has(word))
}

function meaningOf(word: string): string {
  const group = meanings.findIndex(words => words.has(word))
  return group < 0 ? word.replace(/s$/, '') : `#${group}`
}

/** Dice's coefficient over pairs of letters. */
function likenessOf(a: string, b: string): number {
  const pairsOf = (text: string) =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2))
  const [one, other] = [pairsOf(a), pairsOf(b)]
  if (one.length + other.length === 0) return 0
  const left = [...other]
  const shared = one.filter(each => {
    const at = left.indexOf(each)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  }).length
  return (2 * shared) / (one.length + other.length)
}
