/** Zendesk's events in our words: which are ours, which are answers, and which say nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { zendeskSettings } from '../../../src/connectors/zendesk/settings.ts'
import { statusValues, tagsOf, ticketInput } from '../../../src/connectors/zendesk/values.ts'
import { parseWebhook, SUBSCRIPTIONS } from '../../../src/connectors/zendesk/webhook.ts'
import { NOW } from '../records.ts'

const settings = zendeskSettings.parse({
  ...{ subdomain: 'arrayan', userId: '900' },
  customStatuses: ['new', 'open', 'pending', 'solved'].map((category, nth) => ({
    ...{ id: String(700 + nth), category, isDefault: true },
  })),
})
const OUR_ID = '01932a4e-5b7c-7000-8000-000000000001'

const event = (type: string, detail: object = {}, said: object = {}) => ({
  ...{ type: `zen:event-type:${type}`, id: 'e-1', time: '2026-11-20T10:00:00Z', account_id: 1 },
  detail: { id: '88', actor_id: '55', external_id: OUR_ID, status: 'OPEN', tags: [], assignee_id: '', ...detail },
  event: said,
})
const parse = (body: unknown) => parseWebhook(body, NOW, settings)

test.each([
  [
    'ticket.status_changed',
    { status: 'PENDING', custom_status: '702' },
    {},
    { status: 'pending', custom_status_id: '702' },
  ],
  ['ticket.priority_changed', { priority: 'URGENT' }, {}, { priority: 'urgent' }],
  ['ticket.agent_assignment_changed', { assignee_id: '71' }, {}, { assignee_id: '71' }],
  ['ticket.agent_assignment_changed', { assignee_id: '' }, {}, { assignee_id: null }],
  ['ticket.tags_changed', { tags: ['whatsapp', 'VIP', 'a'] }, {}, { tags: 'a,vip' }],
  ['ticket.subject_changed', { subject: 'Otro' }, {}, { subject: 'Otro' }],
  ['ticket.custom_field_changed', {}, { field: { id: '360' }, current: ['a', 'b'] }, { 'custom_fields.360': 'a,b' }],
  ['ticket.created', {}, {}, {}],
])('%s says what the field holds now', (type, detail, said, values) => {
  expect(parse(event(type, detail, said))).toMatchObject([
    { kind: 'touched', object: 'ticket', remoteId: '88', byUs: false, author: { by: 'person', user: '55' }, values },
  ])
})

test('what our user does is ours, what a rule does is a rule’s', () => {
  const [ours] = parse(event('ticket.priority_changed', { actor_id: '900', priority: 'LOW' }))
  expect(ours).toMatchObject({ byUs: true, values: { priority: 'low' } })
  expect(ours).not.toHaveProperty('author')
  expect(parse(event('ticket.priority_changed', { actor_id: '-1' }))).toMatchObject([{ author: { by: 'rule' } }])
})

describe('answers', () => {
  const comment = (given: object = {}) => ({
    comment: {
      id: '7',
      body: 'Ya sale',
      is_public: true,
      author: { id: '55', is_staff: true, name: 'Carmen' },
      ...given,
    },
  })
  const added = (detail: object, said: object) => parse(event('ticket.comment_added', detail, said))

  test('an agent’s public comment, on a ticket of ours by its id or by its tag', () => {
    const answer = [{ kind: 'reply', remoteId: '88/7', text: 'Ya sale', to: { ticketRemoteId: '88' } }]
    expect(added({}, comment())).toMatchObject(answer)
    expect(added({ external_id: '', tags: ['whatsapp'] }, comment())).toMatchObject(answer)
  })

  test.each([
    ['an e-mail ticket', { external_id: 'erp-1' }, comment()],
    ['a note', {}, comment({ is_public: false })],
    ['a customer', {}, comment({ author: { id: '500', is_staff: false } })],
    ['ours for a customer', { actor_id: '900' }, comment({ author: { id: '500', is_staff: false } })],
    ['ours for an agent', { actor_id: '900' }, comment()],
    ['ours as a bot', { actor_id: '900' }, comment({ body: '→ Bot\nHola', author: { id: '900', is_staff: true } })],
  ])('not %s', (_, detail, said) => {
    expect(added(detail, said)).toEqual([])
  })

  test('whoever connected us may answer too', () => {
    const own = comment({ author: { id: '900', is_staff: true, name: 'Admin' } })
    expect(added({ actor_id: '900' }, own)).toMatchObject([{ kind: 'reply', author: { name: 'Admin' } }])
  })
})

test('whoever was merged is the other from now on; what is unknown says nothing; what is no event is refused', () => {
  expect(parse(event('user.merged', {}, { user: { id: '99' } }))).toMatchObject([
    { kind: 'merged', object: 'contact', remoteId: '99', mergedIds: ['88'] },
  ])
  expect(parse(event('organization.created'))).toEqual([])
  expect(() => parse({ hello: 1 })).toThrow()
})

test('every event that is listened to is understood', () => {
  for (const type of SUBSCRIPTIONS.filter(type => !/comment_added|user\.merged/.test(type))) {
    expect(parse({ ...event('x'), type }), type).toHaveLength(1)
  }
})

test('no odd value of an event throws', () => {
  const odd = fc.oneof(fc.string(), fc.constant(null), fc.constant(''), fc.array(fc.string()))
  fc.assert(
    fc.property(fc.constantFrom(...SUBSCRIPTIONS), fc.dictionary(fc.string(), odd), (type, said) => {
      parse({ ...event('x', {}, said), type })
    }),
    { numRuns: 300 },
  )
})

test('an open ticket that is nobody’s reads as new; one with an agent, and other statuses, as they are', () => {
  expect(statusValues('open', '701', null, settings)).toEqual({ status: 'new', custom_status_id: '700' })
  expect(statusValues('open', '701', '71', settings)).toEqual({ status: 'open', custom_status_id: '701' })
  expect(statusValues('closed', null, '71', settings)).toMatchObject({ custom_status_id: '703' })
})

test('tags: said once, in any order the same, and what is added and removed leads from what was agreed to what is', () => {
  const words = fc.array(fc.stringMatching(/^[a-zA-Záéñ][a-zA-Záéñ _-]{0,8}$/), { maxLength: 6 })
  fc.assert(
    fc.property(words, words, (before, after) => {
      const [agreed, tags] = [tagsOf(before.join(',')), tagsOf(after.join(','))]
      expect(tagsOf(after.toReversed().join(','))).toEqual(tags)
      const input = ticketInput({ tags: after.join(',') }, { tags: before.join(',') })
      const { additional_tags: added = [], remove_tags: removed = [] } = input as Record<string, string[]>
      const there = new Set([...agreed, 'theirs', ...added])
      for (const tag of removed) there.delete(tag)
      expect([...there].filter(tag => tag !== 'theirs').toSorted()).toEqual(
        tags.filter(tag => tag !== 'theirs').toSorted(),
      )
    }),
    { numRuns: 200 },
  )
})
