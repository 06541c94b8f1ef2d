/** Which of our options is which of theirs; many of theirs may be one of ours. */
import { ArrowLeftRight, Plus, X } from 'lucide-react'
import { useWords } from '../i18n/mapping/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Choice } from '../ui/form.tsx'
import { Chip, inputLook } from '../ui/parts.tsx'
import { pairsOf } from './new-row.ts'
import type { OurField, TheirField } from './questions.ts'

type Pair = { ours: string; theirs: string }
type Side = { value: string; label: string }

export function OptionTable({
  table,
  ours,
  theirs,
  tables,
  onChange,
}: {
  table: string | Pair[]
  ours: OurField | undefined
  theirs: TheirField | undefined
  tables: readonly string[]
  onChange: (table: string | Pair[]) => void
}) {
  const words = useWords()
  const pairs = typeof table === 'string' ? [] : table
  const set = (nth: number, change: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === nth ? { ...pair, ...change } : pair)))
  const left = (theirs?.options ?? []).filter(option => !pairs.some(pair => pair.theirs === option.value)).length
  return (
    <fieldset className="flex flex-col gap-3 rounded-xl border border-line p-3">
      <legend className="px-1 text-sm font-medium">{words.table}</legend>
      {tables.length > 0 && (
        <Choice
          label={words.table}
          value={typeof table === 'string' ? table : ''}
          none={words.ownTable}
          onChange={name => onChange(name || (ours && theirs ? pairsOf(ours, theirs) : []))}
          options={tables.map(name => [name, words.namedTable(name)])}
        />
      )}
      {typeof table !== 'string' && (
        <>
          {pairs.map((pair, nth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pairs have no name but their place
            <div key={nth} className="flex items-center gap-2">
              <Word
                label={words.ours}
                value={pair.ours}
                options={ours?.options}
                onChange={word => set(nth, { ours: word })}
              />
              <ArrowLeftRight aria-hidden className="size-4 shrink-0 text-quiet" />
              <Word
                label={words.sampleTheirs}
                value={pair.theirs}
                options={theirs?.options}
                onChange={word => set(nth, { theirs: word })}
              />
              <IconButton label={words.removePair} small onClick={() => onChange(pairs.filter((_, at) => at !== nth))}>
                <X />
              </IconButton>
            </div>
          ))}
          <div className="flex flex-wrap items-center gap-3">
            <Button small onClick={() => onChange([...pairs, { ours: '', theirs: '' }])}>
              <Plus className="size-4" /> {words.addPair}
            </Button>
            {theirs && theirs.options.length > 0 && (
              <Chip tone={left > 0 ? 'warn' : 'good'}>{left > 0 ? words.unmapped(left) : words.allMapped}</Chip>
            )}
          </div>
        </>
      )}
    </fieldset>
  )
}

/** Chosen where the options are known, else written. */
function Word({
  label,
  value,
  options = [],
  onChange,
}: {
  label: string
  value: string
  options: readonly Side[] | undefined
  onChange: (word: string) => void
}) {
  if (options.length === 0) {
    return (
      <input aria-label={label} value={value} onChange={event => onChange(event.target.value)} className={inputLook} />
    )
  }
  return (
    <select aria-label={label} value={value} onChange={event => onChange(event.target.value)} className={inputLook}>
      <option value="" />
      {options.map(each => (
        <option key={each.value} value={each.value}>
          {each.label}
        </option>
      ))}
    </select>
  )
}
