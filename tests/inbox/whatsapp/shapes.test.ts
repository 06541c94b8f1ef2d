/** Every shape of webhook that there is, and what is read of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { languages } from '../../../src/core/errors.ts'
import { describeMessage } from '../../../src/core/rendering.ts'
import { normalize } from '../../../src/inbox/whatsapp/normalize.ts'
import { bodies, START, scene } from '../../fixtures/whatsapp.ts'

const arrived = { receivedAt: new Date((START + 5_000) * 1000) }
const all = bodies(scene)
const me = { waId: scene.customer, userId: null, parentUserId: null }
const at = (seconds: number) => new Date((START + seconds) * 1000)
const theirs = { via: 'live', direction: 'in', origin: 'customer', status: 'received', sender: me }
const echo = { via: 'echo', direction: 'out', origin: 'agent', status: 'sent', sender: me }

/** What is expected of each, in the order of the items. */
const expected: Record<keyof typeof all, object[]> = {
  'a text': [{ ...theirs, kind: 'text', text: '¿Tienen envío a Mérida?', name: 'Ana Torres', content: null }],
  'an image with a link of its own': [{ ...theirs, kind: 'image', text: 'Así llegó', content: { mediaId: '4001' } }],
  'a document with accents, without an id': [
    { ...theirs, kind: 'document', wamid: /^noid\./, content: { filename: 'Cotización ñ.pdf' } },
  ],
  'a moving sticker': [{ kind: 'sticker', content: { animated: true } }],
  'a place, its coordinates as text': [
    { kind: 'location', text: 'Plaza Grande, Calle 60', content: { latitude: 20.97, longitude: -89.62 } },
  ],
  'cards, one without a name': [{ kind: 'contacts', text: 'Luis Peña', alsoKnownAs: null }],
  'a number that was asked for': [
    {
      kind: 'contacts',
      sender: { waId: null, userId: 'MX.770019' },
      alsoKnownAs: { waId: `${scene.customer}66`, userId: null, parentUserId: null },
    },
  ],
  'a list answer': [{ kind: 'interactive', text: 'Envío exprés', content: { id: 'expres', description: 'Mañana' } }],
  'a button of a template': [
    { kind: 'button', text: 'Confirmar cita', content: { payload: 'cita-ok' }, replyToWamid: 'wamid.F.ours' },
  ],
  'a form': [
    {
      kind: 'interactive',
      text: 'Enviado',
      content: { flowToken: 't', answers: { talla: 'M', color: 'azul' } },
      raw: null,
    },
  ],
  'a form with broken JSON': [
    { kind: 'interactive', text: 'Enviado', content: { response_json: '{roto' }, raw: { type: 'interactive' } },
  ],
  'a permission to call': [{ kind: 'interactive', content: { type: 'call_permission_reply', response: 'reject' } }],
  'an interactive answer nobody knows': [
    { content: { type: 'payment_method' }, raw: { interactive: { payment_method: { reference_id: 'P-7' } } } },
  ],
  'a reaction': [{ kind: 'reaction', text: '😮', targetWamid: 'wamid.F.text' }],
  'a reaction taken back': [{ kind: 'reaction', text: '', targetWamid: 'wamid.F.text' }],
  'a text forwarded by many': [{ content: { forwarded: true, frequentlyForwarded: true }, replyToWamid: null }],
  'a question about a product': [{ content: { referredProduct: { product_retailer_id: 'ROSA-12' } } }],
  'an answer to an advertisement': [{ content: { referral: { ctwa_clid: 'AB-1', headline: 'Rosas' } } }],
  'an order': [
    { kind: 'order', content: { items: [{ productId: 'ROSA-12', quantity: 2, price: 150, currency: 'MXN' }] } },
  ],
  'a chat opened': [{ kind: 'system', content: { event: 'request_welcome' } }],
  'a type nobody knows': [{ kind: 'unknown', content: { type: 'hologram' }, raw: { hologram: { depth: 3 } } }],
  'no type': [{ kind: 'text', text: 'sin tipo' }],
  'what Meta cannot hand over, of nobody known': [
    { kind: 'unsupported', name: null, content: { type: 'pool', errors: [{ code: '131051' }] } },
  ],
  'media that Meta could not fetch': [
    { kind: 'image', text: 'la etiqueta', content: { errors: [{ code: '400', details: 'ServerThrottle' }] } },
  ],
  'a time that is a number': [{ at: at(500) }],
  'a customer who hides the number': [{ sender: { waId: null, userId: 'MX.770015' }, name: null }],
  'ids that changed, after a message with the new one': [
    { sender: { userId: 'MX.770012' }, text: 'soy yo' },
    {
      sender: { userId: 'MX.770011' },
      alsoKnownAs: { userId: 'MX.770012' },
      content: { event: 'user_changed_user_id' },
    },
  ],
  'a number that changed, by its key of old': [
    { sender: { waId: `${scene.customer}0` }, alsoKnownAs: { waId: `${scene.customer}1` } },
  ],
  'ids that changed, by the field given up': [
    { sender: { userId: 'MX.77001' }, alsoKnownAs: { waId: scene.customer, userId: 'MX.770018' } },
  ],
  'an edit of an image': [
    {
      kind: 'system',
      text: 'Así llegó, roto',
      targetWamid: 'wamid.F.image',
      content: { event: 'edit', now: { kind: 'image', content: { mediaId: '4011' } } },
    },
  ],
  'a deletion': [{ kind: 'system', targetWamid: 'wamid.F.forwarded', content: { event: 'revoke' } }],
  'a text and a reaction, states and a call at once': [
    { kind: 'text', text: 'juntos' },
    { kind: 'reaction', targetWamid: 'wamid.F.together' },
    { wamid: 'wamid.F.ours', status: 'sent', detail: { conversation: { id: 'c1' } } },
    { kind: 'call', wamid: 'wacid.F.1:connect', direction: 'in', content: { event: 'connect' } },
  ],
  'two fields at once': [
    { kind: 'text', text: 'dos' },
    { kind: 'system', at: at(20), content: { event: 'marketing_stop' } },
  ],
  'marketing wanted again': [{ kind: 'system', at: at(30), content: { event: 'marketing_resume' } }],
  'a message in a group': [{ ...theirs, kind: 'text', groupId: 'grupo.F' }],
  'states of a group': [
    { participant: scene.customer, status: 'read' },
    { participant: `${scene.customer}7`, status: 'read' },
    { participant: 'MX.9', status: 'failed', errorCode: '131026' },
  ],
  'states, the last one first': [
    { status: 'played' },
    { status: 'read' },
    { status: 'delivered', detail: { recipient_user_id: 'MX.77001' } },
    { status: 'sent', detail: { pricing: { category: 'service' } } },
  ],
  'a failure': [{ status: 'failed', errorCode: '131049', errorText: 'Demasiado' }],
  'a state with a callback that is not ours': [{ status: 'sent', callbackMessageId: null }],
  'a group suspended': [{ field: 'group_status_update', event: 'group_suspend', at: arrived.receivedAt }],
  'a member removed': [{ event: 'group_participants_remove', at: at(0) }],
  'an echo of the app': [{ ...echo, kind: 'text', text: 'Ya salió', name: 'Ana Torres' }],
  'an echo as the first of a person': [
    { ...echo, name: null, sender: { waId: `${scene.customer}3`, userId: 'MX.770013', parentUserId: null } },
  ],
  'an echo of an edit, the two the other way round': [
    { ...echo, text: 'Ya salió ayer', targetWamid: 'wamid.F.echo', content: { event: 'edit' } },
  ],
  'an echo of a deletion': [{ ...echo, targetWamid: 'wamid.F.first-echo', content: { event: 'revoke' } }],
  'a message while another agent answers': [{ ...theirs, via: 'standby', text: '¿y mi pedido?' }],
  'what another agent answered': [{ ...echo, origin: 'bot', text: 'Salió ayer', replyToWamid: 'wamid.F.standby' }],
  'another agent passes the customer on': [
    { ...theirs, text: 'Quiere cambiar la talla', content: { event: 'control_passed', to: 'escalation' } },
  ],
  'a message with a summary': [{ ...theirs, content: { summary: 'Preguntó por su pedido' } }],
  'history in threads': [
    { via: 'history', direction: 'out', status: 'read', sender: { ...me, userId: 'MX.77001' }, at: at(-90_000) },
    { via: 'history', direction: 'out', status: 'sent', sender: me, content: { placeholder: true } },
    { via: 'history', direction: 'in', status: 'received', sender: me, text: '¡A ustedes!' },
    { field: 'history', event: 'progress', data: { progress: 55 } },
  ],
  'a file of history': [{ via: 'history', direction: 'out', kind: 'image', sender: me, content: { mediaId: '4020' } }],
  'history refused': [{ field: 'history', event: 'error 2593109' }],
  'an address book': [
    { sender: me, name: 'Ana T.', action: 'add' },
    { sender: me, name: null, action: 'remove' },
  ],
  'a call': [{ ...theirs, kind: 'call', wamid: 'wacid.F.2:connect', content: { event: 'connect' } }],
  'the end of a call': [{ kind: 'call', content: { event: 'terminate', status: 'completed', seconds: 125 } }],
  'a state of a call': [{ field: 'status RINGING' }],
  'an error of the number': [{ field: 'errors', event: 'error 130429', health: null }],
  'a template refused': [{ event: 'REJECTED', at: at(0), data: { message_template_id: 905_507_062_668_800 } }],
  'the quality of a template, under another field': [{ field: 'message_template_quality_update', event: 'YELLOW' }],
  'a category to come': [{ field: 'template_category_update', event: 'MARKETING' }],
  'more messages a second': [
    { event: 'THROUGHPUT_UPGRADE', health: { messagingLimit: 'UNLIMITED', perSecond: 1_000 } },
  ],
  'a number flagged': [{ event: 'FLAGGED', health: { quality: 'FLAGGED', messagingLimit: '10K' } }],
  'a name approved': [{ event: 'APPROVED', health: { verifiedName: 'Flores Luna' } }],
  'no limit any more': [{ field: 'business_capability_update', health: { messagingLimit: 'UNLIMITED' } }],
  'an account restricted': [{ event: 'ACCOUNT_RESTRICTION', health: null }],
  'an alert': [{ field: 'account_alerts', event: 'LIMITS_DEFERRED' }],
  'a review': [{ field: 'account_review_update', event: 'APPROVED' }],
  'settings of calls': [{ field: 'account_settings_update', event: 'phone_number_settings' }],
  'a PIN asked for': [{ field: 'security', event: 'PIN_RESET_REQUEST' }],
  'a user name of the business': [{ event: 'approved' }],
  'a flow published': [{ field: 'flows', event: 'FLOW_STATUS_CHANGE' }],
  'a field nobody knows': [{ field: 'holograms', event: 'holograms', data: { depth: 3 } }],
  'a field without a value': [{ field: 'holograms' }],
  'no entries': [],
}

/** What an item says, whatever it is. */
function saidBy(item: ReturnType<typeof normalize>[number]): object {
  switch (item.kind) {
    case 'message':
      return item.message
    case 'status':
      return item.status
    case 'event':
      return item.event
    case 'address book':
      return item.entry
    default:
      return item
  }
}

it.each(Object.keys(all))('%s', name => {
  const items = normalize(JSON.stringify(all[name]), arrived)
  const wanted = (expected[name] ?? []).map(each =>
    'wamid' in each && each.wamid instanceof RegExp ? { ...each, wamid: expect.stringMatching(each.wamid) } : each,
  )
  expect(items.map(saidBy)).toMatchObject(wanted)
  expect(items.filter(item => item.kind === 'broken')).toEqual([])
})

it('every shape has its expectation', () => {
  expect(Object.keys(expected).sort()).toEqual(Object.keys(all).sort())
})

it('ids of templates keep every digit', () => {
  const text = JSON.stringify(all['a template refused']).replace('905507062668800', '90550706266880012345')
  expect(normalize(text, arrived)).toMatchObject([{ event: { data: { message_template_id: '90550706266880012345' } } }])
})

it.each([
  ['PARTNER_REMOVED', {}, 'disconnected'],
  ['PARTNER_APP_UNINSTALLED', {}, 'disconnected'],
  ['ACCOUNT_DELETED', {}, 'disconnected'],
  ['ACCOUNT_OFFBOARDED', {}, 'disconnected'],
  ['DISABLED_UPDATE', { ban_info: { waba_ban_state: 'DISABLE' } }, 'disconnected'],
  ['DISABLED_UPDATE', { ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' } }, undefined],
  ['DISABLED_UPDATE', { ban_info: { waba_ban_state: 'REINSTATE' } }, 'connected'],
  ['ACCOUNT_RECONNECTED', {}, 'connected'],
  ['VOLUME_BASED_PRICING_TIER_UPDATE', { volume_tier_info: {} }, undefined],
])('an account that is told %s %j is %s', (event, more, state) => {
  const changes = [{ field: 'account_update', value: { event, ...more } }]
  const [item] = normalize(JSON.stringify({ entry: [{ id: '900100', time: START, changes }] }), arrived)
  expect(item?.kind === 'event' && item.event.health?.state).toBe(state)
})

it('a partner’s news names the account inside', () => {
  const value = { event: 'PARTNER_REMOVED', waba_info: { waba_id: '900100', owner_business_id: '7' } }
  const body = { entry: [{ id: '5550001', time: 'soon', changes: [{ field: 'account_update', value }] }] }
  expect(normalize(JSON.stringify(body), arrived)).toMatchObject([
    { channel: { wabaId: '900100' }, event: { at: arrived.receivedAt } },
  ])
})

/** Bodies a run of the suite breaks; more on demand. */
const RUNS = Number(process.env.BUZON_FUZZ_RUNS ?? 2_000)

describe('any body with any part of it missing, moved or replaced', () => {
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(null, '', 0, -1, 1e308, true, [], {}, 'text', '525544332211', '__proto__', '\0', '\ud800'),
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
  )
  const wound = fc.record({ nth: fc.nat(400), how: fc.constantFrom('remove', 'replace', 'wrap', 'swap'), value: leaf })

  it('is read without a throw, and what is read is sound', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(all)),
        fc.array(wound, { minLength: 1, maxLength: 4 }),
        (name, wounds) => {
          const body = structuredClone(all[name]) as Record<string, unknown>
          for (const each of wounds) hurt(body, each)
          for (const item of normalize(JSON.stringify(body), arrived)) {
            expect(JSON.stringify(item)).not.toMatch(/\\u0000|\\ud[89a-f]/)
            if (item.kind === 'message') {
              expect(item.message.wamid).not.toBe('')
              expect(Number.isNaN(item.message.at.getTime())).toBe(false)
              expect(Object.values(item.message.sender).some(Boolean)).toBe(true)
              for (const language of languages) expect(typeof describeMessage(item.message, language)).toBe('string')
            }
          }
        },
      ),
      { numRuns: RUNS },
    )
  })
})

type Wound = { nth: number; how: string; value: unknown }

/** Changes one place of the body, whichever comes `nth` in it. */
function hurt(body: object, { nth, how, value }: Wound) {
  const places: [object, string][] = []
  const visit = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node, key])
      visit(Reflect.get(node, key))
    }
  }
  visit(body)
  const [node, key] = places[nth % Math.max(places.length, 1)] ?? []
  const [other, otherKey] = places[(nth * 7 + 3) % Math.max(places.length, 1)] ?? []
  if (!node || !key) return
  const was: unknown = Reflect.get(node, key)
  if (how === 'remove') Reflect.deleteProperty(node, key)
  else if (how === 'wrap') Reflect.set(node, key, [was])
  else if (how === 'swap' && other && otherKey) Reflect.set(node, key, structuredClone(Reflect.get(other, otherKey)))
  else Reflect.set(node, key, value)
}
