/** A chart, and the same figures as a table for those who do not see it. Its library comes with the page of the reports alone. */
import { BarController, BarElement, CategoryScale, Chart as Drawing, Legend, LinearScale, Tooltip } from 'chart.js'
import { useEffect, useRef } from 'react'
import { useWords } from '../i18n/supervisor/index.ts'
import { Table } from '../ui/table.tsx'

Drawing.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip)

export type Series = { name: string; colour: '--accent' | '--warn' | '--danger' | '--good'; values: number[] }

export function Chart({
  name,
  head,
  labels,
  series,
}: {
  name: string
  head: string
  labels: string[]
  series: Series[]
}) {
  const { reports: words } = useWords()
  const canvas = useRef<HTMLCanvasElement>(null)
  const said = JSON.stringify([labels, series])
  useEffect(() => {
    if (!canvas.current) return
    const [given, drawn] = JSON.parse(said) as [string[], Series[]]
    const style = getComputedStyle(document.documentElement)
    const colour = (variable: string) => style.getPropertyValue(variable).trim()
    const axis = { ticks: { color: colour('--quiet') }, grid: { color: colour('--line') } }
    const drawing = new Drawing(canvas.current, {
      type: 'bar',
      data: {
        labels: given,
        datasets: drawn.map(each => ({
          ...{ label: each.name, data: each.values, backgroundColor: colour(each.colour), borderRadius: 3 },
        })),
      },
      options: {
        ...{ responsive: true, maintainAspectRatio: false, animation: false },
        plugins: { legend: { labels: { color: colour('--ink'), boxWidth: 12 }, display: drawn.length > 1 } },
        scales: {
          x: { ...axis, grid: { display: false } },
          y: { ...axis, beginAtZero: true, ticks: { ...axis.ticks, precision: 0 } },
        },
      },
    })
    return () => drawing.destroy()
  }, [said])
  const rows = labels.map((label, nth) => ({ label, values: series.map(each => each.values[nth] ?? 0) }))
  return (
    <>
      <div className="h-56">
        <canvas ref={canvas} role="img" aria-label={name} />
      </div>
      <details className="text-sm">
        <summary className="cursor-pointer font-medium text-accent">{words.table}</summary>
        <Table
          label={name}
          rows={rows}
          keyOf={row => row.label}
          columns={[
            { head, cell: row => row.label, grows: true },
            ...series.map((each, nth) => ({
              ...{ head: each.name, isNumber: true },
              cell: (row: (typeof rows)[number]) => row.values[nth] ?? 0,
            })),
          ]}
        />
      </details>
    </>
  )
}
