/** Reports of a time: figures, volumes, hours, people, and how much of what was promised was kept. */
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../api/session.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Choice } from '../ui/form.tsx'
import { Loaded, Page, Section } from '../ui/page.tsx'
import { hubNow } from '../ui/time.ts'
import { channelsQuery } from '../whatsapp/channels.tsx'
import { Attainment } from './attainment.tsx'
import { ByAgent } from './by-agent.tsx'
import { Chart } from './chart.tsx'
import { Figures } from './figures.tsx'
import { hoursQuery, type Period, type ReportRow, reportQuery } from './report-questions.ts'

const spans = ['7', '30', '90'] as const

export function Reports() {
  const { reports: words, views } = useWords()
  const mayExport = useMay('exports.make')
  const { data: teams } = useQuery(teamsQuery)
  const { data: channels } = useQuery(channelsQuery)
  const [days, setDays] = useState<(typeof spans)[number]>('30')
  const [teamId, setTeam] = useState('')
  const [channelId, setChannel] = useState('')
  const period = periodOf(Number(days), { teamId, channelId })
  const byDay = useQuery(reportQuery(period, 'day'))
  const hours = useQuery(hoursQuery(period))
  return (
    <Page
      title={views.reports}
      lead={words.lead}
      isWide
      actions={
        mayExport && (
          <a
            href={`/api/v1/reports/tickets.csv?${new URLSearchParams(period)}`}
            download
            className="inline-flex h-10 items-center gap-2 rounded-lg border border-line bg-raised px-3.5 font-medium hover:bg-page"
          >
            <Download className="size-4" /> {words.csv}
          </a>
        )
      }
    >
      <div className="grid gap-3 sm:grid-cols-3">
        <Choice
          label={words.period}
          value={days}
          onChange={each => each && setDays(each)}
          options={spans.map(each => [each, words.days(Number(each))])}
        />
        <Choice
          label={words.team}
          value={teamId}
          none={words.all}
          onChange={setTeam}
          options={(teams?.items ?? []).map(({ id, name }) => [id, name])}
        />
        <Choice
          label={words.channel}
          value={channelId}
          none={words.all}
          onChange={setChannel}
          options={(channels?.items ?? []).map(({ id, name }) => [id, name])}
        />
      </div>
      <Figures period={period} />
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Section title={words.byDay}>
          <Loaded query={byDay}>
            {({ rows }) =>
              rows.length === 0 ? (
                <p className="text-sm text-quiet">{words.nothing}</p>
              ) : (
                <Days period={period} rows={rows} />
              )
            }
          </Loaded>
        </Section>
        <Section title={words.byHour}>
          <Loaded query={hours}>{({ hours: found }) => <Hours found={found} />}</Loaded>
        </Section>
        <ByAgent period={period} />
        <Attainment period={period} />
      </div>
    </Page>
  )
}

/** Every day of the time, those without a ticket too. */
function Days({ period, rows }: { period: Period; rows: readonly ReportRow[] }) {
  const { reports: words } = useWords()
  const short = new Intl.DateTimeFormat(useLanguage(), { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const days = daysOf(period)
  const values = (key: 'opened' | 'resolved') => days.map(day => rows.find(({ group }) => group === day)?.[key] ?? 0)
  return (
    <Chart
      name={words.byDay}
      head={words.day}
      labels={days.map(day => short.format(new Date(day)))}
      series={[
        { name: words.opened, colour: '--accent', values: values('opened') },
        { name: words.resolved, colour: '--good', values: values('resolved') },
      ]}
    />
  )
}

/** As the hub names them: `2026-11-21`, by the clock on the wall. */
function daysOf({ from, to }: Period): string[] {
  const days: string[] = []
  for (const day = new Date(from); day < new Date(to); day.setDate(day.getDate() + 1)) {
    days.push(
      [day.getFullYear(), day.getMonth() + 1, day.getDate()].map(part => String(part).padStart(2, '0')).join('-'),
    )
  }
  return days
}

function Hours({ found }: { found: { hour: number; received: number; sent: number }[] }) {
  const { reports: words } = useWords()
  const sums = (key: 'received' | 'sent') =>
    Array.from({ length: 24 }, (_, hour) =>
      found.filter(each => each.hour === hour).reduce((sum, each) => sum + each[key], 0),
    )
  return (
    <Chart
      name={words.byHour}
      head={words.hour}
      labels={Array.from({ length: 24 }, (_, hour) => `${hour} h`)}
      series={[
        { name: words.received, colour: '--accent', values: sums('received') },
        { name: words.sent, colour: '--warn', values: sums('sent') },
      ]}
    />
  )
}

/** Whole days of the person’s own time, today with them; the same object all day, so that it is asked once. */
function periodOf(days: number, filter: { teamId: string; channelId: string }): Period {
  const midnight = (inDays: number) => {
    const day = new Date(hubNow())
    day.setDate(day.getDate() + inDays)
    day.setHours(0, 0, 0, 0)
    return day.toISOString()
  }
  return {
    from: midnight(1 - days),
    to: midnight(1),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(filter.teamId ? { teamId: filter.teamId } : {}),
    ...(filter.channelId ? { channelId: filter.channelId } : {}),
  }
}
