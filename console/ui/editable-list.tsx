/** A page of things that are made and edited: a table, the button that makes one, and the dialog of the one that is open. */
import { Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Loaded, Page } from './page.tsx'
import { type Column, Table } from './table.tsx'

type Props<Row> = {
  title: string
  lead: string
  query: { data: { items: readonly Row[] } | undefined; error: Error | null; refetch: () => unknown }
  columns: readonly Column<Row>[]
  nameOf?: (row: Row) => string
  empty?: ReactNode
  /** What the button says that makes another; without it nobody here makes one. */
  add?: string | false
  addIcon?: ReactNode
  /** Whether a row can be opened by whoever looks. */
  opens: boolean
  /** Of a row, or of one to be made. */
  editor: (row: Row | null, onClose: () => void) => ReactNode
  /** Beneath the table. */
  children?: ReactNode
}

export function EditableList<Row extends { id: string }>({
  title,
  lead,
  query,
  columns,
  nameOf,
  empty,
  add,
  addIcon = <Plus className="size-4" />,
  opens,
  editor,
  children,
}: Props<Row>) {
  const [open, setOpen] = useState<Row | 'new' | null>(null)
  return (
    <Page
      title={title}
      lead={lead}
      actions={
        add && (
          <Button look="accent" onClick={() => setOpen('new')}>
            {addIcon} {add}
          </Button>
        )
      }
    >
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={query}>
          {({ items }) => (
            <Table
              label={title}
              rows={items}
              keyOf={row => row.id}
              columns={columns}
              empty={empty}
              {...(nameOf ? { nameOf } : {})}
              {...(opens ? { onOpen: setOpen } : {})}
            />
          )}
        </Loaded>
      </div>
      {children}
      {open && editor(open === 'new' ? null : open, () => setOpen(null))}
    </Page>
  )
}
