/** Who gets a ticket: limits under a crowd, the queue, and what becomes of the tickets of those who go. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AssignmentReason } from '../../src/core/assignment.ts'
import { seesAll } from '../../src/core/permissions.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { assignTicket } from '../../src/inbox/assign-ticket.ts'
import type { InboxContext } from '../../src/inbox/context.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { releaseAgentTickets } from '../../src/inbox/release-agent-tickets.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { serveQueue } from '../../src/inbox/serve-queue.ts'
import { updateTicket } from '../../src/inbox/update-ticket.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace

/** Monday, 10:00 in Mexico City. */
const TEN = new Date('2026-11-02T16:00:00Z')
const later = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  workspace = await testWorkspace(database.db)
})

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)

type Row = {
  id: string
  ownerId: string | null
  teamId: string | null
  state: string
  assignmentReason: AssignmentReason & { place?: number; strategy?: string | null; busy?: string }
}
const tickets = () => within(tx => tx<Row[]>`select * from tickets order by number`)
const ownedBy = async (agentId: string) => (await tickets()).filter(row => row.ownerId === agentId)

async function say(from: string, text: string, at: Date) {
  const body = webhook(workspace.phoneNumberId, [{ from, text, at }])
  await deliver(database.db, body, at)
}

function as(at: Date): InboxContext {
  const actor = { kind: 'api' as const, keyId: newId(), name: 'Prueba' }
  const { workspaceId } = workspace
  return { db: database.db, workspaceId, now: at, actor, sees: seesAll, emit: async () => {} }
}

const person = (n: number) => `52155500${String(10_000 + n)}`
const limit = (agentId: string, capacity: number | null) =>
  within(tx => tx`update agents set capacity = ${capacity} where id = ${agentId}`)
const away = (agentId: string, available = false) =>
  within(tx => tx`update agents set available = ${available} where id = ${agentId}`)
const settings = (teamId: string, assignment: object) =>
  within(tx => tx`update teams set assignment = ${tx.json(assignment as never)} where id = ${teamId}`)

it('tells whoever gets a customer’s ticket, as each of them wants it, and once', async () => {
  const { lucia, mateo } = workspace.agents
  await within(
    tx => tx`update agents set notifications = ${tx.json({ app: [], email: ['assigned'] })} where id = ${mateo}`,
  )
  for (const n of [1, 2, 1, 3]) await say(person(n), 'hola', later(n))
  const told = await within(
    tx => tx`
      select n.agent_id, n.ticket_id, n.read_at is null as in_app, n.mail_at is not null as by_mail
      from notifications n order by n.created_at, n.id`,
  )
  const all = await tickets()
  expect(all.map(row => row.ownerId).sort()).not.toContain(null)
  expect([...told]).toEqual(
    all.map(({ id, ownerId }) => ({
      ...{ agentId: ownerId, ticketId: id },
      ...{ inApp: ownerId === lucia, byMail: ownerId === mateo },
    })),
  )
  await within(tx => tx`update agents set notifications = ${tx.json({ app: [], email: [] })}`)
  await say(person(4), 'hola', later(9))
  expect(await within(tx => tx`select 1 from notifications`)).toHaveLength(told.length)
})

describe('limits', () => {
  it('hold under fifty customers at once, and nobody is left without an owner and a reason', async () => {
    const { lucia, mateo } = workspace.agents
    await limit(lucia, 5)
    await limit(mateo, 7)
    await Promise.all(Array.from({ length: 50 }, (_, n) => say(person(n), 'hola', later(n / 60))))
    const all = await tickets()
    expect(all).toHaveLength(50)
    expect(await ownedBy(lucia)).toHaveLength(5)
    expect(await ownedBy(mateo)).toHaveLength(7)
    const queued = all.filter(row => row.ownerId === null)
    expect(queued.map(row => row.assignmentReason)).toEqual(
      queued.map(() => expect.objectContaining({ kind: 'nobody available', team: 'Atención', busy: 'full' })),
    )
    expect(queued.map(row => row.assignmentReason.place).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      Array.from({ length: 38 }, (_, n) => n + 1),
    )
  })

  it('hold while tickets end and the queue is served by several at once', async () => {
    const { lucia, mateo } = workspace.agents
    await limit(lucia, 2)
    await limit(mateo, 2)
    for (let n = 0; n < 8; n++) await say(person(n), 'hola', later(n))
    const mine = await ownedBy(lucia)
    await Promise.all(mine.map(row => resolveTicket(as(later(10)), row.id)))
    await Promise.all([
      ...[1, 2, 3].map(() => serveQueue(as(later(11)))),
      ...[20, 21, 22].map(n => say(person(n), 'hola', later(12))),
    ])
    const open = async (id: string) => (await ownedBy(id)).filter(row => row.state !== 'resolved')
    expect(await open(lucia)).toHaveLength(2)
    expect(await open(mateo)).toHaveLength(2)
    expect((await tickets()).every(row => row.assignmentReason !== null)).toBe(true)
  })

  it('count what waits for the customer half, and what is urgent twice', async () => {
    const { lucia, mateo } = workspace.agents
    await away(mateo)
    await limit(lucia, 2)
    await say(person(1), 'hola', TEN)
    await say(person(2), 'hola', later(1))
    for (const row of await tickets()) await updateTicket(as(later(2)), row.id, { state: 'waiting' })
    await say(person(3), 'hola', later(3))
    expect(await ownedBy(lucia)).toHaveLength(3)
    await updateTicket(as(later(4)), (await tickets())[2]?.id ?? '', { priority: 'urgent' })
    await say(person(4), 'hola', later(5))
    expect(await ownedBy(lucia)).toHaveLength(3)
  })
})

describe('the queue', () => {
  it('is served urgent first, then by who has waited longer, as soon as somebody is back', async () => {
    const { lucia, mateo } = workspace.agents
    await away(lucia)
    await away(mateo)
    for (let n = 0; n < 4; n++) await say(person(n), 'hola', later(n))
    expect((await tickets()).map(row => row.assignmentReason.busy)).toEqual(['away', 'away', 'away', 'away'])
    await updateTicket(as(later(5)), (await tickets())[2]?.id ?? '', { priority: 'urgent' })
    await limit(lucia, 3)
    await away(lucia, true)
    expect(await serveQueue(as(later(6)))).toBe(2)
    expect((await tickets()).map(row => row.ownerId)).toEqual([lucia, null, lucia, null])
    expect((await tickets())[2]?.assignmentReason).toMatchObject({ kind: 'from the queue', team: 'Atención' })
    expect(await serveQueue(as(later(7)))).toBe(0)
  })

  it('leaves alone what a person left without an owner', async () => {
    await say(person(1), 'hola', TEN)
    const [ticket] = await tickets()
    await assignTicket(as(later(1)), ticket?.id ?? '', null)
    expect(await serveQueue(as(later(2)))).toBe(0)
    expect((await tickets())[0]?.ownerId).toBeNull()
  })
})

describe('teams', () => {
  it('go by load, by the last agent, to the overflow, and to those on call', async () => {
    const { lucia, mateo, sofia } = workspace.agents
    const { general, billing } = workspace.teams
    await settings(general, { strategy: 'least loaded', overflowTeamId: billing, sticky: 'last agent' })
    await say(person(1), 'hola', TEN)
    const first = (await tickets())[0]?.ownerId
    await say(person(2), 'hola', later(1))
    expect(new Set([first, (await tickets())[1]?.ownerId])).toEqual(new Set([lucia, mateo]))
    // After the grace period of 72 hours, on a Friday: another ticket, the same person.
    await resolveTicket(as(later(2)), (await tickets())[0]?.id ?? '')
    await say(person(1), 'otra vez', later(4 * 24 * 60))
    expect((await tickets())[2]).toMatchObject({ ownerId: first, assignmentReason: { strategy: 'last agent' } })
    await away(lucia)
    await away(mateo)
    await say(person(3), 'hola', later(4 * 24 * 60 + 1))
    expect((await tickets())[3]).toMatchObject({
      ...{ ownerId: sofia, teamId: billing },
      assignmentReason: { team: 'Facturación', detour: { from: 'Atención', because: 'overflow' } },
    })
    await settings(billing, { onCall: true })
    await say(person(4), 'hola', later(4 * 24 * 60 + 2))
    expect((await tickets())[4]).toMatchObject({ ownerId: null, assignmentReason: { busy: 'away' } })
    await within(
      tx => tx`insert into on_call_shifts values (${newId()}, ${workspace.workspaceId}, ${billing}, ${sofia},
        ${later(4 * 24 * 60)}, ${later(5 * 24 * 60)})`,
    )
    await say(person(5), 'hola', later(4 * 24 * 60 + 3))
    expect((await tickets())[5]).toMatchObject({ ownerId: sofia, assignmentReason: { strategy: 'on call' } })
  })
})

describe('whoever goes', () => {
  it('away, keeps what waits for the customer, and the rest where the team has it so', async () => {
    const { lucia, mateo } = workspace.agents
    const { general } = workspace.teams
    for (let n = 0; n < 4; n++) await say(person(n), 'hola', later(n))
    const [waiting] = await ownedBy(lucia)
    await updateTicket(as(later(5)), waiting?.id ?? '', { state: 'waiting' })
    await away(lucia)
    expect(await releaseAgentTickets(as(later(6)), lucia, 'away')).toEqual({ handedOn: 0, queued: 0, kept: 1 })
    await settings(general, { whenAway: 'reassign' })
    expect(await releaseAgentTickets(as(later(7)), lucia, 'away')).toEqual({ handedOn: 1, queued: 0, kept: 0 })
    expect((await ownedBy(lucia)).map(row => row.id)).toEqual([waiting?.id])
    expect((await ownedBy(mateo)).map(row => row.assignmentReason)).toContainEqual(
      expect.objectContaining({ kind: 'handed on', from: 'Lucía', because: 'away', strategy: 'round robin' }),
    )
  })

  it('for good, leaves everything: to others, else to the queue, from which it is served', async () => {
    const { lucia, mateo } = workspace.agents
    for (let n = 0; n < 4; n++) await say(person(n), 'hola', later(n))
    await away(lucia)
    await limit(mateo, 3)
    expect(await releaseAgentTickets(as(later(6)), lucia, 'left')).toEqual({ handedOn: 1, queued: 1, kept: 0 })
    expect(await releaseAgentTickets(as(later(7)), lucia, 'left')).toEqual({ handedOn: 0, queued: 0, kept: 0 })
    expect(await ownedBy(lucia)).toEqual([])
    await limit(mateo, null)
    expect(await serveQueue(as(later(8)))).toBe(1)
    expect(await ownedBy(mateo)).toHaveLength(4)
  })

  it('for good, gets back no ticket that a customer reopens', async () => {
    await say(person(1), 'hola', TEN)
    const [ticket] = await tickets()
    await resolveTicket(as(later(1)), ticket?.id ?? '')
    await within(
      tx => tx`update agents set available = false, deactivated_at = ${TEN} where id = ${ticket?.ownerId ?? ''}`,
    )
    await say(person(1), 'otra vez', later(5))
    expect((await tickets())[0]).toMatchObject({
      ...{ state: 'open', ownerId: null, assignmentReason: { kind: 'handed on', because: 'left', team: 'Atención' } },
    })
    expect(await serveQueue(as(later(6)))).toBe(1)
    expect([workspace.agents.lucia, workspace.agents.mateo]).toContain((await tickets())[0]?.ownerId)
    expect((await tickets())[0]?.ownerId).not.toBe(ticket?.ownerId)
  })

  it('is of this workspace, or is not found', async () => {
    await expect(releaseAgentTickets(as(TEN), newId(), 'left')).rejects.toMatchObject({ code: 'not found' })
  })
})
