import { mode, offered, reasonOf, shownMessages, templateBody, windowText } from '../decide.js'
import { fill, textsFor } from '../texts.js'

const template = (name, body = [], more = {}) => ({
  ...{ name, language: 'es', category: 'UTILITY' },
  needs: { body, header: { kind: 'none' }, buttons: [], ...more },
})
const conversation = (given = {}) => ({
  ...{ language: 'es', canReply: true, sla: null, templates: [] },
  window: { kind: 'open', closesAt: '2026-11-22T10:00:00Z' },
  ticket: { id: 't1', number: 'BZ-1', subject: 'Pedido', url: 'https://buzon.example/tickets/t1', ownerName: null },
  messages: [
    {
      id: 'm1',
      direction: 'in',
      author: 'Ana',
      at: '2026-11-21T10:00:00Z',
      text: 'hola',
      status: 'received',
      failure: null,
    },
  ],
  ...given,
})
const closed = { kind: 'closed', closedAt: '2026-11-20T10:00:00Z' }
const texts = textsFor('es')

describe('what can be done', () => {
  it.each([
    ['nothing without a ticket', { ticket: null }, 'none'],
    ['words within the window', {}, 'text'],
    ['templates outside it', { window: closed }, 'template'],
    ['templates where nobody wrote yet', { window: null }, 'template'],
  ])('%s', (_name, given, expected) => {
    expect(mode(conversation(given))).toBe(expected)
  })

  it('offers templates with places in their text only', () => {
    const templates = [
      template('a'),
      template('b', [], { header: { kind: 'image' } }),
      template('c', ['1'], { buttons: [{}] }),
    ]
    expect(offered(conversation({ templates })).map(({ name }) => name)).toEqual(['a'])
  })
})

describe('a template', () => {
  const given = { window: closed, templates: [template('cita', ['2', '1']), template('hola', ['nombre'])] }
  const draft = (key, values) => ({ key: 'the-key', template: key, values })

  it('takes its places in their order, or by name, and what it was based on', () => {
    expect(templateBody(conversation(given), draft('cita es', { 1: 'Ana', 2: ' lunes ' }))).toEqual({
      ...{ ticketId: 't1', idempotencyKey: 'the-key', basedOn: 'm1' },
      content: { type: 'template', name: 'cita', language: 'es', body: ['Ana', 'lunes'] },
    })
    expect(templateBody(conversation(given), draft('hola es', { nombre: 'Ana' })).content.body).toEqual({
      nombre: 'Ana',
    })
  })

  it('waits for all of them, for the window to be closed, and for somebody who may', () => {
    expect(templateBody(conversation(given), draft('cita es', { 1: 'Ana' }))).toBeNull()
    expect(templateBody(conversation({ templates: given.templates }), draft('hola es', { nombre: 'Ana' }))).toBeNull()
    expect(templateBody(conversation({ ...given, canReply: false }), draft('hola es', { nombre: 'Ana' }))).toBeNull()
  })
})

it('says how the window stands', () => {
  const format = at => `[${at}]`
  expect(windowText(conversation(), texts, format)).toBe('Ventana abierta hasta [2026-11-22T10:00:00Z]')
  expect(windowText(conversation({ window: closed }), texts, format)).toBe(texts.windowClosed)
  expect(windowText(conversation({ window: { kind: 'closed', closedAt: null } }), texts, format)).toBe(texts.neverOpen)
  expect(windowText(null, texts, format)).toBe('')
})

it('says of our messages how they stand, and why they failed', () => {
  const failure = { sentence: 'No tiene WhatsApp.', fix: 'Llámale.' }
  const ours = { id: 'm2', direction: 'out', author: null, at: '', text: 'x', status: 'failed', failure }
  const [theirs, mine] = shownMessages(conversation({ messages: [...conversation().messages, ours] }), texts, () => '')
  expect(theirs).toMatchObject({ author: 'Ana', state: '', classes: 'message theirs' })
  expect(mine).toMatchObject({
    author: 'Nosotros',
    state: 'fallido: No tiene WhatsApp. Llámale.',
    classes: 'message ours failed',
  })
})

it('speaks three languages with the same keys', () => {
  const keys = language => Object.keys(textsFor(language)).sort()
  expect(keys('pt-BR')).toEqual(keys('es'))
  expect(keys('en-US')).toEqual(keys('es'))
  expect(textsFor('de').send).toBe('Send')
  expect(fill('{a} y {b}', { a: 1 })).toBe('1 y ')
})

it('says what Salesforce said', () => {
  expect(reasonOf({ body: { message: 'no' } })).toBe('no')
  expect(reasonOf({ body: [{ message: 'a' }, { message: 'b' }] })).toBe('a; b')
  expect(reasonOf(new Error('x'))).toBe('x')
})
