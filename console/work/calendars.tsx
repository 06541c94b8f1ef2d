/** Working hours. */
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { type Calendar, calendarsQuery } from '../api/calendars.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/work/index.ts'
import { Button } from '../ui/button.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { CalendarEditor } from './calendar-editor.tsx'

export function Calendars() {
  const { calendars: words } = useWords()
  const mayManage = useMay('sla.manage')
  const calendars = useQuery(calendarsQuery)
  const [edited, setEdited] = useState<Calendar | 'new' | null>(null)
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        mayManage && (
          <Button look="accent" onClick={() => setEdited('new')}>
            <Plus className="size-4" /> {words.add}
          </Button>
        )
      }
    >
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={calendars}>
          {({ items }) => (
            <Table
              label={words.title}
              rows={items}
              keyOf={row => row.id}
              {...(mayManage ? { onOpen: setEdited } : {})}
              columns={[
                { head: words.name, cell: row => row.name },
                { head: words.timeZone, cell: row => row.calendar.timeZone.replaceAll('_', ' '), grows: true },
                { head: words.holidays, cell: row => row.calendar.holidays.length, isNumber: true },
                {
                  head: words.isDefault,
                  cell: row => (row.isDefault ? <Chip tone="accent">{words.isDefault}</Chip> : ''),
                },
              ]}
            />
          )}
        </Loaded>
      </div>
      {edited && <CalendarEditor calendar={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}
