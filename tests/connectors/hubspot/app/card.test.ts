/** The card's own decisions, without React, HubSpot or network; and the files of its project. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  contentOf,
  edited,
  messageText,
  mode,
  newDraft,
  offered,
  reasonOf,
  recordOf,
  replyBody,
  templateKey,
  windowText,
} from '../../../../src/connectors/hubspot/app/src/app/cards/card.ts'
import { fill, languageOf, texts } from '../../../../src/connectors/hubspot/app/src/app/cards/texts.ts'
import { hubspot } from '../../../../src/connectors/hubspot/index.ts'
import { REQUIRED_SCOPES } from '../../../../src/connectors/hubspot/oauth.ts'

const template = (name: string, body: string[] = [], more: object = {}) => ({
  ...{ name, language: 'es', category: 'UTILITY' },
  needs: { body, header: { kind: 'none' }, buttons: [], ...more },
})

const conversation = (given: Partial<Conversation> = {}): Conversation => ({
  ...{ language: 'es', canReply: true, person: { name: 'Ana' }, sla: null, templates: [] },
  window: { kind: 'open', closesAt: '2026-11-22T10:00:00Z' },
  ticket: {
    ...{ id: 't1', number: 'BZ-1', subject: 'Pedido', state: 'open' },
    ...{ ownerName: null, url: 'https://x.example', channel: '+52 55' },
  },
  messages: [{ id: 'm1', direction: 'in', author: 'Ana', at: '', text: 'hola', status: 'received', failure: null }],
  ...given,
})
const closed = { kind: 'closed', closedAt: '2026-11-20T10:00:00Z' } as const

describe('what can be done', () => {
  it.each([
    ['none', { ticket: null }],
    ['read only', { canReply: false }],
    ['text', {}],
    ['template', { window: closed }],
    ['template', { window: null }],
  ] as const)('%s', (expected, given) => expect(mode(conversation(given))).toBe(expected))

  it('offers templates that a card can fill in', () => {
    const templates = [
      template('plain'),
      template('picture', [], { header: { kind: 'image' } }),
      template('link', [], { buttons: [{}] }),
      template('carousel', [], { cards: [{}] }),
    ]
    expect(offered(conversation({ templates })).map(({ name }) => name)).toEqual(['plain'])
  })
})

describe('what is sent', () => {
  const draft = newDraft('key-1')

  it('is the text, and nothing while it is empty', () => {
    expect(contentOf(conversation(), { ...draft, text: '  ' })).toBeNull()
    expect(contentOf(conversation(), { ...draft, text: ' Hola ' })).toEqual({ type: 'text', text: 'Hola' })
    expect(contentOf(conversation({ canReply: false }), { ...draft, text: 'Hola' })).toBeNull()
  })

  it('is a template with all its values, in their order or by name', () => {
    const templates = [template('numbers', ['2', '1']), template('names', ['pedido']), template('plain')]
    const late = conversation({ window: closed, templates })
    const chosen = (name: string, values: Record<string, string> = {}) =>
      contentOf(late, { ...draft, template: `${name} es`, values })
    expect(chosen('plain')).toEqual({ type: 'template', name: 'plain', language: 'es' })
    expect(chosen('names')).toBeNull()
    expect(chosen('names', { pedido: ' 7 ' })).toMatchObject({ body: { pedido: '7' } })
    expect(chosen('numbers', { 1: 'a', 2: 'b' })).toMatchObject({ body: ['a', 'b'] })
    expect(chosen('unknown')).toBeNull()
    expect(templateKey(template('plain'))).toBe('plain es')
  })

  it('has the same key until it is another text, and names what its author had read', () => {
    const body = replyBody(conversation(), draft, { type: 'text', text: 'Hola' })
    expect(body).toEqual({
      ticketId: 't1',
      idempotencyKey: 'key-1',
      basedOn: 'm1',
      content: { type: 'text', text: 'Hola' },
    })
    expect(edited(draft, { text: 'otra' }, 'key-2')).toMatchObject({ text: 'otra', key: 'key-2' })
    expect(replyBody(conversation({ messages: [] }), draft, { type: 'text', text: 'a' })).not.toHaveProperty('basedOn')
  })
})

it('says the window, the state of a message and what went wrong', () => {
  const { es } = texts
  expect(windowText(conversation(), es, at => at.slice(11, 16))).toBe('Ventana abierta hasta 10:00')
  expect(windowText(conversation({ window: closed }), es, String)).toBe(es.windowClosed)
  expect(windowText(conversation({ window: { kind: 'closed', closedAt: null } }), es, String)).toBe(es.neverOpen)
  const out = { id: 'm', direction: 'out', author: null, at: '', text: '', status: 'failed', failure: null } as const
  expect(messageText(out, es)).toBe('fallido')
  expect(messageText({ ...out, failure: { sentence: 'Sin WhatsApp.', fix: 'Llama.' } }, es)).toBe(
    'fallido: Sin WhatsApp. Llama.',
  )
  expect(messageText({ ...out, direction: 'in' }, es)).toBe('')
  expect([reasonOf({ detail: 'x', title: 'y' }), reasonOf({ title: 'y' }), reasonOf(null)]).toEqual(['x', 'y', ''])
  expect(String(recordOf({ objectId: 7, objectTypeId: '0-5' }))).toBe('objectType=ticket&objectId=7')
})

it('speaks three languages without a missing word', () => {
  const keys = (of: object): string[] =>
    Object.entries(of).flatMap(([name, value]) =>
      typeof value === 'object' ? keys(value as object).map(each => `${name}.${each}`) : [name],
    )
  for (const language of ['en', 'pt'] as const) expect(keys(texts[language])).toEqual(keys(texts.es))
  expect(['en-US', 'pt-br', 'fr', undefined].map(languageOf)).toEqual(['en', 'pt', 'es', 'es'])
  expect(fill('{a} y {b}', { a: '1' })).toBe('1 y ')
})

describe('the project', () => {
  const root = path.join(import.meta.dirname, '../../../../src/connectors/hubspot/app')
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

  it('has an entry point for each card, and one uid for each feature', () => {
    const metas = files.filter(file => file.endsWith('-hsmeta.json')).map(read)
    expect(new Set(metas.map(({ uid }) => uid)).size).toBe(metas.length)
    for (const { type, config } of metas.filter(({ type }) => type === 'card')) {
      expect(files, type).toContain(`src${config.entrypoint}`)
    }
  })

  it('asks for the scopes without which nothing works', () => {
    const { auth } = read('src/app/app-hsmeta.json').config
    expect(auth.requiredScopes.toSorted()).toEqual(REQUIRED_SCOPES.toSorted())
  })

  it('subscribes to events that the connector understands', () => {
    const { crmObjects } = read('src/app/webhooks/webhooks-hsmeta.json').config.subscriptions
    const ids: Record<string, string> = { contact: '0-1', ticket: '0-5' }
    for (const { subscriptionType, objectType } of crmObjects) {
      const at = { objectTypeId: ids[objectType], fromObjectTypeId: ids[objectType] }
      const event = { subscriptionType, objectId: 1, fromObjectId: 1, primaryObjectId: 1, occurredAt: 1, ...at }
      expect(hubspot.webhook?.parse([event], new Date(0), hubspot.settings.parse({})), subscriptionType).toHaveLength(1)
    }
  })
})
