/** Answers written in HubSpot's inbox: their files, their number, and what their author is told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
  await say(t, 'hola')
})
afterEach(() => t.close())

/** The smallest PNG there is. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF').toString('base64')
const png = { name: 'foto.png', mimeType: 'image/png', data: PNG }
const pdf = { name: 'factura.pdf', mimeType: 'application/pdf', data: PDF }

type Reply = Parameters<TestHub['sandbox']['hubspot']['reply']>[1]
const answer = async (given: Partial<Reply>) => {
  const contactId = remote(t, 'contacts')[0]?.id ?? ''
  const { id } = t.sandbox.hubspot.reply(DEMO.portalId, { contactId, text: '', ownerId: '71001', ...given })
  for (const seconds of [2, 2, 2]) await t.pass(seconds)
  return id
}

/** What the customer got, oldest first. */
const got = () => {
  const [chat] = t.sandbox.state().whatsapp.chats
  return (chat?.messages ?? []).filter(each => each.direction === 'out').map(({ type, text }) => ({ type, text }))
}

const statusOf = (id: string) => {
  const [portal] = t.sandbox.state().hubspot.portals
  return portal?.channels.flatMap(({ messages }) => messages).find(message => message.id === id)?.status
}

describe('files', () => {
  it('go out with the words as the caption, and the answer is told its state', async () => {
    const id = await answer({ text: 'Así llegó', attachments: [png] })
    expect(got()).toMatchObject([{ type: 'image', text: expect.stringContaining('Así llegó') }])
    expect(statusOf(id)).toMatchObject({ statusType: 'SENT' })
  })

  it('several go out in their order, once, however often HubSpot tells of them', async () => {
    t.sandbox.hubspot.configure(DEMO.portalId, { duplicates: 3 })
    await answer({ text: 'Tu factura', richText: '<p><b>Tu</b> factura</p>', attachments: [pdf, png] })
    expect(got()).toMatchObject([
      { type: 'document', text: expect.stringContaining('*Tu* factura') },
      { type: 'image' },
    ])
  })

  it('that HubSpot names by id only are asked for', async () => {
    await answer({ attachments: [{ ...png, byId: true }] })
    expect(got()).toMatchObject([{ type: 'image' }])
  })

  it('that WhatsApp would not take fail at once, with what to mend', async () => {
    const id = await answer({
      text: 'mira',
      attachments: [{ name: 'a.exe', mimeType: 'application/x-msdownload', data: 'TVqQAAMAAAAEAAAA' }],
    })
    expect(got()).toEqual([])
    expect(statusOf(id)).toMatchObject({
      statusType: 'FAILED',
      failureDetails: { errorMessage: expect.stringContaining('No se envió «a.exe»') },
    })
    expect(await openLetters(t)).toHaveLength(1)
  })

  it('that HubSpot cannot give now are fetched later; nothing is sent twice', async () => {
    t.sandbox.faults.add({ vendor: 'hubspot', path: '/files/', kind: 'status', status: 503, times: 1 })
    await answer({ text: 'mira', attachments: [png] })
    await t.pass(60)
    expect(got()).toMatchObject([{ type: 'image', text: expect.stringContaining('mira') }])
    expect(await openLetters(t)).toEqual([])
  })
})

it('outside the 24 hours the author is told at once why', async () => {
  await t.pass(25 * 3_600)
  const id = await answer({ text: 'tarde' })
  expect(got()).toEqual([])
  const status = statusOf(id)
  expect(status).toMatchObject({ statusType: 'FAILED' })
  expect(status?.failureDetails?.errorMessage).toMatch(/24 horas|plantilla/)
})

it('to somebody who never wrote says that a template is needed', async () => {
  const { id: contactId } = t.sandbox.hubspot.create(DEMO.portalId, 'contacts', {
    properties: { firstname: 'Beto', phone: '+525599990000' },
  })
  const id = await answer({ contactId, text: 'hola Beto' })
  expect(statusOf(id)).toMatchObject({
    statusType: 'FAILED',
    failureDetails: { errorMessage: expect.stringContaining('plantilla') },
  })
})
