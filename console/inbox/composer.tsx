/** Where the answer is written. Outside WhatsApp's window it becomes the choice of a template. */
import { LayoutTemplate, Send, X } from 'lucide-react'
import {
  type DragEvent,
  type KeyboardEvent,
  lazy,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { useMay } from '../api/session.ts'
import type { WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { AskFirst } from './ask-first.tsx'
import { ComposerTabs, type Tab } from './composer-tabs.tsx'
import { ComposerTools } from './composer-tools.tsx'
import { forgetDraft, keepDraft, readDraft } from './drafts.ts'
import { EmojiButton } from './emoji-button.tsx'
import { Mentions } from './mentions.tsx'
import { QuickReplies } from './quick-replies.tsx'
import { useAnswer } from './use-answer.ts'
import { useNote } from './use-note.ts'
import { useTyping } from './use-presence.ts'

const TemplatePicker = lazy(async () => ({ default: (await import('./template-picker.tsx')).TemplatePicker }))

export type ComposerHandle = { focus(tab: Tab): void }
type Props = {
  ticket: WholeTicket
  /** The message that is answered to. */
  answered: string | null
  onAnswered: () => void
  ref: Ref<ComposerHandle>
}

export function Composer({ ticket, answered, onAnswered, ref }: Props) {
  const { composer: text } = useText()
  const mayReply = useMay('tickets.reply')
  const [tab, setTab] = useState<Tab>('reply')
  const [words, setWords] = useState(() => readDraft(ticket.id))
  const [isPicking, setPicking] = useState(false)
  const [isOver, setOver] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const answer = useAnswer(ticket, () => {
    setWords('')
    forgetDraft(ticket.id)
    onAnswered()
  })
  const note = useNote(ticket.number, () => setWords(''))
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
      <ComposerTabs value={tab} onChange={setTab} />
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
              <ComposerTools
                onFiles={takeFiles}
                onVoice={file => answer.attach(file, 'voice')}
                onTemplate={() => setPicking(true)}
              />
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
      {isPicking && (
        <Suspense>
          <TemplatePicker
            open
            ticket={ticket}
            onClose={() => setPicking(false)}
            onSend={content => {
              setPicking(false)
              answer.send(content, null)
            }}
          />
        </Suspense>
      )}
      <AskFirst asked={answer.asked} onSend={answer.insist} onClose={answer.giveUp} />
    </footer>
  )
}
