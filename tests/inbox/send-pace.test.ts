/** No faster than WhatsApp lets the number and the pair, whoever asks; the order of each conversation is kept. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seesAll } from '../../src/core/permissions.ts'
import { afterRefusal, channelPace, PAIR_PACE, type SendPace } from '../../src/core/send-limits.ts'
import { createSealing } from '../../src/db/sealing.ts'
import { returnSend, takeSend } from '../../src/db/send-limits.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { dismissMessage, resendMessage } from '../../src/inbox/decide-message.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { reply } from '../../src/inbox/reply.ts'
import { type SendContext, sendMessages } from '../../src/inbox/send-messages.ts'
import { memoryBlobs } from '../support/blobs.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

const TEN = new Date('2026-11-02T16:00:00Z')
const later = (ms: number) => new Date(TEN.getTime() + ms)
const sealing = createSealing(['a sealing key for tests, of 32 characters'])

let database: TestDatabase
let workspace: TestWorkspace
beforeAll(async () => {
  database = await testDatabase()
  workspace = await testWorkspace(database.db)
  const token = await sealing.seal('token')
  await database.owner`update channels set token = ${token} where id = ${workspace.channelId}`
})
afterAll(() => database.close())

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)
const take = (id: string, pace: SendPace, now: Date) =>
  within(tx => takeSend(tx, { id, workspaceId: workspace.workspaceId }, pace, now))

it('never lets more leave than the burst and what time has paid for, and says when there is more', async () => {
  const steps = fc.array(fc.nat(30_000), { minLength: 1, maxLength: 25 })
  const paces = fc.record({ intervalMs: fc.integer({ min: 10, max: 8_000 }), burst: fc.integer({ min: 1, max: 5 }) })
  await fc.assert(
    fc.asyncProperty(steps, paces, async (gaps, pace) => {
      const id = newId()
      const left: number[] = []
      let at = 0
      for (const gap of gaps) {
        at += gap
        const freeAt = await take(id, pace, later(at))
        if (freeAt === null) left.push(at)
        // Refused only while it may not, and allowed as soon as it said.
        else expect(freeAt.getTime()).toBeGreaterThan(later(at).getTime() - 1)
      }
      for (const [n, from] of left.entries()) {
        for (const [m, to] of left.entries()) {
          if (m < n) continue
          expect(m - n + 1).toBeLessThanOrEqual(pace.burst + (to - from) / pace.intervalMs + 1e-6)
        }
      }
      const freeAt = await take(id, pace, later(at))
      if (freeAt) expect(await take(id, pace, new Date(freeAt.getTime() + 1))).toBeNull()
    }),
    { numRuns: 25 },
  )
})

it('shares an allowance among all who ask at the same time', async () => {
  const id = newId()
  const asked = await Promise.all(Array.from({ length: 60 }, () => take(id, PAIR_PACE, TEN)))
  expect(asked.filter(freeAt => freeAt === null)).toHaveLength(45)
  expect(await take(id, PAIR_PACE, later(5_999))).toEqual(later(6_000))
  expect(await take(id, PAIR_PACE, later(6_000))).toBeNull()
  await within(tx => returnSend(tx, id, PAIR_PACE))
  expect(await take(id, PAIR_PACE, later(6_000))).toBeNull()
})

it('halves the pace of a number with each refusal, and gives it back after ten minutes', () => {
  const none = { blockedUntil: null, refusals: 0, refusedAt: null }
  expect(channelPace(80, undefined, TEN)).toEqual({ intervalMs: 12.5, burst: 80 })
  const once = afterRefusal(none, 'channel', TEN, 0)
  expect(once).toEqual({ blockedUntil: later(1_000), refusals: 1, refusedAt: TEN })
  expect(channelPace(80, once, later(1_000)).burst).toBe(40)
  // The others of the same moment were on their way.
  expect(afterRefusal(once, 'channel', later(500), 0)).toBe(once)
  const twice = afterRefusal(once, 'channel', later(1_000), 0)
  expect(twice).toMatchObject({ refusals: 2, blockedUntil: later(3_000) })
  expect(channelPace(80, twice, later(3_000)).burst).toBe(20)
  expect(channelPace(80, twice, later(700_000)).burst).toBe(80)
})

type Answer = 'accepted' | 'pair' | 'channel' | 'lost' | 'refused'

it('keeps the order of each conversation, and sends nothing twice, whatever WhatsApp answers', async () => {
  const answers = fc.array(fc.constantFrom<Answer>('accepted', 'pair', 'channel', 'lost', 'refused'), { maxLength: 12 })
  const texts = fc.array(fc.nat(2), { minLength: 1, maxLength: 8 })
  let person = 5215512350000
  await fc.assert(
    fc.asyncProperty(answers, texts, async (planned, order) => {
      const people = [0, 1, 2].map(() => String(++person))
      const tickets = await Promise.all(people.map(from => open(from)))
      const world = whatsApp(planned)
      let now = later(1_000)
      for (const [n, who] of order.entries()) {
        const ticketId = tickets[who]?.ticketId ?? ''
        const input = { ticketId, content: { type: 'text' as const, text: `${n}` }, authorName: null }
        await reply(context(world.fetch, now), { ...input, idempotencyKey: newId() })
      }
      // Two processes at once, and time passes, until nothing waits.
      for (let n = 0; n < 60; n++) {
        const all = tickets.flatMap(ticket => [ticket, ticket])
        const done = await Promise.all(
          all.map(({ conversationId }) => sendMessages(context(world.fetch, now), conversationId)),
        )
        if (done.every(({ kind }) => kind === 'done')) break
        now = new Date(now.getTime() + 70_000)
      }
      const left = await within(
        tx => tx`
          select 1 from messages where status in ('queued', 'sending')
            and conversation_id = any(${tickets.map(ticket => ticket.conversationId)}::uuid[])`,
      )
      expect(left).toHaveLength(0)
      for (const [who, from] of people.entries()) {
        const written = order.flatMap((to, n) => (to === who ? [`${n}`] : []))
        const tried = world.calls.filter(call => call.to === `+${from}`)
        const final = tried.filter(call => call.answer !== 'pair' && call.answer !== 'channel').map(call => call.text)
        expect(final).toEqual(written)
      }
    }),
    { numRuns: 12 },
  )
}, 120_000)

it('lets a person decide over what may have arrived: once more as another message, or let be', async () => {
  const { ticketId, conversationId } = await open('5215512340777')
  const world = whatsApp(['lost', 'lost', 'accepted'])
  // The number has long forgotten what came before.
  const ctx = context(world.fetch, later(4 * 3_600_000))
  for (const text of ['uno', 'dos']) {
    await reply(ctx, { ticketId, content: { type: 'text', text }, authorName: 'Lucía', idempotencyKey: newId() })
  }
  await sendMessages(ctx, conversationId)
  const uncertain = await within(
    tx => tx<{ id: string; status: string }[]>`
      select id, status from messages where conversation_id = ${conversationId} and direction = 'out' order by id`,
  )
  expect(uncertain.map(row => row.status)).toEqual(['uncertain', 'uncertain'])
  const [first, second] = uncertain
  const again = await Promise.all([1, 2, 3].map(() => resendMessage(ctx, first?.id ?? '')))
  expect(again.map(answer => answer.kind).sort()).toEqual(['queued', 'repeated', 'repeated'])
  expect(await dismissMessage(ctx, second?.id ?? '')).toMatchObject({ decision: 'dismissed', status: 'uncertain' })
  await expect(resendMessage(ctx, second?.id ?? '')).rejects.toMatchObject({ code: 'nothing to decide' })
  await sendMessages(ctx, conversationId)
  expect(world.calls.map(call => call.text)).toEqual(['uno', 'dos', 'uno'])
  const audit = await within(
    tx => tx<{ action: string }[]>`select action from audit where action like 'message %' order by id`,
  )
  expect(audit.map(row => row.action)).toEqual(['message resent', 'message dismissed'])
})

/** A conversation with an open ticket. */
async function open(from: string): Promise<{ ticketId: string; conversationId: string }> {
  const body = webhook(workspace.phoneNumberId, [{ from, at: TEN }])
  await deliver(database.db, body, TEN)
  const [row] = await within(
    tx => tx<{ ticketId: string; conversationId: string }[]>`
      select t.id as ticket_id, c.id as conversation_id from conversations c join tickets t on t.conversation_id = c.id
      where c.to_wa_id = ${from}`,
  )
  if (!row) throw new Error(`${from} has no ticket`)
  return row
}

/** Answers as planned, then accepts. */
function whatsApp(planned: Answer[]) {
  const calls: { to: string; text: string; answer: Answer }[] = []
  const plan = [...planned]
  const error = (code: number) => Response.json({ error: { code, message: 'no' } }, { status: 400 })
  const call: typeof fetch = async (_url, init) => {
    const { to, text } = JSON.parse(String(init?.body)) as { to: string; text: { body: string } }
    const answer = plan.shift() ?? 'accepted'
    calls.push({ to, text: text.body, answer })
    if (answer === 'lost') throw new DOMException('took too long', 'TimeoutError')
    if (answer === 'pair') return error(131056)
    if (answer === 'channel') return error(130429)
    if (answer === 'refused') return error(131026)
    return Response.json({ messages: [{ id: `wamid.OUT.${newId()}` }] })
  }
  return { calls, fetch: call }
}

function context(call: typeof fetch, now: Date): SendContext {
  const whatsapp = { fetch: call, baseUrl: 'http://127.0.0.1:9', version: 'v26.0' }
  const { workspaceId } = workspace
  return {
    db: database.db,
    workspaceId,
    now,
    actor: { kind: 'system' },
    sees: seesAll,
    emit: async () => {},
    whatsapp,
    sealing,
    blobs: memoryBlobs(),
  }
}
