/** A message as the phone shows it: what it says, when, and what became of it. */
import { AlertTriangle, Check, CheckCheck, Clock, CornerUpLeft, FileText, HelpCircle, RotateCw } from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import type { Message } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Hint } from '../ui/hint.tsx'
import { useDates } from '../ui/time.ts'

type BubbleProps = {
  message: Message
  original: Message | undefined
  reactions: string[] | undefined
  customer: string
  onAnswer: ((id: string) => void) | undefined
  onDecide: ((id: string, again: boolean) => void) | undefined
}

export const Bubble = memo(function Bubble({
  message,
  original,
  reactions = [],
  customer,
  onAnswer,
  onDecide,
}: BubbleProps) {
  const { message: text } = useText()
  const isMine = message.direction === 'out'
  const author = isMine ? (message.author ?? (message.origin === 'bot' ? text.bot : '')) : ''
  return (
    <article
      className={cx('group flex max-w-[88%] items-start gap-1 md:max-w-[72%]', isMine && 'ml-auto flex-row-reverse')}
    >
      <div
        className={cx(
          'relative min-w-20 rounded-2xl px-3 py-2 shadow-xs',
          isMine ? 'rounded-tr-md bg-mine' : 'rounded-tl-md bg-theirs',
          message.status === 'failed' && 'ring-1 ring-danger',
          reactions.length > 0 && 'mb-3',
        )}
      >
        {author && <p className="text-xs font-semibold text-accent">{author}</p>}
        {original && <Quote message={original} customer={customer} />}
        <File message={message} />
        <Body message={message} />
        <Foot message={message} />
        {reactions.length > 0 && (
          <span className="absolute -bottom-3 left-2 rounded-full border border-line bg-raised px-1.5 text-sm shadow-xs">
            {reactions.join(' ')}
          </span>
        )}
        <Failure message={message} onDecide={onDecide} />
      </div>
      {message.wamid && onAnswer && (
        <IconButton
          small
          label={text.replyTo}
          onClick={() => onAnswer(message.id)}
          className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
        >
          <CornerUpLeft />
        </IconButton>
      )}
    </article>
  )
})

function Body({ message: { kind, text, content, media } }: { message: Message }) {
  if (kind === 'order') return <Order text={text} content={content} />
  // What a file is, it shows better than the label in front of its caption says.
  const said = media ? text.replace(/^\[[^\]]+\]\s*/, '') : text
  if (!said) return null
  return <p className="break-words whitespace-pre-wrap">{linked(said)}</p>
}

/** Addresses of the web can be opened; nothing else of a text is understood. */
function linked(text: string): ReactNode[] {
  return text.split(/(https?:\/\/[^\s<>"']+)/g).map((part, nth) =>
    nth % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text never move
      <a key={nth} href={part} target="_blank" rel="noreferrer noopener" className="text-accent underline">
        {part}
      </a>
    ),
  )
}

function Quote({ message, customer }: { message: Message; customer: string }) {
  const { message: text } = useText()
  return (
    <blockquote className="mb-1 rounded-lg border-l-3 border-accent bg-page/70 px-2.5 py-1 text-sm">
      <p className="text-xs font-semibold text-accent">
        {message.direction === 'in' ? customer : (message.author ?? text.you)}
      </p>
      <p className="line-clamp-2 text-quiet">{message.text}</p>
    </blockquote>
  )
}

const here = (url: string) => {
  const { pathname, search } = new URL(url, location.origin)
  return pathname + search
}

function File({ message: { media, text: words } }: { message: Message }) {
  const { message: text } = useText()
  const [isOpen, setOpen] = useState(false)
  if (!media) return null
  if (!media.url) {
    const isComing = media.state === 'waiting'
    return (
      <p className="mb-1 flex items-center gap-2 rounded-lg bg-page/70 px-3 py-2 text-sm text-quiet">
        {isComing ? <Clock className="size-4" /> : <AlertTriangle className="size-4 text-danger" />}
        {isComing ? text.fetching : `${text.notHere}. ${media.cause ?? ''}`}
      </p>
    )
  }
  const url = here(media.url)
  switch (media.kind) {
    case 'image':
    case 'sticker':
      return (
        <>
          <button type="button" onClick={() => setOpen(true)} className="mb-1 block overflow-hidden rounded-xl">
            <img
              src={media.thumbnailUrl ? here(media.thumbnailUrl) : url}
              alt={words || text.picture}
              loading="lazy"
              className={
                media.kind === 'sticker' ? 'size-32 object-contain' : 'max-h-72 w-auto max-w-full object-cover'
              }
              {...(media.width && media.height ? { style: { aspectRatio: `${media.width} / ${media.height}` } } : {})}
            />
          </button>
          <Dialog open={isOpen} onClose={() => setOpen(false)} title={media.fileName ?? text.picture} wide>
            <img src={url} alt={words || text.picture} className="max-h-[60vh] object-contain" />
            <a href={url} download={media.fileName ?? ''} className="text-accent underline">
              {text.download}
            </a>
          </Dialog>
        </>
      )
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: customers send none
      return <video controls preload="metadata" src={url} className="mb-1 max-h-72 max-w-full rounded-xl" />
    case 'audio':
    case 'voice':
      // biome-ignore lint/a11y/useMediaCaption: customers send none
      return <audio controls preload="metadata" src={url} className="mb-1 w-64 max-w-full" />
    default:
      return (
        <a
          href={url}
          download={media.fileName ?? ''}
          className="mb-1 flex items-center gap-3 rounded-xl bg-page/70 px-3 py-2.5 hover:bg-page"
        >
          <FileText className="size-6 shrink-0 text-accent" />
          <span className="min-w-0">
            <span className="block truncate font-medium">{media.fileName ?? media.mime}</span>
            <span className="text-xs text-quiet">{sizeOf(media.bytes)}</span>
          </span>
        </a>
      )
  }
}

function sizeOf(bytes: number | null): string {
  if (bytes === null) return ''
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

type OrderItem = { name?: unknown; productId?: unknown; quantity?: unknown; price?: unknown; currency?: unknown }

function Order({ text, content }: { text: string; content: Message['content'] }) {
  const { message: words } = useText()
  const items = Array.isArray(content?.items) ? (content.items as OrderItem[]) : []
  if (items.length === 0) return <p className="whitespace-pre-wrap">{text}</p>
  const currency = String(items[0]?.currency ?? '')
  const total = items.reduce((sum, { price, quantity }) => sum + Number(price ?? 0) * Number(quantity ?? 1), 0)
  return (
    <div className="min-w-56">
      <p className="mb-1 font-semibold">{words.order}</p>
      <ul className="text-sm">
        {items.map(item => (
          <li key={String(item.productId)} className="flex justify-between gap-4">
            <span>
              {String(item.quantity ?? 1)} × {String(item.name ?? item.productId)}
            </span>
            <span>{String(item.price ?? '')}</span>
          </li>
        ))}
      </ul>
      <p className="mt-1 flex justify-between border-t border-line pt-1 font-semibold">
        <span>{words.total}</span>
        <span>
          {total.toFixed(2)} {currency}
        </span>
      </p>
    </div>
  )
}

function Foot({ message: { at, direction, status } }: { message: Message }) {
  const { message: text } = useText()
  const dates = useDates()
  return (
    <footer className="mt-0.5 flex items-center justify-end gap-1 text-[11px] text-quiet">
      {at && (
        <time dateTime={at} title={dates.whole(at)}>
          {dates.clock(at)}
        </time>
      )}
      {direction === 'out' && (
        <Hint text={text.status[status]}>
          <span role="img" aria-label={text.status[status]} className="[&_svg]:size-3.5">
            {marks[status]}
          </span>
        </Hint>
      )}
    </footer>
  )
}

const marks: Record<Message['status'], ReactNode> = {
  received: null,
  queued: <Clock />,
  sending: <Clock />,
  uncertain: <HelpCircle className="text-warn" />,
  accepted: <Check />,
  sent: <Check />,
  delivered: <CheckCheck />,
  read: <CheckCheck className="text-sky-600 dark:text-sky-400" />,
  played: <CheckCheck className="text-sky-600 dark:text-sky-400" />,
  failed: <AlertTriangle className="text-danger" />,
}

/** Why it did not arrive, in plain words, and what can be done. */
function Failure({ message, onDecide }: { message: Message; onDecide: BubbleProps['onDecide'] }) {
  const { message: text } = useText()
  const { id, status, failure, decision } = message
  const isOpen = status === 'failed' || status === 'uncertain'
  if (!isOpen && !failure) return null
  return (
    <div className="mt-1.5 flex flex-col gap-1.5 border-t border-danger/30 pt-1.5 text-sm">
      <p className={status === 'uncertain' ? 'text-warn' : 'text-danger'}>
        {failure?.sentence ?? failure?.reason ?? text.status[status]}
        {failure?.fix && <span className="block text-quiet">{failure.fix}</span>}
      </p>
      {decision === 'resent' && <p className="text-quiet">{text.resent}</p>}
      {isOpen && !decision && onDecide && (
        <span className="flex gap-2">
          <Button small onClick={() => onDecide(id, true)}>
            <RotateCw className="size-3.5" /> {text.resend}
          </Button>
          <Button small look="quiet" onClick={() => onDecide(id, false)}>
            {text.dismiss}
          </Button>
        </span>
      )}
    </div>
  )
}
