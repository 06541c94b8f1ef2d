import { webcrypto } from 'node:crypto'
import link from '@salesforce/apex/BuzonConversation.link'
import queueText from '@salesforce/apex/BuzonConversation.queueText'
import read from '@salesforce/apex/BuzonConversation.read'
import sendTemplate from '@salesforce/apex/BuzonConversation.sendTemplate'
import WhatsAppConversation from 'c/whatsAppConversation'
import { createElement } from 'lwc'

jest.mock('@salesforce/apex/BuzonConversation.read', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/BuzonConversation.link', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/BuzonConversation.queueText', () => ({ default: jest.fn() }), { virtual: true })
jest.mock('@salesforce/apex/BuzonConversation.sendTemplate', () => ({ default: jest.fn() }), { virtual: true })

const RECORD = '003000000000001AAA'
const conversation = (given = {}) => ({
  ...{ language: 'es', canReply: true, templates: [] },
  sla: { policy: 'General', lines: [{ text: 'Primera respuesta: quedan 12 min' }] },
  window: { kind: 'open', closesAt: '2026-11-22T10:00:00Z' },
  ticket: { id: 't1', number: 'BZ-1', subject: 'Pedido', url: 'https://buzon.example/tickets/t1', ownerName: 'Luis' },
  messages: [
    {
      id: 'm1',
      direction: 'in',
      author: 'Ana',
      at: '2026-11-21T10:00:00Z',
      text: '<b>hola</b>',
      status: 'received',
      failure: null,
    },
  ],
  ...given,
})

beforeAll(() => {
  if (!globalThis.crypto?.randomUUID) Object.defineProperty(globalThis, 'crypto', { value: webcrypto })
})
beforeEach(() => jest.useFakeTimers())
afterEach(() => {
  document.body.replaceChildren()
  jest.useRealTimers()
  jest.resetAllMocks()
})

const settle = async () => {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve()
}

async function show(answer) {
  read.mockResolvedValue(JSON.stringify(answer))
  const element = createElement('c-whats-app-conversation', { is: WhatsAppConversation })
  element.recordId = RECORD
  document.body.append(element)
  await settle()
  return element
}

const find = (element, selector) => element.shadowRoot.querySelector(selector)
const say = (target, value) => target.dispatchEvent(new CustomEvent('change', { detail: { value } }))

it('shows messages as words, the window, the clocks and whose it is', async () => {
  const element = await show(conversation())
  expect(read).toHaveBeenCalledWith({ recordId: RECORD })
  expect(find(element, '.words').textContent).toBe('<b>hola</b>')
  expect(find(element, '.window').textContent).toContain('Ventana abierta')
  expect(find(element, '.sla').textContent).toBe('Primera respuesta: quedan 12 min')
  expect(element.shadowRoot.textContent).toContain('Responsable: Luis')
})

it('shows the whole conversation in its place, and goes back', async () => {
  const element = await show(conversation())
  const url = 'https://buzon.example/embed/salesforce/open?to=sealed'
  link.mockResolvedValue(JSON.stringify({ url }))
  find(element, '.whole').click()
  await settle()
  expect(link).toHaveBeenCalledWith({ recordId: RECORD })
  expect(find(element, 'iframe').src).toBe(url)
  expect(find(element, 'lightning-textarea')).toBeNull()
  jest.advanceTimersByTime(120_000)
  expect(read).toHaveBeenCalledTimes(1)
  find(element, '.brief').click()
  await settle()
  expect(find(element, 'iframe')).toBeNull()
  expect(read).toHaveBeenCalledTimes(2)
})

it('stays with what it shows where the whole is not to be had, and says why', async () => {
  const element = await show(conversation())
  link.mockRejectedValue({ body: { message: 'sin respuesta' } })
  find(element, '.whole').click()
  await settle()
  expect(find(element, '[role=alert]').textContent).toBe('No se pudo: sin respuesta')
  expect(find(element, '.words').textContent).toBe('<b>hola</b>')
})

it('writes an answer, and empties the field when it is on its way', async () => {
  const element = await show(conversation())
  expect(find(element, 'lightning-button').disabled).toBe(true)
  say(find(element, 'lightning-textarea'), ' Aquí la tiene ')
  await settle()
  find(element, 'lightning-button').click()
  await settle()
  expect(queueText).toHaveBeenCalledWith({ recordId: RECORD, text: 'Aquí la tiene', documentIds: [] })
  expect(find(element, 'lightning-textarea').value).toBe('')
  expect(find(element, '[role=status]').textContent).toContain('En camino')
})

it('sends the files that were uploaded, with words or without, once', async () => {
  const element = await show(conversation())
  const files = [{ documentId: '069000000000001AAA', name: 'Factura.pdf' }]
  find(element, 'lightning-file-upload').dispatchEvent(new CustomEvent('uploadfinished', { detail: { files } }))
  await settle()
  expect(find(element, '.files').textContent).toBe('Factura.pdf')
  find(element, 'lightning-button').click()
  await settle()
  expect(queueText).toHaveBeenCalledWith({ recordId: RECORD, text: '', documentIds: ['069000000000001AAA'] })
  expect(find(element, '.files')).toBeNull()
  expect(find(element, 'lightning-button').disabled).toBe(true)
})

it('keeps what was written where it could not be sent, and says why', async () => {
  const element = await show(conversation())
  queueText.mockRejectedValue({ body: { message: 'sin permiso' } })
  say(find(element, 'lightning-textarea'), 'Hola')
  await settle()
  find(element, 'lightning-button').click()
  await settle()
  expect(find(element, '[role=alert]').textContent).toBe('No se pudo: sin permiso')
  expect(find(element, 'lightning-textarea').value).toBe('Hola')
})

it('offers templates outside the window, and sends the one that is filled in', async () => {
  const needs = { body: ['nombre'], header: { kind: 'none' }, buttons: [] }
  const templates = [{ name: 'cita', language: 'es', category: 'UTILITY', needs }]
  const element = await show(conversation({ window: { kind: 'closed', closedAt: '2026-11-20T10:00:00Z' }, templates }))
  expect(find(element, 'lightning-textarea')).toBeNull()
  say(find(element, 'lightning-combobox'), 'cita es')
  await settle()
  say(find(element, 'lightning-input'), 'Ana')
  await settle()
  find(element, 'lightning-button').click()
  await settle()
  const { body } = sendTemplate.mock.calls[0][0]
  expect(JSON.parse(body)).toMatchObject({ ticketId: 't1', content: { name: 'cita', body: { nombre: 'Ana' } } })
})

it('lets nobody send a template who may not, and shows nothing where there is no conversation', async () => {
  const reader = await show(conversation({ window: null, canReply: false }))
  expect(find(reader, '.send')).toBeNull()
  expect(reader.shadowRoot.textContent).toContain('Solo lectura')
  const empty = await show(conversation({ ticket: null, messages: [] }))
  expect(find(empty, '.empty').textContent).toContain('Aún no hay conversación')
})

it('reads again while it is there, and stops when it goes', async () => {
  const element = await show(conversation())
  jest.advanceTimersByTime(30_000)
  expect(read).toHaveBeenCalledTimes(2)
  element.remove()
  jest.advanceTimersByTime(120_000)
  expect(read).toHaveBeenCalledTimes(2)
})
