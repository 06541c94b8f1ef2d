/** A plan: how many records, what it costs, and each change as it was and as it would be. */
import { useQuery } from '@tanstack/react-query'
import { MoveRight } from 'lucide-react'
import { api, ask } from '../api/client.ts'
import type { Answer } from '../api/types.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Facts, Loaded } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'

export type Plan = Answer<(typeof api.plans)[':id']['$get']>
const acts = ['create', 'update', 'conflict', 'skip'] as const
const tones = { create: 'good', update: 'accent', conflict: 'warn', skip: 'plain' } as const

export function PlanView({ plan }: { plan: Plan }) {
  const words = useWords()
  const items = useQuery({
    queryKey: ['plans', plan.id, 'items'],
    queryFn: () => ask(api.plans[':id'].items.$get({ param: { id: plan.id }, query: { limit: '100' } })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap gap-2">
        {acts.map(
          act => plan[act] > 0 && <Chip key={act} tone={tones[act]}>{`${words.acts[act]}: ${plan[act]}`}</Chip>,
        )}
        <Chip>{`${words.unchanged}: ${plan.unchanged}`}</Chip>
      </p>
      <Facts
        items={[
          [words.cost, plan.writes === null ? words.noCost : words.writesCount(plan.writes)],
          ...plan.calls.map(
            ({ method, path, calls }) =>
              [
                `${calls} × ${method}`,
                <code key={path} className="text-xs break-all">
                  {path}
                </code>,
              ] as const,
          ),
        ]}
      />
      {!plan.isWhole && <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn">{words.notWhole}</p>}
      <Loaded query={items}>
        {({ items: rows }) =>
          rows.length === 0 ? (
            <p className="text-quiet">{words.nothingToWrite}</p>
          ) : (
            <section
              aria-label={words.changes}
              className="scroller max-h-72 overflow-y-auto rounded-xl border border-line"
            >
              <ul>
                {rows.map(({ id, label, recordId, act, fields, reason }) => (
                  <li key={id} className="border-b border-line px-3 py-2 text-sm last:border-0">
                    <p className="flex items-center gap-2">
                      <Chip tone={tones[act]}>{words.acts[act]}</Chip>
                      <b className="truncate">{label ?? recordId}</b>
                    </p>
                    {reason && <p className="text-quiet">{reason}</p>}
                    <Changes fields={fields} />
                  </li>
                ))}
              </ul>
            </section>
          )
        }
      </Loaded>
    </div>
  )
}

export function Changes({ fields }: { fields: readonly { field: string; from: string | null; to: string | null }[] }) {
  const { empty } = useWords()
  const value = (text: string | null) => text || <i>{empty}</i>
  return (
    <ul className="mt-1 flex flex-col gap-0.5 text-[13px]">
      {fields.map(({ field, from, to }) => (
        <li key={field} className="flex flex-wrap gap-x-2">
          <code className="text-quiet">{field}</code>
          <del className="text-danger">{value(from)}</del>
          <MoveRight aria-hidden className="size-4 self-center text-quiet" />
          <ins className="font-medium text-good no-underline">{value(to)}</ins>
        </li>
      ))}
    </ul>
  )
}
