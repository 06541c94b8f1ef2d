/** Messages and what else happened, in its order, by days. Knows no hub: it stands in the console and inside of CRMs. */
import { ArrowDown } from 'lucide-react'
import { type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Message } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { useDates } from '../ui/time.ts'
import { Bubble } from './message.tsx'

/** What stands between messages: of one instant an event before the message, a note behind it. */
export type Beside = { key: string; at: string; kind: 'event' | 'note'; shown: ReactNode }
type Entry = Beside | { key: string; at: string; kind: 'message'; message: Message }

type Props = {
  messages: readonly Message[]
  beside: readonly Beside[]
  customer: string
  onAnswer?: (messageId: string) => void
  /** What is to become of one that did not arrive. */
  onDecide?: (messageId: string, again: boolean) => void
}

export function Chronology({ messages, beside, customer, onAnswer, onDecide }: Props) {
  const { message: text, ticket: words } = useText()
  const dates = useDates()
  const entries = useMemo(() => entriesOf(messages, beside), [messages, beside])
  const reactions = useMemo(() => reactionsOf(messages), [messages])
  const byWamid = useMemo(() => new Map(messages.map(each => [each.wamid, each])), [messages])
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight })
  const count = entries.length
  // Whoever reads further up is left there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new entry is what it waits for
  useLayoutEffect(() => {
    if (isAtEnd) toEnd()
  }, [count])
  let day = ''
  return (
    <div className="relative min-h-0 grow">
      <div
        ref={box}
        role="log"
        aria-label={words.conversation}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        onScroll={({ currentTarget: at }) => setAtEnd(at.scrollHeight - at.scrollTop - at.clientHeight < 80)}
        className="scroller flex h-full flex-col gap-1.5 overflow-y-auto px-3 py-4 md:px-6"
      >
        {entries.map(entry => {
          const today = entry.at && dates.day(entry.at)
          const isNewDay = today !== day
          day = today
          return (
            <div key={entry.key} className="flex flex-col gap-1.5">
              {isNewDay && (
                <h2 className="mx-auto my-2 rounded-full bg-raised px-3 py-0.5 text-xs font-medium text-quiet shadow-xs">
                  {today}
                </h2>
              )}
              {entry.kind === 'message' ? (
                <Bubble
                  message={entry.message}
                  original={byWamid.get(entry.message.replyToWamid ?? '')}
                  reactions={reactions.get(entry.message.wamid ?? '')}
                  customer={customer}
                  onAnswer={onAnswer}
                  onDecide={onDecide}
                />
              ) : (
                entry.shown
              )}
            </div>
          )
        })}
      </div>
      {!isAtEnd && (
        <IconButton
          label={text.newest}
          look="plain"
          onClick={toEnd}
          className="absolute right-5 bottom-3 rounded-full shadow-lg"
        >
          <ArrowDown />
        </IconButton>
      )}
    </div>
  )
}

const ranks = { event: 0, message: 1, note: 2 }

function entriesOf(messages: readonly Message[], beside: readonly Beside[]): Entry[] {
  const said = messages
    .filter(({ kind }) => kind !== 'reaction')
    .map(message => ({ key: message.id, at: message.at ?? '', kind: 'message' as const, message }))
  return [...said, ...beside].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || ranks[a.kind] - ranks[b.kind])
}

/** The last reaction of each side to each message; an empty one takes it back. */
function reactionsOf(messages: readonly Message[]): Map<string, string[]> {
  const of = new Map<string, Map<string, string>>()
  for (const { kind, targetWamid, direction, author, content, text } of messages) {
    if (kind !== 'reaction' || !targetWamid) continue
    const emoji = typeof content?.emoji === 'string' ? content.emoji : text
    const by = of.get(targetWamid) ?? new Map<string, string>()
    by.set(`${direction} ${author}`, emoji)
    of.set(targetWamid, by)
  }
  return new Map([...of].map(([wamid, by]) => [wamid, [...by.values()].filter(emoji => emoji !== '')]))
}
