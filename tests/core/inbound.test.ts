import { expect, it } from 'vitest'
import { type InboundMessage, opensWindow, wantsAnswer } from '../../src/core/inbound.ts'
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
  replyToWamid: null,
})

it.each(messageKinds)('%s wants an answer and opens the window, unless it only tells of something', kind => {
  const silent = kind === 'reaction' || kind === 'system'
  expect(wantsAnswer(said(kind))).toBe(!silent)
  expect(opensWindow(said(kind))).toBe(!silent)
})

it('a chat opened for the first time opens the window and wants no answer', () => {
  const welcome = said('system', { event: 'request_welcome' })
  expect(wantsAnswer(welcome)).toBe(false)
  expect(opensWindow(welcome)).toBe(true)
})

it('news about the customer does not open the window', () => {
  expect(opensWindow(said('system', { event: 'user_changed_number' }))).toBe(false)
})
