import { X } from 'lucide-react'
import { useState } from 'react'
import { type Calendar, calendarsQuery } from '../api/calendars.ts'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextField } from '../ui/form.tsx'
import { hubNow } from '../ui/time.ts'

type Days = Calendar['calendar']['holidays']
const dateOf = (day: Days[number]) => (typeof day === 'string' ? day : day.date)

/** Days on which nobody works: one's own, and those of a country. */
export function Holidays({
  holidays,
  calendarId,
  onChange,
}: {
  holidays: Days
  /** Null of a calendar that is not kept yet, which has no place for a country's. */
  calendarId: string | null
  onChange: (holidays: Days) => void
}) {
  const { calendars: words } = useWords()
  const names = new Intl.DateTimeFormat(useLanguage(), { dateStyle: 'long', timeZone: 'UTC' })
  const [date, setDate] = useState('')
  const [country, setCountry] = useState('MX')
  const year = new Date(hubNow()).getFullYear()
  const bring = useAct(
    (id: string) =>
      ask(api.calendars[':id'].holidays.$post({ param: { id }, json: { country, years: [year, year + 1] } })),
    { said: words.imported, refresh: [calendarsQuery.queryKey], onDone: made => onChange(made.calendar.holidays) },
  )
  const add = () => {
    if (date && !holidays.some(day => dateOf(day) === date)) onChange([...holidays, date])
    setDate('')
  }
  const sorted = [...holidays].sort((a, b) => dateOf(a).localeCompare(dateOf(b)))
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1.5 text-sm font-medium">{words.holidays}</legend>
      {sorted.length === 0 && <p className="text-sm text-quiet">{words.noHolidays}</p>}
      <ul className="flex flex-wrap gap-1.5 text-sm">
        {sorted.map(day => {
          const said = names.format(new Date(`${dateOf(day)}T00:00:00Z`))
          return (
            <li key={dateOf(day)} className="flex items-center rounded-full bg-page pl-3">
              {said}
              {typeof day !== 'string' && ` · ${day.name}`}
              <IconButton
                label={words.removeHoliday(said)}
                small
                onClick={() => onChange(holidays.filter(each => dateOf(each) !== dateOf(day)))}
              >
                <X />
              </IconButton>
            </li>
          )
        })}
      </ul>
      <div className="flex flex-wrap items-end gap-2">
        <TextField label={words.addHoliday} type="date" value={date} onChange={setDate} />
        <Button disabled={!date} onClick={add}>
          {words.addHoliday}
        </Button>
      </div>
      {calendarId && (
        <div className="flex flex-wrap items-end gap-2">
          <TextField label={words.country} value={country} onChange={text => setCountry(text.toUpperCase())} />
          <Button disabled={bring.isPending || !country} onClick={() => bring.mutate(calendarId)}>
            {words.import}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
