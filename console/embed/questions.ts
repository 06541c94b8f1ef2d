/** What the page asks of the hub: as the console, by its own door. */
import { get, post } from '../api/client.ts'
import type { Content, Message, Reply } from '../api/tickets.ts'
import type { Language } from '../i18n/index.tsx'
import type { Given, Previewed, Template } from '../inbox/template-form.tsx'
import type { Frame } from './frame.ts'

export type Shown = {
  language: Language
  canReply: boolean
  ticket: { id: string; number: string; subject: string; state: string; ownerName: string | null; url: string } | null
  customer: string
  window: { kind: 'open'; closesAt: string } | { kind: 'closed'; closedAt: string | null } | null
  sla: { lines: { text: string }[] } | null
  messages: Message[]
  templates: Template[]
}

export type EmbedReply = { ticketId: string; content: Content } & Pick<Reply, 'idempotencyKey' | 'basedOn' | 'force'>

export const shownKey = ['shown']

export function questionsOf({ connector, session, record }: Frame) {
  const at = `/embed/${connector}`
  const headers = { authorization: `Bearer ${session}` }
  return {
    conversation: async () => get<Shown>(`${at}/conversation?${new URLSearchParams(await record())}`, headers),
    reply: (reply: EmbedReply) => post(`${at}/reply`, reply, headers),
    preview: (id: string, given: Given) => post<Previewed>(`${at}/templates/${id}/preview`, given, headers),
  }
}
export type Questions = ReturnType<typeof questionsOf>
