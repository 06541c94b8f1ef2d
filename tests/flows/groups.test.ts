/** A group from the first message to the states of an answer, for each of its members. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
const GROUP = 'Y2FwaV9ncm91cDoxMjM0NTY3ODkw'
const { phoneNumberId } = DEMO

beforeAll(async () => {
  t = await startHub()
  const said = (from: string, name: string, text: string) => ({ from, name, text, raw: { group_id: GROUP } })
  const messages = [said('5215500000001', 'Ana', 'Hola a todos'), said('5215500000002', 'Beto', '¿A qué hora?')]
  t.sandbox.whatsapp.inbound({ phoneNumberId, messages })
  await t.pass(1)
})
afterAll(() => t.close())

type Message = { id: string; status: string; targetWamid: string | null; wamid: string; kind: string }
type Ticket = { groupId: string | null; messages: Message[] }
type State = { status: string; participant: string | null }
const ticket = async () => (await t.api<Ticket>('GET', '/tickets/BZ-1001')).body
const reply = (content: object) =>
  t.api<{ message: Message; detail: string }>('POST', '/tickets/BZ-1001/reply', { content })

it('is one ticket that says that it is a group, and an answer goes to all, whose states are told one by one', async () => {
  const before = await ticket()
  expect(before.groupId).toBe(GROUP)
  expect(before.messages).toHaveLength(2)
  const answer = await reply({ type: 'text', text: 'A las cinco' })
  expect(answer.status).toBe(202)
  await t.pass(5)
  const call = t.sandbox.calls
    .report('whatsapp')
    .calls.find(({ path, method }) => method === 'POST' && path.endsWith('/messages'))
  expect(call?.status).toBe(200)
  expect((await ticket()).messages.at(-1)).toMatchObject({ status: 'delivered' })
  const { items } = (await t.api<{ items: State[] }>('GET', `/messages/${answer.body.message.id}/states`)).body
  expect(items.map(({ status, participant }) => [status, participant])).toEqual(
    expect.arrayContaining([
      ['sent', null],
      ['delivered', '5215500000001'],
      ['delivered', '5215500000002'],
    ]),
  )
})

it('takes nothing with buttons, and no read marks; a reaction names its message as those of customers do', async () => {
  const buttons = await reply({ type: 'buttons', body: '¿Vienes?', buttons: [{ id: 'y', title: 'Sí' }] })
  expect(buttons).toMatchObject({ status: 422, body: { detail: /no se puede enviar a un grupo/ } })
  expect((await t.api('POST', '/tickets/BZ-1001/read')).status).toBe(409)
  const [first] = (await ticket()).messages
  await reply({ type: 'reaction', messageId: first?.id, emoji: '👍' })
  await t.pass(5)
  expect((await ticket()).messages.at(-1)).toMatchObject({
    ...{ kind: 'reaction', status: 'delivered', targetWamid: first?.wamid },
  })
})
