/** One row: a field here, a field there, which way it goes, who wins, and what both hold of a real record. */
import { Link } from '@tanstack/react-router'
import {
  ArrowLeft,
  ArrowLeftRight,
  ArrowRight,
  ChevronDown,
  KeyRound,
  MoveRight,
  Pencil,
  Play,
  Trash2,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Hint } from '../ui/hint.tsx'
import { Item, Menu } from '../ui/menu.tsx'
import { Chip } from '../ui/parts.tsx'
import { FieldName } from './field-name.tsx'
import { type Kind, type OurField, type Preview, type Row, refreshMapping, type TheirField } from './questions.ts'
import { valueWords } from './value-words.ts'

const directions = ['both', 'out', 'in'] as const
export const policies = ['newest', 'ours', 'theirs', 'fill if empty', 'append', 'ask'] as const
const arrows = { both: ArrowLeftRight, out: ArrowRight, in: ArrowLeft }

type Props = {
  row: Row
  ours: OurField | undefined
  /** A name alone where the CRM has no such field. */
  theirs: (TheirField | string)[]
  sample: Preview | undefined
  pause: string | undefined
  conflicts: number
  hasDrifted: boolean
  connectionId: string
  kind: Kind
  /** Absent for those who only look. */
  onChange: ((row: Row) => void) | undefined
  onEdit: () => void
  onRemove: () => void
}

export function RowLine(props: Props) {
  const { row, ours, theirs, sample, onChange, onEdit, onRemove } = props
  const words = useWords()
  const name = ours?.label ?? row.ours
  return (
    <article
      aria-label={name}
      className="grid items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-panel p-3 md:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_12rem_5rem]"
    >
      <div className="min-w-0">
        <FieldName name={name} type={ours?.type} />
        <Sample label={words.sampleOurs} value={valueWords(sample?.values.ours)} />
      </div>
      <Direction row={row} onChange={onChange} />
      <div className="flex min-w-0 flex-col gap-1">
        {theirs.map(field =>
          typeof field === 'string' ? (
            <FieldName key={field} name={field} type={undefined} />
          ) : (
            <FieldName key={field.name} name={field.label} type={field.type} />
          ),
        )}
        <Theirs row={row} sample={sample} />
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <Policy row={row} onChange={onChange} />
        {row.transform.kind !== 'as is' && <Chip>{words.transforms[row.transform.kind]}</Chip>}
        {row.identifier && (
          <Chip tone="accent">
            <KeyRound /> {words.identifier}
          </Chip>
        )}
        <Signs {...props} />
      </div>
      {onChange && (
        <div className="flex justify-end">
          <IconButton label={words.editRow(name)} small onClick={onEdit}>
            <Pencil />
          </IconButton>
          <IconButton label={words.removeRow(name)} small onClick={onRemove}>
            <Trash2 />
          </IconButton>
        </div>
      )}
    </article>
  )
}

function Sample({ label, value, children }: { label: string; value: string; children?: ReactNode }) {
  return (
    <p className="truncate pl-8 text-sm text-quiet" title={value}>
      <span className="sr-only">{label}: </span>
      {value || '—'}
      {children}
    </p>
  )
}

/** What is there, and what the row would make of it where that differs. */
function Theirs({ row, sample }: { row: Row; sample: Preview | undefined }) {
  const words = useWords()
  const there = sample?.values.theirs
  const is = row.theirs
    .map(name => there?.[name] ?? '')
    .join(' ')
    .trim()
  const will = row.theirs
    .map(name => sample?.writes?.[name] ?? '')
    .join(' ')
    .trim()
  return (
    <Sample label={words.sampleTheirs} value={is}>
      {will && will !== is && (
        <span className="font-medium text-accent">
          {' '}
          <MoveRight aria-hidden className="inline size-4" /> <span className="sr-only">{words.writes} </span>
          {will}
        </span>
      )}
    </Sample>
  )
}

function Direction({ row, onChange }: { row: Row; onChange: Props['onChange'] }) {
  const words = useWords()
  const Arrow = arrows[row.direction]
  const look = 'flex size-9 items-center justify-center rounded-full bg-soft text-accent'
  if (!onChange || row.identifier) {
    return (
      <Hint text={words.directions[row.direction]}>
        <span role="img" aria-label={words.directions[row.direction]} className={look}>
          <Arrow className="size-4" />
        </span>
      </Hint>
    )
  }
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`${words.direction}: ${words.directions[row.direction]}`}
          title={words.directions[row.direction]}
          className={look}
        >
          <Arrow className="size-4" />
        </button>
      }
    >
      {directions.map(each => {
        const Picture = arrows[each]
        return (
          <Item key={each} checked={each === row.direction} onSelect={() => onChange({ ...row, direction: each })}>
            <Picture /> {words.directions[each]}
          </Item>
        )
      })}
    </Menu>
  )
}

function Policy({ row, onChange }: { row: Row; onChange: Props['onChange'] }) {
  const words = useWords()
  // One way, nobody can contradict.
  if (row.direction !== 'both') return null
  if (!onChange) return <Chip>{words.policies[row.policy]}</Chip>
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${words.policy}: ${words.policies[row.policy]}`}
          className="rounded-full bg-page px-2.5 py-1 text-xs font-medium text-ink hover:bg-soft"
        >
          {words.policies[row.policy]} <ChevronDown aria-hidden className="inline size-3" />
        </button>
      }
    >
      {policies.map(each => (
        <Item key={each} checked={each === row.policy} onSelect={() => onChange({ ...row, policy: each })}>
          {words.policies[each]}
        </Item>
      ))}
    </Menu>
  )
}

function Signs({ row, pause, conflicts, hasDrifted, connectionId, kind, onChange }: Props) {
  const words = useWords()
  const resume = useAct(
    () =>
      ask(
        api.connections[':id'].mapping.rows.resume.$post({
          param: { id: connectionId },
          json: { kind, rowId: row.id },
        }),
      ),
    { refresh: refreshMapping(connectionId) },
  )
  return (
    <>
      {conflicts > 0 && (
        <Link to="/settings/conflicts">
          <Chip tone="warn">{words.conflicts(conflicts)}</Chip>
        </Link>
      )}
      {hasDrifted && <Chip tone="danger">{words.drifted}</Chip>}
      {pause !== undefined && (
        <>
          <Hint text={pause}>
            <span>
              <Chip tone="warn">{words.paused}</Chip>
            </span>
          </Hint>
          {onChange && (
            <Button small look="quiet" disabled={resume.isPending} onClick={() => resume.mutate(undefined)}>
              <Play className="size-4" /> {words.resume}
            </Button>
          )}
        </>
      )}
    </>
  )
}
