import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import type { Answer } from '../api/types.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Facts, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { useDates, useSpan } from '../ui/time.ts'

export type HealthAnswer = Answer<(typeof api.connections)[':id']['health']['$get']>

export const healthQuery = (id: string) =>
  queryOptions({
    queryKey: ['health', id],
    queryFn: () => ask(api.connections[':id'].health.$get({ param: { id } })),
    refetchInterval: 15_000,
  })

const tones = { well: 'good', attention: 'warn', stopped: 'danger' } as const

/** How it fares: each cause with what mends it, then the figures. */
export function Health({ health, webhookUrl }: { health: HealthAnswer; webhookUrl: string }) {
  const { one, level: levels, lanes, connections: words } = useWords()
  const dates = useDates()
  const span = useSpan()
  const when = (at: string | null | undefined) => (at ? dates.whole(at) : '—')
  return (
    <Section
      title={one.health}
      lead={one.lead}
      actions={<Chip tone={tones[health.level]}>{levels[health.level]}</Chip>}
    >
      {health.causes.map(({ code, cause, fix }) => (
        <div key={code} className="rounded-xl bg-warn-soft p-3 text-sm text-warn">
          <p className="font-semibold">{cause}</p>
          <p>
            {one.fix}: {fix}
          </p>
        </div>
      ))}
      <div className="grid gap-5 md:grid-cols-2">
        <Facts
          items={[
            [one.lag, health.lagMs > 0 ? span(health.lagMs) : one.noLag],
            [one.lastWebhook, when(health.lastWebhookAt)],
            [one.feed, health.feed?.error ?? when(health.feed?.readAt)],
            [one.unread, health.unread],
            [one.refused, health.refused],
            [one.held, health.held],
          ]}
        />
        <Facts
          items={[
            ...health.queue.map(
              ({ lane, waiting, failing }) =>
                [
                  lanes[lane],
                  failing > 0 ? `${words.waiting(waiting)} · ${words.failing(failing)}` : words.waiting(waiting),
                ] as const,
            ),
            [
              one.webhookUrl,
              <code key="url" className="text-xs break-all select-all">
                {webhookUrl}
              </code>,
            ],
          ]}
        />
      </div>
    </Section>
  )
}
