import { expect, it } from 'vitest'
import { type InboundMessage, isAnswer, opensWindow, type Via, wantsAnswer } from '../../src/core/inbound.ts'
import { type MessageKind, messageKinds } from '../../src/core/message.ts'

const said = (kind: MessageKind, content: InboundMessage['content'] = null): InboundMessage => ({
  wamid: 'wamid.A1',
  sender: { waId: '525544332211', userId: null, parentUserId: null },
  name: 'Ana Torres',
  at: new Date('2026-05-04T10:00:00Z'),
  kind,
  text: '',
  content,
  raw: null,
  ...{ via: 'live', direction: 'in', origin: 'customer', status: 'received' },
  ...{ replyToWamid: null, targetWamid: null, groupId: null, alsoKnownAs: null, username: null },
})

it.each(messageKinds.filter(kind => kind !== 'call'))(
  '%s wants an answer and opens the window, unless it only tells of something',
  kind => {
    const silent = kind === 'reaction' || kind === 'system'
    expect(wantsAnswer(said(kind))).toBe(!silent)
    expect(opensWindow(said(kind))).toBe(!silent)
  },
)

it('a chat opened for the first time opens the window and wants no answer', () => {
  const welcome = said('system', { event: 'request_welcome' })
  expect(wantsAnswer(welcome)).toBe(false)
  expect(opensWindow(welcome)).toBe(true)
})

it('news about the customer does not open the window', () => {
  expect(opensWindow(said('system', { event: 'user_changed_number' }))).toBe(false)
})

it('a call wants an answer and opens the window by its beginning, taken or not', () => {
  expect(wantsAnswer(said('call', { event: 'connect' }))).toBe(true)
  expect(opensWindow(said('call', { event: 'connect' }))).toBe(true)
  expect(wantsAnswer(said('call', { event: 'terminate' }))).toBe(false)
  expect(opensWindow(said('call', { event: 'terminate' }))).toBe(false)
})

it('a customer whom another agent passes on wants an answer', () => {
  expect(wantsAnswer(said('system', { event: 'control_passed' }))).toBe(true)
  expect(opensWindow(said('system', { event: 'control_passed' }))).toBe(false)
  expect(wantsAnswer(said('system', { event: 'control_taken' }))).toBe(false)
})

it.each<[Via, 'in' | 'out', boolean, boolean, boolean]>([
  ['live', 'in', true, true, false],
  ['live', 'out', false, false, false],
  // Another agent answers; the window is open all the same.
  ['standby', 'in', false, true, false],
  ['echo', 'out', false, false, true],
  ['history', 'in', false, false, false],
  ['history', 'out', false, false, false],
])('%s, %s: wants an answer %s, opens the window %s, is an answer %s', (via, direction, wants, opens, answers) => {
  const origin = direction === 'in' ? 'customer' : 'agent'
  const message: InboundMessage = { ...said('text'), via, direction, origin }
  expect([wantsAnswer(message), opensWindow(message), isAnswer(message)]).toEqual([wants, opens, answers])
})

it('what another program wrote for the business is no answer of its people, nor is a reaction or an edit', () => {
  const echo: InboundMessage = { ...said('text'), via: 'echo', direction: 'out', origin: 'bot' }
  expect(isAnswer(echo)).toBe(false)
  expect(isAnswer({ ...echo, origin: 'agent', kind: 'reaction' })).toBe(false)
  expect(isAnswer({ ...echo, origin: 'agent', kind: 'system' })).toBe(false)
})
