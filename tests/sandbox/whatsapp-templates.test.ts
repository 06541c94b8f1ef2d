import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { CUSTOMER, call, type Json, listOf, openSandbox, PHONE, type Receiver, startReceiver } from './support.ts'

const LIST = `/whatsapp/v26.0/${PHONE.wabaId}/message_templates`
const MESSAGES = `/whatsapp/v26.0/${PHONE.phoneNumberId}/messages`
const about = { wabaId: PHONE.wabaId, name: 'aviso', language: 'es' }
const components = [{ type: 'BODY', text: 'Hola {{1}}', example: { body_text: [['Ana']] } }]
const send = (template: object, more: object = {}) =>
  call(sandbox, 'POST', MESSAGES, { messaging_product: 'whatsapp', to: CUSTOMER, type: 'template', template, ...more })
const text = () =>
  call(sandbox, 'POST', MESSAGES, { messaging_product: 'whatsapp', to: CUSTOMER, text: { body: 'hola' } })
const withBody = (...texts: string[]) => ({
  ...{ name: 'aviso', language: { code: 'es' } },
  components: [{ type: 'body', parameters: texts.map(value => ({ type: 'text', text: value })) }],
})

let receiver: Receiver
let sandbox: Sandbox

beforeEach(async () => {
  receiver = await startReceiver()
  sandbox = openSandbox()
  sandbox.whatsapp.phones({ ...PHONE, webhookUrl: `${receiver.url}/hook`, statusDelayMs: 0 })
  sandbox.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages: [{ from: CUSTOMER, text: 'Hola' }] })
  await sandbox.idle()
  receiver.received.length = 0
})

afterEach(async () => {
  sandbox.close()
  await receiver.close()
})

const changes = (): Json[] =>
  receiver.received.flatMap(({ json }) => listOf(json.entry).flatMap(entry => listOf(entry.changes)))
const statuses = () => changes().flatMap(change => listOf(change.value?.statuses))

describe('templates', () => {
  it('are listed page by page, each once', async () => {
    for (let n = 0; n < 7; n++) sandbox.whatsapp.templates({ ...about, name: `t${n}`, components })
    const names: Json[] = []
    let path: string | undefined = `${LIST}?limit=3`
    while (path) {
      const page: { json: Json } = await call(sandbox, 'GET', path)
      names.push(...listOf(page.json.data).map(template => template.name as Json))
      const next = page.json.paging?.next as string | undefined
      path = next?.slice(next.indexOf('/whatsapp'))
    }
    expect(names).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6'])
  })

  it('wait for their review, and each decision is told', async () => {
    const made = await call(sandbox, 'POST', LIST, { name: 'aviso', language: 'es', category: 'UTILITY', components })
    expect(made.json).toMatchObject({ status: 'PENDING', category: 'UTILITY' })
    expect((await send(withBody('Ana'))).json.error).toMatchObject({ code: 132001 })
    sandbox.whatsapp.review({ ...about, event: 'APPROVED' })
    expect((await send(withBody('Ana'))).status).toBe(200)
    sandbox.whatsapp.review({ ...about, quality: 'RED', upcomingCategory: 'MARKETING' })
    await sandbox.idle()
    expect(changes()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ value: expect.objectContaining({ event: 'APPROVED' }) }),
        expect.objectContaining({ value: expect.objectContaining({ new_quality_score: 'RED' }) }),
        expect.objectContaining({
          value: expect.objectContaining({ correct_category: 'MARKETING', new_category: 'UTILITY' }),
        }),
      ]),
    )
  })

  it.each([
    ['PAUSED', 132015],
    ['DISABLED', 132016],
    ['REJECTED', 132001],
  ])('that are %s are refused with %i', async (status, code) => {
    sandbox.whatsapp.templates({ ...about, components, status })
    expect((await send(withBody('Ana'))).json.error).toMatchObject({ code })
  })

  it('take the parameters they were made with, and no others', async () => {
    sandbox.whatsapp.templates({ ...about, components })
    expect((await send(withBody())).json.error).toMatchObject({ code: 132000 })
    expect((await send(withBody('Ana', 'Luz'))).json.error).toMatchObject({ code: 132000 })
    const named = { type: 'body', parameters: [{ type: 'text', parameter_name: 'name', text: 'Ana' }] }
    expect((await send({ ...withBody(), components: [named] })).json.error).toMatchObject({ code: 132012 })
  })

  it('are refused twice in one language, and without examples', async () => {
    sandbox.whatsapp.templates({ ...about, components })
    const again = { name: 'aviso', language: 'es', category: 'UTILITY', components }
    expect((await call(sandbox, 'POST', LIST, again)).json.error).toMatchObject({ error_subcode: 2388024 })
    const bare = { ...again, name: 'otro', components: [{ type: 'BODY', text: 'Hola {{1}}' }] }
    expect((await call(sandbox, 'POST', LIST, bare)).json.error).toMatchObject({ error_subcode: 2388043 })
  })

  it('are held for a look at their quality, until they are released', async () => {
    sandbox.whatsapp.phones({ ...PHONE, webhookUrl: `${receiver.url}/hook`, statusDelayMs: 0, holdTemplates: true })
    sandbox.whatsapp.templates({ ...about, components })
    const answer = await send(withBody('Ana'))
    expect(answer.json.messages?.[0]).toMatchObject({ message_status: 'held_for_quality_assessment' })
    await sandbox.idle()
    expect(statuses()).toEqual([])
    expect(sandbox.whatsapp.release({ phoneNumberId: PHONE.phoneNumberId, deliver: false })).toEqual({ released: 1 })
    await sandbox.idle()
    expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 132015 }] }])
  })
})

describe('errors', () => {
  it('of any code come when they are asked for, in the answer or later', async () => {
    const { phoneNumberId } = PHONE
    sandbox.whatsapp.fail({ phoneNumberId, code: 131031 })
    expect((await text()).json.error).toMatchObject({ code: 131031 })
    sandbox.whatsapp.fail({ phoneNumberId, code: 131049, as: 'status' })
    expect((await text()).status).toBe(200)
    await sandbox.idle()
    expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131049 }] }])
    expect((await text()).status).toBe(200)
  })

  it('come when it goes too fast, for the number and for one person', async () => {
    const phone = { ...PHONE, statusDelayMs: 0 }
    sandbox.whatsapp.phones({ ...phone, perSecond: 20 })
    const codes = async (count: number) => {
      const seen: unknown[] = []
      for (let n = 0; n < count; n++) seen.push((await text()).json.error?.code ?? 'sent')
      return seen
    }
    sandbox.time({ now: '2030-01-01T00:00:00Z' })
    expect(new Set(await codes(10))).toEqual(new Set(['sent']))
    sandbox.whatsapp.phones({ ...phone, perSecond: 1_000_000, pairLimit: true })
    expect(new Set(await codes(45))).toEqual(new Set(['sent']))
    expect(await codes(1)).toEqual([131056])
    sandbox.time({ advanceMs: 6_000 })
    expect(await codes(1)).toEqual(['sent'])
    sandbox.whatsapp.phones({ ...phone, perSecond: 0.001, pairLimit: false })
    await codes(1)
    expect(await codes(1)).toEqual([130429])
  })
})
