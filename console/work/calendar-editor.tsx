/** Hours of a week with several blocks a day, and the days on which nobody works. */
import { useState } from 'react'
import { type Calendar, calendarsQuery } from '../api/calendars.ts'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField, Tick } from '../ui/form.tsx'
import { timeZones } from '../ui/time-zones.ts'
import { Holidays } from './holidays.tsx'
import { Week } from './week.tsx'

const refresh = [calendarsQuery.queryKey, ['tickets']]
const office: [string, string][] = [['09:00', '18:00']]

export function CalendarEditor({ calendar: given, onClose }: { calendar: Calendar | null; onClose: () => void }) {
  const { calendars: words } = useWords()
  const { common } = useText()
  const [name, setName] = useState(given?.name ?? '')
  const [isDefault, setDefault] = useState(given?.isDefault ?? false)
  const [calendar, setCalendar] = useState<Calendar['calendar']>(
    given?.calendar ?? {
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      week: { 1: office, 2: office, 3: office, 4: office, 5: office },
      holidays: [],
    },
  )
  const set = (change: Partial<typeof calendar>) => setCalendar({ ...calendar, ...change })
  const save = useAct(
    () =>
      given
        ? ask(
            api.calendars[':id'].$patch({
              param: { id: given.id },
              json: { name, calendar, ...(isDefault ? { isDefault } : {}) },
            }),
          )
        : ask(api.calendars.$post({ json: { name, calendar, isDefault } })),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api.calendars[':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={given ? words.edit : words.add} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={words.name} name="name" value={name} onChange={setName} required />
          <Choice
            label={words.timeZone}
            value={calendar.timeZone}
            onChange={timeZone => set({ timeZone })}
            options={timeZones(calendar.timeZone).map(each => [each, each.replaceAll('_', ' ')])}
          />
        </div>
        <Week week={calendar.week} onChange={week => set({ week })} />
        <Holidays
          holidays={calendar.holidays}
          calendarId={given?.id ?? null}
          onChange={holidays => set({ holidays })}
        />
        <Tick label={words.makeDefault} value={isDefault} onChange={setDefault} disabled={given?.isDefault ?? false} />
      </Form>
      {given && !given.isDefault && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(given.name)}
          yes={common.remove}
          onYes={() => remove.mutate(given.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
