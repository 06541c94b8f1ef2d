/** Clocks as they are lived: every turn kept, chains that are taken once, and the same told of a past instant. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { seesAll } from '../../src/core/permissions.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { addNote } from '../../src/inbox/add-note.ts'
import type { InboxContext } from '../../src/inbox/context.ts'
import { escalateNext } from '../../src/inbox/escalate.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { recomputeSlice, requestRecompute } from '../../src/inbox/recompute-sla.ts'
import { type ReplyInput, reply } from '../../src/inbox/reply.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { sendNotificationMails } from '../../src/inbox/send-notification-mails.ts'
import { sweepSla } from '../../src/inbox/sweep-sla.ts'
import { ticketSla } from '../../src/inbox/ticket-sla.ts'
import { updateTicket } from '../../src/inbox/update-ticket.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
let ticketId: string

/** Monday, 10:00 in Mexico City: open until 14:00, and from 16:00. */
const TEN = new Date('2026-11-02T16:00:00Z')
const later = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = await testWorkspace(database.db)
  await within(tx => tx`update sla_policies set nrt_minutes = 30, ttr_minutes = 240`)
  await say('hola', TEN)
  const [row] = await within(tx => tx<{ id: string }[]>`select id from tickets`)
  ticketId = row?.id ?? ''
})

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)

async function say(text: string, at: Date) {
  const body = webhook(workspace.phoneNumberId, [{ from: '5215550001234', text, at }])
  await deliver(database.db, body, at)
}

function as(at: Date): InboxContext {
  const actor = { kind: 'api' as const, keyId: newId(), name: 'Prueba' }
  const { workspaceId } = workspace
  return { db: database.db, workspaceId, now: at, actor, sees: seesAll, emit: async () => {} }
}

const answer = (at: Date) =>
  reply(as(at), {
    ...{
      ticketId,
      content: { type: 'text', text: 'Claro' },
      idempotencyKey: newId(),
      authorName: 'Lucía',
      force: true,
    },
  })
const sweep = (at: Date) => sweepSla({ db: database.db, workspaceId: workspace.workspaceId, now: at })
const chain = (steps: object[]) => within(tx => tx`update sla_policies set escalation = ${tx.json(steps as never)}`)

/** All steps that are due by then. */
async function escalate(at: Date): Promise<string[]> {
  const outcomes: string[] = []
  while (outcomes.at(-1) !== 'none') outcomes.push(await escalateNext(as(at)))
  return outcomes.slice(0, -1)
}

type Clock = { kind: string; turn: number; dueAt: Date | null; stoppedAt: Date | null; breachedAt: Date | null }
const clocks = () =>
  within(
    tx => tx<Clock[]>`
      select kind, turn, started_at, due_at, warn_at, paused_at, stopped_at, breached_at, target_minutes
      from clocks where ticket_id = ${ticketId} order by kind, turn`,
  )
const events = async (kind: string) =>
  within(
    tx => tx<{ at: Date; data: object }[]>`select at, data from ticket_events where kind = ${kind} order by at, id`,
  )
const told = () =>
  within(
    tx => tx<{ name: string; kind: string }[]>`
      select a.name, n.kind from notifications n join agents a on a.id = n.agent_id order by n.created_at, n.id`,
  )

it('a question that comes late has been answered by what was said since', async () => {
  await answer(later(5))
  await answer(later(20))
  await say('¿y el envío?', later(10))
  const turns = (await clocks()).filter(({ kind }) => kind === 'nrt')
  expect(turns).toMatchObject([{ turn: 0, startedAt: later(10), stoppedAt: later(20), breachedAt: null }])
  expect(await within(tx => tx`select state, state_at, waiting_since from tickets`)).toMatchObject([
    { state: 'waiting', stateAt: later(20), waitingSince: null },
  ])
})

describe('whoever answers, and from wherever', () => {
  const frt = async () => (await clocks()).find(({ kind }) => kind === 'frt')
  const said = { ticketId: '', content: { type: 'text' as const, text: 'Claro' }, authorName: 'Lucía', force: true }
  const written = (at: Date, how: Partial<ReplyInput> = {}) =>
    reply(as(at), { ...said, ticketId, idempotencyKey: newId(), ...how })
  const inCrm = async () => {
    const connectionId = newId()
    await within(
      tx => tx`
        insert into connections (id, workspace_id, connector, name, credentials, settings, state, near_misses, created_at)
        values (${connectionId}, ${workspace.workspaceId}, 'hubspot', 'HubSpot', 'sealed', '{}', 'active', 0, ${TEN})`,
    )
    return { source: { connectionId, remoteType: 'channel-message', remoteId: newId() } }
  }
  const onPhone = (at: Date) => {
    const metadata = { display_phone_number: '525510002000', phone_number_id: workspace.phoneNumberId }
    const [from, to, timestamp] = ['525510002000', '5215550001234', String(at.getTime() / 1000)]
    const echo = { from, to, id: `wamid.${newId()}`, timestamp, type: 'text', text: { body: 'Claro' } }
    const value = { messaging_product: 'whatsapp', metadata, message_echoes: [echo] }
    const entry = [{ id: '900100', changes: [{ field: 'smb_message_echoes', value }] }]
    return deliver(database.db, JSON.stringify({ object: 'whatsapp_business_account', entry }), at)
  }

  it.each<[string, (at: Date) => Promise<unknown>, Date | null]>([
    ['a person in the inbox', at => written(at), later(7)],
    ['a person in a CRM', async at => written(at, await inCrm()), later(7)],
    ['a person in a CRM, heard of late', async at => written(later(25), { ...(await inCrm()), at }), later(7)],
    ['a person in the business app on the phone', onPhone, later(7)],
    ['a bot', at => written(at, { automated: true }), null],
    ['a note', at => addNote(as(at), ticketId, { text: 'ojo', mentions: [] }), null],
  ])('%s', async (_, act, stoppedAt) => {
    await act(later(7))
    expect(await frt()).toMatchObject({ dueAt: stoppedAt ? null : later(15), stoppedAt })
    const [ticket] = await within(tx => tx<{ state: string }[]>`select state from tickets`)
    expect(ticket?.state).toBe(stoppedAt ? 'waiting' : 'open')
  })
})

it('keeps the clock of every turn', async () => {
  await answer(later(5))
  await say('¿y el envío?', later(10))
  await answer(later(60))
  await say('gracias, ¿y la factura?', later(70))
  expect((await clocks()).filter(clock => clock.kind === 'nrt')).toMatchObject([
    { turn: 0, dueAt: later(40), stoppedAt: later(60), breachedAt: later(40) },
    { turn: 1, dueAt: later(100), stoppedAt: null, breachedAt: null },
  ])
})

it('promises the next response to whoever reopens', async () => {
  await answer(later(5))
  await resolveTicket(as(later(10)), ticketId)
  await say('una cosa más', later(60))
  expect((await clocks()).filter(clock => clock.kind === 'nrt')).toMatchObject([{ turn: 0, dueAt: later(90) }])
})

it('tells of any past instant what was seen then', async () => {
  const acts: [number, () => Promise<unknown>][] = [
    [7, () => answer(later(7))],
    [12, () => say('¿cuánto cuesta?', later(12))],
    [50, () => answer(later(50))],
    [60, () => updateTicket(as(later(60)), ticketId, { state: 'in_progress' })],
    [90, () => resolveTicket(as(later(90)), ticketId)],
    [100, () => say('otra cosa', later(100))],
    [240, () => updateTicket(as(later(240)), ticketId, { state: 'waiting' })],
    [300, () => updateTicket(as(later(300)), ticketId, { state: 'open' })],
    [2000, () => resolveTicket(as(later(2000)), ticketId)],
  ]
  const instants = [...acts.map(([minutes]) => minutes), 3, 16, 30, 49, 110, 131, 500, 1999, 2100]
  const seen = new Map<number, Clock[]>()
  for (const minutes of instants.sort((a, b) => a - b)) {
    for (const [at, act] of acts) if (at === minutes) await act()
    await sweep(later(minutes))
    seen.set(minutes, [...(await clocks())])
  }
  for (const [minutes, then] of seen) {
    const { clocks: now } = await ticketSla(as(later(3000)), ticketId, later(minutes), 'es')
    const inOrder = now.map(clock => ({ ...clock })).sort((a, b) => (a.kind + a.turn < b.kind + b.turn ? -1 : 1))
    expect(inOrder, `after ${minutes} minutes`).toEqual(then)
  }
})

describe('a chain', () => {
  const steps = [
    { after: 'warning', clock: 'frt', minutes: 0, notify: ['owner'], notifyAgentIds: [] },
    { after: 'breach', clock: 'frt', minutes: 30, notify: ['lead'], notifyAgentIds: [], level: 1, priority: 'high' },
    { after: 'breach', clock: 'frt', minutes: 120, notify: ['manager'], notifyAgentIds: [], level: 2 },
  ]

  it('takes each step once, at its own instant, whoever sweeps how often', async () => {
    const { sofia, mateo } = workspace.agents
    const { billing, general } = workspace.teams
    await chain(steps.map((step, n) => (n === 2 ? { ...step, teamId: billing } : step)))
    await within(
      tx =>
        tx`update teams set assignment = ${tx.json({ leadIds: [mateo], managerIds: [sofia] })} where id = ${general}`,
    )
    await sweep(later(13))
    expect(await escalate(later(13))).toEqual(['taken'])
    await Promise.all([sweep(later(16)), sweep(later(16))])
    expect(await escalate(later(44))).toEqual([])
    const twice = await Promise.all([escalate(later(45)), escalate(later(45)), escalate(later(46))])
    expect(twice.flat()).toEqual(['taken'])
    const [ticket] = await within(tx => tx`select escalation_level, priority, team_id from tickets`)
    expect(ticket).toMatchObject({ escalationLevel: 1, priority: 'high', teamId: general })
    // Two hours of office: over the midday break.
    expect(await escalate(later(134))).toEqual([])
    expect(await escalate(later(135))).toEqual(['taken'])
    const [moved] = await within(tx => tx`select escalation_level, team_id, owner_id, board from tickets`)
    expect(moved).toMatchObject({ escalationLevel: 2, teamId: billing, ownerId: sofia, board: 'escalated' })
    expect((await events('escalated')).map(event => event.at)).toEqual([later(12), later(45), later(135)])
    expect((await told()).filter(({ kind }) => kind === 'escalated').map(({ name }) => name)).toEqual([
      expect.any(String),
      ...['Mateo', 'Sofía'],
    ])
  })

  it('comes late after a standstill, and in its order', async () => {
    await chain(steps)
    const long = later(3 * 24 * 60)
    await sweep(long)
    expect(await escalate(long)).toEqual(['taken', 'taken', 'taken'])
    expect((await events('escalated')).map(event => event.at)).toEqual([later(12), later(45), later(135)])
    await sweep(long)
    expect(await escalate(long)).toEqual([])
  })

  it('ends with the answer', async () => {
    await chain(steps)
    await sweep(later(16))
    expect(await escalate(later(16))).toEqual(['taken'])
    await answer(later(20))
    expect(await escalate(later(300))).toEqual(['stopped', 'stopped'])
    const [ticket] = await within(tx => tx`select escalation_level from tickets`)
    expect(ticket?.escalationLevel).toBe(0)
    const { escalations } = await ticketSla(as(later(300)), ticketId, later(300), 'es')
    expect(escalations.map(row => row.outcome)).toEqual(['taken', 'stopped', 'stopped'])
  })
})

describe('notifications', () => {
  it('are made once for a warning and a breach, by what each wants to be told', async () => {
    const [owner] = await within(tx => tx<{ ownerId: string }[]>`select owner_id from tickets`)
    for (const minutes of [13, 14, 16, 17]) await sweep(later(minutes))
    expect((await told()).map(({ kind }) => kind)).toEqual(['assigned', 'sla warned', 'sla breached'])
    await within(
      tx => tx`update agents set notifications = ${tx.json({ app: [], email: [] })} where id = ${owner?.ownerId ?? ''}`,
    )
    await sweep(later(235))
    expect(await told()).toHaveLength(3)
  })

  it('go by mail to who wants them, again where the mail service fails, and to nobody twice', async () => {
    const choices = { app: ['sla warned'], email: ['sla warned'] }
    await within(tx => tx`update agents set notifications = ${tx.json(choices)}`)
    await sweep(later(13))
    const sent: string[] = []
    let isDown = true
    const mailer = {
      async send({ to, subject, text }: { to: string; subject: string; text: string }) {
        if (isDown) throw new Error('the mail service is away')
        sent.push(`${to}: ${subject} ${text.includes(ticketId)}`)
      },
    }
    const mail = (at: Date) =>
      sendNotificationMails({
        ...{ db: database.db, workspaceId: workspace.workspaceId, now: at, mailer, appUrl: 'https://buzon.example' },
      })
    expect(await mail(later(13))).toEqual({ sent: 0, failed: 1 })
    expect(await mail(later(14))).toEqual({ sent: 0, failed: 0 })
    isDown = false
    const twice = await Promise.all([mail(later(15)), mail(later(15))])
    expect(twice.map(each => each.sent).sort()).toEqual([0, 1])
    expect(await mail(later(60))).toEqual({ sent: 0, failed: 0 })
    expect(sent).toEqual([expect.stringMatching(/^\w+@example\.com: BZ-1001: el plazo está por vencer true$/)])
    const [row] = await within(
      tx => tx`select mail_error, mailed_at, mail_at from notifications where kind = 'sla warned'`,
    )
    expect(row).toMatchObject({ mailError: null, mailedAt: later(15), mailAt: null })
  })
})

it('computes open tickets anew after a change, in slices, and forgets what is promised no more', async () => {
  await answer(later(5))
  await say('¿y?', later(10))
  const { workspaceId } = workspace
  await within(async tx => {
    await tx`update sla_policies set frt_minutes = null, nrt_minutes = 5`
    await requestRecompute(tx, { workspaceId, now: later(11) })
  })
  const slice = () => recomputeSlice({ db: database.db, workspaceId, now: later(11) })
  expect([await slice(), await slice()]).toEqual(['more', 'done'])
  expect(await clocks()).toMatchObject([
    { kind: 'nrt', turn: 0, dueAt: later(15) },
    { kind: 'ttr', turn: 0 },
  ])
  const [job] = await within(tx => tx`select tickets, moved, done_at from sla_recomputes`)
  expect(job).toEqual({ tickets: 1, moved: 1, doneAt: later(11) })
})
