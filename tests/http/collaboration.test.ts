/** Tickets as a team works on them, by the API. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { DEMO_PEOPLE, openDemoPeople, signIn } from '../support/sign-in.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
let agents: { id: string; name: string }[]
type Page = { items: { id: string; number: string; tags: string[] }[]; nextCursor: string | null }
type Board = { columns: { column: string; count: { count: number }; tickets: { number: string }[] }[] }

beforeAll(async () => {
  t = await startHub()
  for (let n = 0; n < 5; n++) {
    const at = new Date(t.now().getTime() + n * 1000)
    await t.post(webhook(DEMO.phoneNumberId, [{ from: `3461000000${n}`, name: `Persona ${n}`, text: `hola ${n}`, at }]))
    await t.pass(0)
  }
  await t.pass(60)
  agents = (await t.api<{ items: { id: string; name: string }[] }>('GET', '/agents')).body.items
})
afterAll(() => t.close())

const post = (path: string, body: unknown = {}) => t.api('POST', path, body)
const get = async <T>(path: string) => (await t.api<T>('GET', path)).body

it('shows a board whose columns follow what is done', async () => {
  await post('/tickets/BZ-1001/wait')
  await post('/tickets/BZ-1002/resolve')
  await t.api('POST', '/tickets/BZ-1003/assign', { agentId: null })
  const { columns } = await get<Board>('/board')
  const numbers = Object.fromEntries(columns.map(({ column, tickets }) => [column, tickets.map(row => row.number)]))
  expect(numbers).toMatchObject({ new: ['BZ-1003'], waiting: ['BZ-1001'], resolved: ['BZ-1002'], escalated: [] })
  expect(columns.map(({ column, count }) => [column, count.count])).toContainEqual(['assigned', 2])
  expect(await post('/tickets/BZ-1002/wait')).toMatchObject({ status: 409, body: { code: 'impossible_move' } })
  expect((await post('/tickets/BZ-1002/reopen')).body).toMatchObject({ board: 'assigned' })
})

it('pages through every order, each ticket once', async () => {
  for (const sort of ['newest', 'due', 'waiting']) {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Page = await get<Page>(`/tickets?sort=${sort}&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...page.items.map(row => row.number))
      cursor = page.nextCursor
    } while (cursor)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(sort === 'waiting' ? 4 : 5)
  }
})

it('keeps notes, tasks and the next action with the ticket', async () => {
  const ownerId = agents[0]?.id
  expect((await post('/tickets/BZ-1004/notes', { text: 'ojo', mentions: [ownerId] })).status).toBe(201)
  const dueAt = new Date(t.now().getTime() + 60_000).toISOString()
  const task = await post('/tickets/BZ-1004/tasks', { title: 'Llamar', ownerId, dueAt })
  expect(await get('/tickets/BZ-1004')).toMatchObject({
    notes: [{ text: 'ojo', mentions: [ownerId] }],
    tasks: [{ title: 'Llamar', dueAt }],
    nextAction: { kind: 'task', at: dueAt },
  })
  await t.api('PATCH', `/tasks/${task.body.id}`, { done: true })
  expect(await get('/tickets/BZ-1004')).toMatchObject({ nextAction: { kind: 'reply' } })
  await post('/tickets/BZ-1004/snooze', { until: null })
  expect(await get('/tickets/BZ-1004')).toMatchObject({ nextAction: { kind: 'wake', at: null }, snoozedUntil: null })
  expect((await post('/tickets/BZ-1004/snooze', { until: '2020-01-01T00:00:00Z' })).status).toBe(422)
  await post('/tickets/BZ-1004/wake')
})

it('saves filters and counts what they show', async () => {
  await post('/tickets/BZ-1004/tags', { add: ['vip'] })
  await post('/tickets/BZ-1005/tags', { add: ['vip'] })
  const view = await post('/views', { name: 'VIP', scope: 'shared', filter: { tag: 'vip' } })
  expect(view.status).toBe(201)
  const page = await get<Page>(`/tickets?view=${view.body.id}`)
  expect(page.items.map(row => row.number)).toEqual(['BZ-1005', 'BZ-1004'])
  const counts = await get<{ items: unknown[] }>('/views/counts')
  expect(counts.items).toEqual([{ id: view.body.id, count: { count: 2, more: false } }])
  expect((await post('/views', { name: 'x', filter: { nonsense: 1 } })).status).toBe(422)
  expect((await t.api('DELETE', `/views/${view.body.id}`)).status).toBe(200)
  expect((await t.api('GET', `/tickets?view=${view.body.id}`)).status).toBe(404)
})

it('does many at once and says what became of each, in the language asked for', async () => {
  const { items } = await get<Page>('/tickets?limit=2')
  const ticketIds = [...items.map(row => row.id), '019d0000-0000-7000-8000-0000000000ff']
  const { body } = await post('/tickets/bulk', { ticketIds, act: { kind: 'tag', add: ['lote'] } })
  expect(body).toMatchObject({ done: 2, results: [{ done: true }, { done: true }, { done: false, code: 'not_found' }] })
})

it('asks who pulls, and gives them the next', async () => {
  expect(await post('/tickets/next')).toMatchObject({ status: 422, body: { code: 'agents_only' } })
  const pulled = await post('/tickets/next', { agentId: agents[0]?.id })
  expect(pulled).toMatchObject({ status: 200, body: { number: 'BZ-1003', owner: { id: agents[0]?.id } } })
  expect(await post('/tickets/next', { agentId: agents[0]?.id })).toMatchObject({ status: 404 })
})

it('asks before an answer goes that has not seen what came', async () => {
  const { messages } = await get<{ messages: { id: string }[] }>('/tickets/BZ-1005')
  const basedOn = messages.at(-1)?.id
  await t.post(webhook(DEMO.phoneNumberId, [{ from: '34610000004', text: 'espera', at: t.now() }]))
  await t.pass(1)
  const asked = await post('/tickets/BZ-1005/reply', { text: 'sí', basedOn })
  expect(asked).toMatchObject({ status: 409, body: { code: 'changed_since', newer: [{ text: 'espera' }] } })
  expect((await post('/tickets/BZ-1005/reply', { text: 'sí', basedOn, force: true })).status).toBe(202)
})

it('fills quick replies, says what is missing, and counts their use', async () => {
  const body = 'Hola {{contact.firstName}}, tu caso es {{ ticket.number }}. {{contact.phone}}'
  const given = { shortcut: 'hola', title: 'Saludo', language: 'es', body }
  const { body: made, status } = await post('/quick-replies', given)
  expect(status).toBe(201)
  expect(await post('/quick-replies', given)).toMatchObject({ status: 409, body: { code: 'already_exists' } })
  expect((await post('/quick-replies', { ...given, shortcut: 'x', body: '{{contact.secret}}' })).status).toBe(422)
  const use = (preview: boolean) => post('/tickets/BZ-1005/quick-reply', { quickReplyId: made.id, preview })
  expect((await use(true)).body).toEqual({ text: 'Hola Persona, tu caso es BZ-1005. +34610000004', missing: [] })
  await use(false)
  expect(await get('/quick-replies?language=es')).toMatchObject({ items: [{ shortcut: 'hola', uses: 1 }] })
  expect((await t.api('DELETE', `/quick-replies/${made.id}`)).status).toBe(200)
})

it('keeps for each person what they have read, and in which order they want their views', async () => {
  await openDemoPeople(t)
  const [carmen, javier] = [await signIn(t, DEMO_PEOPLE.admin), await signIn(t, DEMO_PEOPLE.supervisor)]
  const at = '/api/v1/tickets/BZ-1005'
  const write = async (text: string) => {
    // WhatsApp tells whole seconds.
    await t.pass(2)
    await t.post(webhook(DEMO.phoneNumberId, [{ from: '34610000004', text, at: t.now() }]))
    await t.pass(1)
  }
  const unread = async () => {
    const answers = [carmen, javier].map(each => each.api<{ unread: number }>('GET', at))
    return (await Promise.all(answers)).map(({ body }) => body.unread)
  }
  const read = (upTo: string | null | undefined) => carmen.api('PUT', `${at}/read-up-to`, { upTo })
  // Somebody has answered: those who never opened it have nothing before them.
  expect(await unread()).toEqual([0, 0])
  await write('gracias')
  expect(await unread()).toEqual([1, 1])
  const { messages } = await get<{ messages: { id: string }[] }>('/tickets/BZ-1005')
  const [first, last] = [messages[0]?.id, messages.at(-1)?.id]
  expect((await read(last)).status).toBe(200)
  expect(await unread()).toEqual([0, 1])
  const news = async () => (await t.database.owner`select 1 from changes where kind = 'ticket.read'`).length
  const before = await news()
  await read(first)
  expect([await unread(), await news()]).toEqual([[0, 1], before])
  await write('¿y la factura?')
  expect(await unread()).toEqual([1, 2])
  await read((await get<{ messages: { id: string }[] }>('/tickets/BZ-1005')).messages.at(-1)?.id)
  await read(null)
  expect(await unread()).toEqual([1, 2])
  expect(await carmen.api('GET', '/api/v1/tickets?state=open,in_progress,waiting')).toMatchObject({
    body: { items: expect.arrayContaining([expect.objectContaining({ number: 'BZ-1005', unread: 1 })]) },
  })

  const views = await Promise.all(
    ['Una', 'Otra'].map(name => carmen.api<{ id: string }>('POST', '/api/v1/views', { name, filter: {} })),
  )
  const ids = views.map(({ body }) => body.id)
  for (const wanted of [ids, ids.toReversed()]) {
    await carmen.api('PUT', '/api/v1/views/order', { ids: wanted })
    const { body } = await carmen.api<{ items: { id: string }[] }>('GET', '/api/v1/views')
    expect(body.items.map(({ id }) => id)).toEqual(wanted)
  }
  expect((await t.api('PUT', '/views/order', { ids })).body).toMatchObject({ code: 'agents_only' })
})

it('closes silent tickets after the days that the workspace says', async () => {
  expect((await t.api('PUT', '/auto-close', { days: 2 })).body).toEqual({ days: 2 })
  await post('/tickets/BZ-1001/wait')
  await t.pass(2 * 86_400 + 120)
  expect(await get('/tickets/BZ-1001')).toMatchObject({ state: 'resolved', nextAction: null })
  await t.api('PUT', '/auto-close', { days: null })
})
