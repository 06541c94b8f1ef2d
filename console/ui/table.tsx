/** Rows under heads; on a phone, each row a card that names its values. */
import type { ReactNode } from 'react'
import { useText } from '../i18n/index.tsx'
import { Button } from './button.tsx'
import { cx } from './cx.ts'

export type Column<Row> = {
  head: string
  cell: (row: Row) => ReactNode
  /** Takes the room that the others leave. */
  grows?: boolean
  isNumber?: boolean
}

export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  onOpen,
  nameOf,
  more,
  empty,
}: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  /** The whole row opens something; `nameOf` says what, to those who hear the page. */
  onOpen?: (row: Row) => void
  nameOf?: (row: Row) => string
  /** Where there are further pages. */
  more?: { has: boolean; isBusy: boolean; get: () => void }
  empty?: ReactNode
}) {
  const { common } = useText()
  if (rows.length === 0 && empty) return empty
  return (
    <div className="flex flex-col gap-3">
      <div className="relative md:overflow-x-auto">
        <table aria-label={label} className="w-full border-collapse text-sm max-md:block">
          <thead className="max-md:sr-only">
            <tr>
              {columns.map(({ head, isNumber }) => (
                <th
                  key={head}
                  scope="col"
                  className={cx(
                    'border-b border-line px-3 py-2 text-xs font-semibold whitespace-nowrap text-quiet first:pl-0 last:pr-0',
                    isNumber ? 'text-right' : 'text-left',
                  )}
                >
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-md:flex max-md:flex-col max-md:gap-2">
            {rows.map(row => (
              <tr
                key={keyOf(row)}
                className={cx(
                  'relative max-md:flex max-md:flex-col max-md:gap-1 max-md:rounded-xl max-md:border max-md:border-line max-md:p-3',
                  onOpen && 'hover:bg-page',
                )}
              >
                {columns.map(({ head, cell, grows, isNumber }, nth) => (
                  <td
                    key={head}
                    data-head={head}
                    className={cx(
                      'align-middle md:border-b md:border-line md:px-3 md:py-2.5 md:first:pl-0 md:last:pr-0',
                      'max-md:flex max-md:gap-3 max-md:before:w-28 max-md:before:shrink-0 max-md:before:text-quiet max-md:before:content-[attr(data-head)]',
                      grows ? 'md:w-full' : 'md:whitespace-nowrap',
                      isNumber && 'tabular-nums md:text-right',
                    )}
                  >
                    {nth === 0 && onOpen ? (
                      <button
                        type="button"
                        onClick={() => onOpen(row)}
                        className="text-left font-medium after:absolute after:inset-0"
                      >
                        {cell(row)}
                        {nameOf && <span className="sr-only"> {nameOf(row)}</span>}
                      </button>
                    ) : (
                      cell(row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more?.has && (
        <Button small className="self-center" disabled={more.isBusy} onClick={more.get}>
          {common.showMore}
        </Button>
      )}
    </div>
  )
}
