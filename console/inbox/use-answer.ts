/** How an answer goes out: shown at once as being sent; the hub may ask first whether what came meanwhile was seen. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem, post } from '../api/client.ts'
import { useMe } from '../api/session.ts'
import {
  type Content,
  newestMessage,
  oneTicket,
  PENDING,
  type Reply,
  sendReply,
  type WholeTicket,
} from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { hubNow } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'

export function useAnswer(ticket: WholeTicket, onSent: () => void) {
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
  const lastSeen = newestMessage(ticket)
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
