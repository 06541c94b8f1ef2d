/** Where the answer is written. Outside WhatsApp's window it becomes the choice of a template. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { LayoutTemplate, Mic, Paperclip, Send, Square, X } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { Problem, post } from '../api/client.ts'
import { useMay, useMe } from '../api/session.ts'
import { acts, agentsQuery, type Content, oneTicket, type Reply, sendReply, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Dialog } from '../ui/dialog.tsx'
import { hubNow } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import { forgetDraft, keepDraft, readDraft } from './drafts.ts'
import { EmojiButton } from './emoji-button.tsx'
import { QuickReplies } from './quick-replies.tsx'
import { TemplatePicker } from './template-picker.tsx'
import { useRecorder } from './use-recorder.ts'

export type ComposerHandle = { focus(tab: Tab): void }
type Tab = 'reply' | 'note'
type Props = {
  ticket: WholeTicket
  /** The message that is answered to. */
  answered: string | null
  onAnswered: () => void
  ref: Ref<ComposerHandle>
}

const TYPING_MS = 15_000

/** Before the id of what the hub does not know yet. */
const PENDING = 'pending '

export function Composer({ ticket, answered, onAnswered, ref }: Props) {
  const { composer: text } = useText()
  const mayReply = useMay('tickets.reply')
  const [tab, setTab] = useState<Tab>('reply')
  const [words, setWords] = useState(() => readDraft(ticket.id))
  const [isPicking, setPicking] = useState(false)
  const [isOver, setOver] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const fileField = useRef<HTMLInputElement>(null)
  const answer = useAnswer(ticket, () => {
    setWords('')
    forgetDraft(ticket.id)
    onAnswered()
  })
  const note = useNote(ticket.number, () => setWords(''))
  const recorder = useRecorder(file => answer.attach(file, 'voice'))
  const isClosed = !ticket.window.open && tab === 'reply'
  useTyping(ticket.id, tab === 'reply' && words.length > 0)

  useImperativeHandle(ref, () => ({
    focus(wanted) {
      setTab(wanted)
      requestAnimationFrame(() => field.current?.focus())
    },
  }))
  useEffect(() => {
    if (tab === 'reply') keepDraft(ticket.id, words)
  }, [ticket.id, words, tab])
  useEffect(() => {
    if (answered) field.current?.focus()
  }, [answered])

  /** Where the cursor is, which then stands behind it. */
  const insert = (emoji: string) => {
    const [from, to] = [field.current?.selectionStart ?? words.length, field.current?.selectionEnd ?? words.length]
    setWords(words.slice(0, from) + emoji + words.slice(to))
    requestAnimationFrame(() => {
      field.current?.focus()
      field.current?.setSelectionRange(from + emoji.length, from + emoji.length)
    })
  }
  const submit = () => {
    const said = words.trim()
    if (!said || answer.isBusy) return
    if (tab === 'note') note.mutate(said)
    else answer.send({ type: 'text', text: said }, answered)
  }
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      submit()
    }
    if (event.key === 'Escape') field.current?.blur()
  }
  const takeFiles = (files: FileList | null | undefined) => {
    for (const file of files ?? []) void answer.attach(file)
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    takeFiles(event.dataTransfer.files)
  }
  const original = ticket.messages.find(message => message.id === answered)
  if (!mayReply) return null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files are dropped on it; a button does the same
    <footer
      className={cx('relative border-t border-line px-3 py-3 md:px-4', tab === 'note' ? 'bg-note' : 'bg-panel')}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {isOver && (
        <p className="absolute inset-2 z-10 flex items-center justify-center rounded-xl border-2 border-dashed border-accent bg-soft font-semibold text-accent">
          {text.dropHere}
        </p>
      )}
      <div role="tablist" className="mb-2 flex gap-1">
        {(['reply', 'note'] as const).map(each => (
          <button
            key={each}
            {...{ type: 'button', role: 'tab', 'aria-selected': each === tab }}
            onClick={() => setTab(each)}
            className={cx(
              'rounded-lg px-2.5 py-1 text-sm font-medium',
              each === tab ? 'bg-soft text-accent' : 'text-quiet hover:text-ink',
            )}
          >
            {text[each]}
          </button>
        ))}
      </div>
      {original && tab === 'reply' && (
        <div className="mb-2 flex items-center gap-2 rounded-lg border-l-3 border-accent bg-page px-3 py-1.5 text-sm">
          <p className="min-w-0 grow truncate">
            <span className="text-quiet">{text.replyingTo}</span> {original.text}
          </p>
          <IconButton label={text.discard} small onClick={onAnswered}>
            <X />
          </IconButton>
        </div>
      )}
      {isClosed ? (
        <div className="flex flex-wrap items-center gap-3 rounded-xl bg-warn-soft p-3">
          <div className="min-w-56 grow text-sm text-warn">
            <strong className="block">{text.closedTitle}</strong>
            {text.closedLead}
          </div>
          <Button look="accent" onClick={() => setPicking(true)}>
            <LayoutTemplate className="size-4" /> {text.chooseTemplate}
          </Button>
        </div>
      ) : (
        <>
          {tab === 'reply' && words.startsWith('/') && (
            <QuickReplies
              typed={words.slice(1)}
              ticket={ticket.number}
              onPick={filled => {
                setWords(filled)
                field.current?.focus()
              }}
            />
          )}
          {tab === 'note' && (
            <Mentions
              words={words}
              onPick={named => {
                setWords(named)
                field.current?.focus()
              }}
            />
          )}
          <textarea
            ref={field}
            rows={2}
            value={words}
            aria-label={tab === 'note' ? text.note : text.reply}
            placeholder={tab === 'note' ? text.notePlaceholder : text.placeholder}
            onChange={event => setWords(event.target.value)}
            onKeyDown={onKey}
            onPaste={event => takeFiles(event.clipboardData.files)}
            className="scroller field-sizing-content max-h-52 min-h-14 w-full resize-none rounded-xl border border-line bg-raised px-3.5 py-2.5 placeholder:text-quiet"
          />
          <div className="mt-2 flex items-center gap-1">
            {tab === 'reply' && (
              <>
                <input
                  ref={fileField}
                  type="file"
                  multiple
                  hidden
                  onChange={event => {
                    takeFiles(event.target.files)
                    event.target.value = ''
                  }}
                />
                <IconButton label={text.attach} small onClick={() => fileField.current?.click()}>
                  <Paperclip />
                </IconButton>
                {recorder.state === 'recording' ? (
                  <IconButton label={text.stop} small look="danger" onClick={recorder.stop}>
                    <Square />
                  </IconButton>
                ) : (
                  <IconButton label={text.record} small onClick={recorder.start}>
                    <Mic />
                  </IconButton>
                )}
                <IconButton label={text.template} small onClick={() => setPicking(true)}>
                  <LayoutTemplate />
                </IconButton>
              </>
            )}
            <EmojiButton onPick={insert} />
            {answer.uploading && <output className="text-sm text-quiet">{text.uploading}</output>}
            <span className="grow" />
            <Button small look="accent" disabled={!words.trim() || answer.isBusy || note.isPending} onClick={submit}>
              <Send className="size-4" /> {tab === 'note' ? text.addNote : text.send}
            </Button>
          </div>
        </>
      )}
      <TemplatePicker
        open={isPicking}
        ticket={ticket}
        onClose={() => setPicking(false)}
        onSend={content => {
          setPicking(false)
          answer.send(content, null)
        }}
      />
      <AskFirst asked={answer.asked} onSend={answer.insist} onClose={answer.giveUp} />
    </footer>
  )
}

/** Shown at once as being sent; the hub may ask first whether what came meanwhile was seen. */
function useAnswer(ticket: WholeTicket, onSent: () => void) {
  const client = useQueryClient()
  const say = useToast()
  const me = useMe()
  const { composer: text } = useText()
  const [asked, setAsked] = useState<{ reply: Reply; problem: Problem } | null>(null)
  const [uploads, setUploads] = useState(0)
  const { queryKey } = oneTicket(ticket.number)
  const { mutate, isPending } = useMutation({
    mutationFn: (reply: Reply) => sendReply(ticket.id, reply),
    onMutate: async reply => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      client.setQueryData(
        queryKey,
        known => known && { ...known, messages: [...known.messages, pending(ticket, reply, me.name)] },
      )
      return before
    },
    onSuccess: onSent,
    onError: (error, reply, before) => {
      client.setQueryData(queryKey, before)
      const isAsking = error instanceof Problem && ['changed_since', 'somebody_is_replying'].includes(error.code)
      if (isAsking) setAsked({ reply, problem: error })
      else say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  })
  // By when the hub has taken it up, which its ids tell (UUIDv7): what came last may stand further up.
  const lastSeen = ticket.messages
    .map(({ id }) => id)
    .filter(id => !id.startsWith(PENDING))
    .sort()
    .at(-1)
  const send = (content: Content, replyTo: string | null) =>
    mutate({
      content,
      idempotencyKey: crypto.randomUUID(),
      ...(replyTo ? { replyTo } : {}),
      ...(lastSeen ? { basedOn: lastSeen } : {}),
    })
  async function attach(file: File, as?: 'voice') {
    setUploads(count => count + 1)
    try {
      const form = new FormData()
      if (as) form.append('as', as)
      form.append('file', file)
      const media = await post<{ id: string; kind: string }>('/api/v1/media', form)
      const named = media.kind === 'document' ? { filename: file.name } : {}
      send({ type: media.kind, media: { id: media.id }, ...named } as Content, null)
    } catch (error) {
      const isLarge = error instanceof Problem && error.status === 413
      say(isLarge ? text.tooLarge : (error as Error).message, { isBad: true })
    } finally {
      setUploads(count => count - 1)
    }
  }
  return {
    send,
    attach,
    asked,
    uploading: uploads > 0,
    isBusy: isPending,
    insist() {
      if (asked) mutate({ ...asked.reply, force: true, idempotencyKey: crypto.randomUUID() })
      setAsked(null)
    },
    giveUp: () => setAsked(null),
  }
}

function pending(ticket: WholeTicket, reply: Reply, author: string): WholeTicket['messages'][number] {
  const { content } = reply
  const text = content && 'text' in content ? content.text : ''
  return {
    ...{
      id: PENDING + reply.idempotencyKey,
      direction: 'out',
      origin: 'agent',
      kind: 'text',
      text: text ?? '',
      author,
    },
    ...{ content: null, at: new Date(hubNow()).toISOString(), status: 'sending', failure: null, decision: null },
    ...{ replyToWamid: null, targetWamid: null, ticketId: ticket.id, conversationId: ticket.conversationId },
    ...{ wamid: null, media: null },
  }
}

function useNote(number: string, onSaved: () => void) {
  const client = useQueryClient()
  const say = useToast()
  const { data: agents } = useQuery(agentsQuery)
  return useMutation({
    mutationFn: (words: string) => {
      const named = agents?.items.filter(({ name }) => words.includes(`@${name}`)) ?? []
      return acts.note(
        number,
        words,
        named.map(({ id }) => id),
      )
    },
    onSuccess: onSaved,
    onError: error => say(error.message, { isBad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets', 'one'] }),
  })
}

/** Colleagues see that somebody answers, while they write. */
function useTyping(id: string, isTyping: boolean) {
  useEffect(() => {
    if (!isTyping) return
    const tell = () => void acts.present(id, 'replying').catch(() => {})
    tell()
    const timer = setInterval(tell, TYPING_MS)
    return () => {
      clearInterval(timer)
      void acts.present(id, 'viewing').catch(() => {})
    }
  }, [id, isTyping])
}

function Mentions({ words, onPick }: { words: string; onPick: (words: string) => void }) {
  const { data } = useQuery(agentsQuery)
  const typed = /@([\p{L} ]{0,30})$/u.exec(words)?.[1]
  if (typed === undefined) return null
  const found = data?.items.filter(({ name }) => name.toLowerCase().startsWith(typed.toLowerCase())).slice(0, 5) ?? []
  if (found.length === 0 || found.some(({ name }) => name === typed.trim())) return null
  return (
    <ul className="mb-2 flex flex-wrap gap-1.5">
      {found.map(({ id, name }) => (
        <li key={id}>
          <Button small onClick={() => onPick(`${words.slice(0, words.length - typed.length)}${name} `)}>
            @{name}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function AskFirst({
  asked,
  onSend,
  onClose,
}: {
  asked: { problem: Problem } | null
  onSend: () => void
  onClose: () => void
}) {
  const { composer: text, common } = useText()
  const isReplying = asked?.problem.code === 'somebody_is_replying'
  return (
    <Dialog
      open={asked !== null}
      onClose={onClose}
      title={isReplying ? text.replyingTitle : text.changedTitle}
      lead={isReplying ? (asked?.problem.message ?? '') : text.changedLead}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button look="accent" onClick={onSend}>
          {text.sendAnyway}
        </Button>
      </div>
    </Dialog>
  )
}
