/** Routing rules in their order: how often each has held, and when last. */
import { useQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, GitFork, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/work/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { useDates } from '../ui/time.ts'
import { Queue } from './queue.tsx'
import { RuleEditor } from './rule-editor.tsx'
import { type Rule, rulesQuery } from './rule-questions.ts'
import { useSummary } from './rule-words.ts'

export function Rules() {
  const { rules: words } = useWords()
  const mayManage = useMay('routing.manage')
  const rules = useQuery(rulesQuery)
  const [edited, setEdited] = useState<Rule | 'new' | null>(null)
  const order = useAct((ids: string[]) => ask(api['routing-rules'].order.$put({ json: { ids } })), {
    refresh: [rulesQuery.queryKey],
  })
  const swap = (items: Rule[], nth: number, by: 1 | -1) => {
    const ids = items.map(({ id }) => id)
    const [one, other] = [ids[nth], ids[nth + by]]
    if (!one || !other) return
    ids[nth] = other
    ids[nth + by] = one
    order.mutate(ids)
  }
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        mayManage && (
          <Button look="accent" onClick={() => setEdited('new')}>
            <Plus className="size-4" /> {words.add}
          </Button>
        )
      }
    >
      <Loaded query={rules}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<GitFork />} title={words.none} lead={words.noneLead} />
          ) : (
            <ol aria-label={words.title} className="flex flex-col gap-2">
              {items.map((rule, nth) => (
                <li key={rule.id} className="flex items-center gap-2 rounded-xl border border-line bg-panel p-3">
                  {mayManage && (
                    <span className="flex shrink-0 flex-col">
                      <IconButton
                        label={words.up(rule.name)}
                        small
                        disabled={nth === 0 || order.isPending}
                        onClick={() => swap(items, nth, -1)}
                      >
                        <ArrowUp />
                      </IconButton>
                      <IconButton
                        label={words.down(rule.name)}
                        small
                        disabled={nth === items.length - 1 || order.isPending}
                        onClick={() => swap(items, nth, 1)}
                      >
                        <ArrowDown />
                      </IconButton>
                    </span>
                  )}
                  <Line rule={rule} onOpen={mayManage ? () => setEdited(rule) : undefined} />
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      <Queue />
      {edited && <RuleEditor rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </Page>
  )
}

function Line({ rule, onOpen }: { rule: Rule; onOpen: (() => void) | undefined }) {
  const { rules: words } = useWords()
  const dates = useDates()
  const summary = useSummary(rule)
  const { id, name, enabled, hits, lastHitAt } = rule
  const turn = useAct(
    (isOn: boolean) => ask(api['routing-rules'][':id'].$patch({ param: { id }, json: { enabled: isOn } })),
    { refresh: [rulesQuery.queryKey] },
  )
  return (
    <div className="flex min-w-0 grow flex-wrap items-center gap-x-4 gap-y-1">
      <div className="min-w-0 grow basis-60">
        {onOpen ? (
          <button type="button" onClick={onOpen} className="text-left font-semibold hover:text-accent">
            {name}
          </button>
        ) : (
          <b>{name}</b>
        )}
        <p className="text-sm text-quiet">{summary}</p>
      </div>
      <span className="text-sm text-quiet">
        <Chip tone={hits > 0 ? 'good' : 'warn'}>{words.hits(hits)}</Chip>{' '}
        {lastHitAt ? words.lastHit(dates.whole(lastHitAt)) : words.neverHit}
      </span>
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          role="switch"
          aria-checked={enabled}
          aria-label={words.turnOn(name)}
          checked={enabled}
          disabled={!onOpen || turn.isPending}
          onChange={event => turn.mutate(event.target.checked)}
          className="size-4 accent-(--accent)"
        />
        {enabled ? words.on : words.off}
      </label>
    </div>
  )
}
