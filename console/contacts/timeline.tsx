import { Link } from '@tanstack/react-router'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useWords } from '../i18n/contacts/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Loaded, Section } from '../ui/page.tsx'
import { useDates } from '../ui/time.ts'

/** All messages with a person over all numbers, newest first. */
export function Timeline({ contactId: id }: { contactId: string }) {
  const { one } = useWords()
  const { common, message } = useText()
  const dates = useDates()
  const list = usePages(['contacts', id, 'timeline'], cursor =>
    ask(api.contacts[':id'].timeline.$get({ param: { id }, query: { limit: '30', ...cursor } })),
  )
  return (
    <Section title={one.timeline}>
      <Loaded query={list.query}>
        {rows =>
          rows.length === 0 ? (
            <p className="text-sm text-quiet">{one.noMessages}</p>
          ) : (
            <ol className="flex flex-col gap-2">
              {rows.map(({ id: each, direction, text, author, at, ticketId, status }) => (
                <li
                  key={each}
                  className={cx(
                    'max-w-[85%] rounded-2xl px-3 py-2 text-sm',
                    direction === 'out' ? 'self-end bg-mine' : 'self-start border border-line bg-theirs',
                  )}
                >
                  {author && direction === 'out' && <b className="block text-xs text-accent">{author}</b>}
                  <span className="whitespace-pre-wrap wrap-break-word">{text}</span>
                  <span className="block text-right text-xs text-quiet">
                    {direction === 'out' && `${message.status[status]} · `}
                    {ticketId && at ? (
                      <Link to="/inbox/$ticket" params={{ ticket: ticketId }} className="underline">
                        {dates.whole(at)}
                      </Link>
                    ) : (
                      at && dates.whole(at)
                    )}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
      {list.more.has && (
        <Button small className="self-center" disabled={list.more.isBusy} onClick={list.more.get}>
          {common.showMore}
        </Button>
      )}
    </Section>
  )
}
