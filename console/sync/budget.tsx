/** Calls of a day and of a window: how many are gone, and whether they last. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useLanguage, useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Form, NumberField } from '../ui/form.tsx'
import { Meter } from '../ui/meter.tsx'
import { Section } from '../ui/page.tsx'
import { useDates } from '../ui/time.ts'
import type { HealthAnswer } from './health.tsx'

export function Budget({ connectionId: id, budget }: { connectionId: string; budget: HealthAnswer['budget'] }) {
  const { budget: words } = useWords()
  const { common } = useText()
  const dates = useDates()
  const language = useLanguage()
  const mayManage = useMay('connections.manage')
  const [share, setShare] = useState<number | null>(budget.dailyShare)
  const count = (n: number) => n.toLocaleString(language)
  const save = useAct(
    (dailyShare: number) => ask(api.connections[':id'].budget.$put({ param: { id }, json: { dailyShare } })),
    { isForm: true, said: words.saved, refresh: [['health', id]] },
  )
  const { dailyMax, dailyUsed, usedUpAt, quietUntil, callsPerHour, window } = budget
  return (
    <Section title={words.title} lead={words.lead}>
      {dailyMax === null ? (
        <p className="text-sm">{words.usedToday(count(dailyUsed))}</p>
      ) : (
        <>
          <Meter label={words.title} value={dailyUsed} max={dailyMax} tone={usedUpAt ? 'warn' : 'accent'} />
          <p className="text-sm">
            {words.used(count(dailyUsed), count(dailyMax))} · {words.pace(count(callsPerHour))} ·{' '}
            {usedUpAt ? words.endsAt(dates.whole(usedUpAt)) : words.lasts}
          </p>
        </>
      )}
      <p className="text-sm text-quiet">
        {words.window(`${count(window.used)} / ${count(window.max)}`)}
        {quietUntil && ` · ${words.quiet(dates.whole(quietUntil))}`}
      </p>
      {mayManage && dailyMax !== null && (
        <details className="text-sm">
          <summary className="cursor-pointer font-medium">{words.share}</summary>
          <div className="mt-3 max-w-xs">
            <Form
              onSubmit={() => share && save.mutate(share)}
              submit={common.save}
              error={save.error}
              isBusy={save.isPending}
            >
              <NumberField
                label={words.share}
                name="dailyShare"
                value={share}
                onChange={setShare}
                min={1}
                max={100}
                required
              />
            </Form>
          </div>
        </details>
      )}
    </Section>
  )
}
