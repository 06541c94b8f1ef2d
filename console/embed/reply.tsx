/** The answer: words within WhatsApp's window, an approved text outside of it or by choice. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { LayoutTemplate, Send } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Problem } from '../api/client.ts'
import type { Content } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { AskFirst } from '../inbox/ask-first.tsx'
import { type Template, TemplateForm, takesFile } from '../inbox/template-form.tsx'
import { TemplateList } from '../inbox/template-list.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useToast } from '../ui/toasts.tsx'
import { type EmbedReply, type Questions, type Shown, shownKey } from './questions.ts'

export function Reply({ ticketId, shown, questions }: { ticketId: string; shown: Shown; questions: Questions }) {
  const { composer: text } = useText()
  const [words, setWords] = useState('')
  const [isPicking, setPicking] = useState(false)
  const { send, isBusy, asked, insist, giveUp } = useSend(questions, () => setWords(''))
  const basedOn = shown.messages
    .map(({ id }) => id)
    .sort()
    .at(-1)
  const answer = (content: Content) =>
    send({ ticketId, content, idempotencyKey: crypto.randomUUID(), ...(basedOn ? { basedOn } : {}) })
  const submit = () => {
    const said = words.trim()
    if (said && !isBusy) answer({ type: 'text', text: said })
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    submit()
  }
  return (
    <footer className="border-t border-line bg-panel p-3">
      {shown.window?.kind === 'open' ? (
        <>
          <textarea
            rows={2}
            value={words}
            aria-label={text.reply}
            placeholder={text.reply}
            onChange={event => setWords(event.target.value)}
            onKeyDown={onKey}
            className="scroller field-sizing-content max-h-40 min-h-14 w-full resize-none rounded-xl border border-line bg-raised px-3 py-2 placeholder:text-quiet"
          />
          <div className="mt-2 flex items-center justify-between">
            <IconButton label={text.template} small onClick={() => setPicking(true)}>
              <LayoutTemplate />
            </IconButton>
            <Button small look="accent" disabled={!words.trim() || isBusy} onClick={submit}>
              <Send className="size-4" /> {text.send}
            </Button>
          </div>
        </>
      ) : (
        <div className="flex flex-col gap-2 text-sm text-warn">
          <p>
            <strong className="block">{text.closedTitle}</strong>
            {text.closedLead}
          </p>
          <Button look="accent" disabled={isBusy} onClick={() => setPicking(true)}>
            <LayoutTemplate className="size-4" /> {text.chooseTemplate}
          </Button>
        </div>
      )}
      {isPicking && (
        <Templates
          shown={shown}
          questions={questions}
          onClose={() => setPicking(false)}
          onSend={content => {
            setPicking(false)
            answer(content)
          }}
        />
      )}
      <AskFirst asked={asked} onSend={insist} onClose={giveUp} />
    </footer>
  )
}

/** The hub may ask first whether what came meanwhile was seen. */
function useSend(questions: Questions, onSent: () => void) {
  const client = useQueryClient()
  const say = useToast()
  const [asked, setAsked] = useState<{ reply: EmbedReply; problem: Problem } | null>(null)
  const { mutate, isPending } = useMutation({
    mutationFn: questions.reply,
    onSuccess: onSent,
    onError(error, reply) {
      const isAsking = error instanceof Problem && ['changed_since', 'somebody_is_replying'].includes(error.code)
      if (isAsking) setAsked({ reply, problem: error })
      else say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: shownKey }),
  })
  return {
    send: mutate,
    isBusy: isPending,
    asked,
    insist() {
      if (asked) mutate({ ...asked.reply, force: true, idempotencyKey: crypto.randomUUID() })
      setAsked(null)
    },
    giveUp: () => setAsked(null),
  }
}

type TemplatesProps = { shown: Shown; questions: Questions; onClose: () => void; onSend: (content: Content) => void }

/** Those that need no file: the page has no way to bring one. */
function Templates({ shown, questions, onClose, onSend }: TemplatesProps) {
  const { composer: text } = useText()
  const [chosen, setChosen] = useState<Template | null>(null)
  return (
    <Dialog open onClose={onClose} title={text.chooseTemplate}>
      {chosen ? (
        <TemplateForm
          template={chosen}
          customer={shown.customer}
          preview={questions.preview}
          onBack={() => setChosen(null)}
          onSend={onSend}
        />
      ) : (
        <TemplateList templates={shown.templates.filter(each => !takesFile(each))} onChoose={setChosen} />
      )}
    </Dialog>
  )
}
