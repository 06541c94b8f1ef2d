/**
 * No comment comes back as itself, public or internal: whatever people, agents and we do in Zendesk, in whatever order and however often its
 * events come, each agent's answer is heard once or more as the same answer, and nothing else is an answer; nor a note of ours a note.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commentOf, placeOf } from '../../../src/connectors/zendesk/comments.ts'
import { toZendeskMessage } from '../../../src/connectors/zendesk/map.ts'
import { replyOf } from '../../../src/connectors/zendesk/reply.ts'
import { zendeskSettings } from '../../../src/connectors/zendesk/settings.ts'
import { parseWebhook } from '../../../src/connectors/zendesk/webhook.ts'
import type { MessageRecord } from '../../../src/core/message.ts'
import { aMessage, CONNECTION, NOW, toItem } from '../records.ts'

/** 10,000 by `RUNS=10000`; a thousand say it too. */
const RUNS = Number(process.env.RUNS ?? 1_000)

const US = '9000001'
const [CARMEN, LUIS] = ['9000011', '9000012']
const CUSTOMER = '500'
const settings = zendeskSettings.parse({
  ...{ subdomain: 'arrayan', userId: US, takeNotes: true, sendNotes: true },
  owners: [
    { id: US, email: 'admin@example.com', name: 'Admin' },
    { id: CARMEN, email: 'carmen@example.com', name: 'Carmen' },
    { id: LUIS, email: 'luis@example.com', name: 'Luis' },
  ],
})
const ctx = { settings } as Parameters<typeof commentOf>[0]

/** What happens on a ticket: who made the update, who is its author, whether all may read it, and its words. */
type Act =
  | { kind: 'agent'; by: string; text: string; isPublic: boolean }
  | { kind: 'customer by e-mail'; text: string }
  | { kind: 'us'; message: Partial<MessageRecord>; text: string }
  | { kind: 'our note'; text: string }

const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.constantFrom('Hola', '*Hola*', '> Hola', '—', 'ok'),
)
const typed = words.filter(text => text.trim() !== '' && !text.trimStart().startsWith('→'))
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    ...{
      kind: fc.constant('agent' as const),
      by: fc.constantFrom(CARMEN, LUIS, US),
      text: typed,
      isPublic: fc.boolean(),
    },
  }),
  fc.record({ kind: fc.constant('customer by e-mail' as const), text: words }),
  fc.record({ kind: fc.constant('our note' as const), text: words }),
  fc.record({
    kind: fc.constant('us' as const),
    text: words,
    message: fc.constantFrom<Partial<MessageRecord>>(
      { direction: 'in', origin: 'customer', status: 'received' },
      { direction: 'out', origin: 'agent', authorName: 'Carmen', authorEmail: 'carmen@example.com', status: 'sent' },
      { direction: 'out', origin: 'agent', authorName: 'Nobody there', authorEmail: 'x@example.com', status: 'sent' },
      // The console's admin is the very user that we write as.
      { direction: 'out', origin: 'agent', authorName: 'Admin', authorEmail: 'admin@example.com', status: 'sent' },
      { direction: 'out', origin: 'agent', authorName: 'Carmen', authorEmail: 'carmen@example.com', isNote: true },
      { direction: 'out', origin: 'agent', authorName: 'Nobody there', isNote: true },
      { direction: 'out', origin: 'bot', authorName: null, status: 'delivered' },
      { direction: 'out', origin: 'agent', authorName: null, status: 'failed', failureReason: 'no' },
    ),
  }),
)

type Said = { id: string; actor: string; author: string; isStaff: boolean; isPublic: boolean; text: string }

function saidBy(one: Act, nth: number): Said {
  const id = String(7_000 + nth)
  switch (one.kind) {
    case 'agent':
      return { id, actor: one.by, author: one.by, isStaff: true, isPublic: one.isPublic, text: one.text }
    case 'customer by e-mail':
      return { id, actor: CUSTOMER, author: CUSTOMER, isStaff: false, isPublic: true, text: one.text }
    case 'our note':
      return { id, actor: US, author: US, isStaff: true, isPublic: false, text: one.text }
    case 'us': {
      const record = aMessage(nth, { authorEmail: null, ...one.message, text: one.text })
      const item = toItem(record.id, toZendeskMessage(settings, record, CONNECTION), { parents: { contact: CUSTOMER } })
      const { body, author_id: author, public: isPublic } = commentOf(ctx, [item])
      return {
        id,
        actor: US,
        author: String(author),
        isStaff: String(author) !== CUSTOMER,
        isPublic: isPublic === true,
        text: String(body),
      }
    }
  }
}

const asEvent = ({ id, actor, author, isStaff, isPublic, text }: Said) => ({
  ...{ type: 'zen:event-type:ticket.comment_added', id: `event-${id}`, time: NOW.toISOString() },
  detail: { id: '88', actor_id: actor, requester_id: CUSTOMER, tags: ['whatsapp'], status: 'OPEN' },
  event: { comment: { id, body: text, is_public: isPublic, author: { id: author, is_staff: isStaff, name: 'X' } } },
})

test(`in ${RUNS} random histories an agent’s answer is the only answer, once for all that is heard of it`, () => {
  fc.assert(
    fc.property(
      fc.array(act, { maxLength: 12 }).chain(acts =>
        fc.record({
          acts: fc.constant(acts),
          // Any order, repetitions, and some that only the export tells.
          heard: fc.array(fc.record({ nth: fc.nat({ max: Math.max(acts.length - 1, 0) }), byExport: fc.boolean() }), {
            maxLength: 30,
          }),
        }),
      ),
      ({ acts, heard }) => {
        const said = acts.map(saidBy)
        const all = acts.length === 0 ? [] : [...heard, ...acts.map((_, nth) => ({ nth, byExport: false }))]
        const answers = new Map<string, string>()
        const notes = new Set<string>()
        for (const { nth, byExport } of all) {
          const one = said[nth] as Said
          for (const reply of byExport ? exported(one) : parseWebhook(asEvent(one), NOW, settings)) {
            if (reply?.kind === 'reply') answers.set(reply.remoteId, reply.text)
            if (reply?.kind === 'note') notes.add(reply.remoteId)
          }
        }
        const meant = acts.flatMap((one, nth) =>
          one.kind === 'agent' && one.isPublic ? [[placeOf('88', String(7_000 + nth)), one.text.trim()] as const] : [],
        )
        expect([...answers].toSorted()).toEqual(meant.toSorted())
        const noted = acts.flatMap((one, nth) =>
          one.kind === 'agent' && !one.isPublic && one.by !== US ? [placeOf('88', String(7_000 + nth))] : [],
        )
        expect([...notes].toSorted()).toEqual(noted.toSorted())
      },
    ),
    { numRuns: RUNS },
  )
})

/** As `changes.ts` reads it from the export of events. */
function exported({ id, actor, author, isStaff, isPublic, text }: Said) {
  const about = { id, place: placeOf('88', id), ticketId: '88', requesterId: CUSTOMER, actorId: actor, at: NOW }
  const reply = replyOf(settings, {
    ...{ ...about, author: { id: author, name: null, isStaff }, text, html: null, isPublic, files: [] },
  })
  return reply ? [reply] : []
}
