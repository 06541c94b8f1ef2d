import { useQuery } from '@tanstack/react-query'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Loaded } from '../ui/page.tsx'
import { useSpan } from '../ui/time.ts'
import { Figure } from './figure.tsx'
import { type Period, reportQuery } from './report-questions.ts'

/** The numbers of the whole time. */
export function Figures({ period }: { period: Period }) {
  const { reports: words } = useWords()
  const language = useLanguage()
  const span = useSpan()
  const report = useQuery(reportQuery(period, 'none'))
  const percent = (rate: number | null) =>
    rate === null ? '—' : rate.toLocaleString(language, { style: 'percent', maximumFractionDigits: 0 })
  const time = (ms: number | null) => (ms === null ? '—' : span(ms))
  return (
    <Loaded query={report} rows={2}>
      {({ rows: [row] }) =>
        row ? (
          <div className="grid grid-cols-2 gap-3 md:grid-cols-5">
            <Figure name={words.opened} value={row.opened.toLocaleString(language)} />
            <Figure name={words.resolved} value={row.resolved.toLocaleString(language)} />
            <Figure name={words.frt} value={time(row.frtMedianMs)} />
            <Figure name={words.ttr} value={time(row.ttrMedianMs)} />
            <Figure name={words.frtMet} value={percent(row.frtMet)} />
            <Figure name={words.fcr} value={percent(row.fcr)} />
            <Figure name={words.rate} value={percent(row.resolutionRate)} />
            <Figure name={words.messages} value={(row.messagesIn + row.messagesOut).toLocaleString(language)} />
            <Figure name={words.ads} value={row.fromAds.toLocaleString(language)} />
            <Figure name={words.csat} value={row.csat === null ? '—' : row.csat.toLocaleString(language)} />
          </div>
        ) : (
          <p className="text-quiet">{words.nothing}</p>
        )
      }
    </Loaded>
  )
}
