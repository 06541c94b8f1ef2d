/** Working hours. */
import { useQuery } from '@tanstack/react-query'
import { calendarsQuery } from '../api/calendars.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/work/index.ts'
import { EditableList } from '../ui/editable-list.tsx'
import { Chip } from '../ui/parts.tsx'
import { CalendarEditor } from './calendar-editor.tsx'

export function Calendars() {
  const { calendars: words } = useWords()
  const mayManage = useMay('sla.manage')
  const calendars = useQuery(calendarsQuery)
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={calendars}
      add={mayManage && words.add}
      opens={mayManage}
      columns={[
        { head: words.name, cell: row => row.name },
        { head: words.timeZone, cell: row => row.calendar.timeZone.replaceAll('_', ' '), grows: true },
        { head: words.holidays, cell: row => row.calendar.holidays.length, isNumber: true },
        {
          head: words.isDefault,
          cell: row => (row.isDefault ? <Chip tone="accent">{words.isDefault}</Chip> : ''),
        },
      ]}
      editor={(calendar, onClose) => <CalendarEditor calendar={calendar} onClose={onClose} />}
    />
  )
}
