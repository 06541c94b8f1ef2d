/** A field by its name, with a picture of what it holds. */
import {
  AlignLeft,
  Calendar,
  CalendarClock,
  CircleCheck,
  Hash,
  Link2,
  List,
  ListChecks,
  Phone,
  Tag,
} from 'lucide-react'
import { useWords } from '../i18n/mapping/index.ts'

const pictures = {
  string: AlignLeft,
  number: Hash,
  boolean: CircleCheck,
  date: Calendar,
  datetime: CalendarClock,
  option: List,
  options: ListChecks,
  list: Tag,
  phone: Phone,
  url: Link2,
}
export type FieldType = keyof typeof pictures

export const isFieldType = (type: string): type is FieldType => type in pictures

export function FieldName({ name, type }: { name: string; type: string | undefined }) {
  const { types } = useWords()
  const known = type !== undefined && isFieldType(type) ? type : 'string'
  const Picture = pictures[known]
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span title={types[known]} className="shrink-0 rounded-md bg-page p-1 text-quiet">
        <Picture aria-hidden className="size-4" />
        <span className="sr-only">{types[known]}</span>
      </span>
      <span className="truncate font-medium">{name}</span>
    </span>
  )
}
