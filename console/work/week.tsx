import { Plus, X } from 'lucide-react'
import type { Calendar } from '../api/calendars.ts'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { IconButton } from '../ui/button.tsx'
import { inputLook } from '../ui/parts.tsx'

type Week = Calendar['calendar']['week']
const days = [1, 2, 3, 4, 5, 6, 7] as const
/** A Monday, to ask for the names of the days. */
const MONDAY = Date.UTC(2026, 0, 5)

/** Blocks by weekday, from Monday on. */
export function Week({ week, onChange }: { week: Week; onChange: (week: Week) => void }) {
  const { calendars: words } = useWords()
  const names = new Intl.DateTimeFormat(useLanguage(), { weekday: 'long', timeZone: 'UTC' })
  const blocksOf = (day: number): [string, string][] => (week as Record<number, [string, string][]>)[day] ?? []
  const set = (day: number, blocks: [string, string][]) => {
    const { [day]: _, ...others } = week as Record<number, [string, string][]>
    onChange((blocks.length > 0 ? { ...others, [day]: blocks } : others) as Week)
  }
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{words.week}</legend>
      {days.map(day => {
        const name = names.format(MONDAY + (day - 1) * 86_400_000)
        const blocks = blocksOf(day)
        const last = blocks.at(-1)?.[1] ?? '09:00'
        return (
          <div key={day} className="flex flex-wrap items-center gap-2 text-sm">
            <span className="w-24 capitalize">{name}</span>
            {blocks.length === 0 && <span className="text-quiet">{words.closed}</span>}
            {blocks.map(([from, to], nth) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no name but their place
              <span key={nth} className="flex items-center gap-1">
                <input
                  type="time"
                  aria-label={`${name}: ${words.from}`}
                  value={from}
                  onChange={event =>
                    set(
                      day,
                      blocks.map((block, at) => (at === nth ? [event.target.value, block[1]] : block)),
                    )
                  }
                  className={`${inputLook} !w-28`}
                />
                –
                <input
                  type="time"
                  aria-label={`${name}: ${words.to}`}
                  value={to === '24:00' ? '23:59' : to}
                  onChange={event =>
                    set(
                      day,
                      blocks.map((block, at) => (at === nth ? [block[0], event.target.value] : block)),
                    )
                  }
                  className={`${inputLook} !w-28`}
                />
                <IconButton
                  label={words.removeBlock}
                  small
                  onClick={() =>
                    set(
                      day,
                      blocks.filter((_, at) => at !== nth),
                    )
                  }
                >
                  <X />
                </IconButton>
              </span>
            ))}
            <IconButton
              label={words.addBlock(name)}
              small
              onClick={() => set(day, [...blocks, blocks.length > 0 ? [last, '23:00'] : ['09:00', '18:00']])}
            >
              <Plus />
            </IconButton>
          </div>
        )
      })}
    </fieldset>
  )
}
