import { describe, expect, test } from 'vitest'
import {
  fromHubSpotContact,
  fromHubSpotTicket,
  lastingText,
  toHubSpotContact,
  toHubSpotMessage,
  toHubSpotTicket,
} from '../../../src/connectors/hubspot/map.ts'
import { stageTable } from '../../../src/connectors/hubspot/set-up.ts'
import { messageStatuses } from '../../../src/core/message.ts'
import { priorities, ticketStates } from '../../../src/core/ticket.ts'
import { aContact, aMessage, aTicket, CONNECTION } from '../records.ts'
import { defaultPipeline, settings } from './context.ts'

describe('contacts', () => {
  test.each([
    ['Ana', 'Ana', null],
    ['Ana Pérez', 'Ana', 'Pérez'],
    ['Ana Pérez Gil', 'Ana', 'Pérez Gil'],
    ['Ana  María Pérez Gil ', 'Ana María', 'Pérez Gil'],
    ['José da Silva Souza Lima', 'José da', 'Silva Souza Lima'],
  ])('%s goes as %s | %s and comes back', (name, firstname, lastname) => {
    const { values } = toHubSpotContact(settings, aContact(1, { name }), CONNECTION)
    expect(values).toMatchObject({ firstname, lastname })
    expect(fromHubSpotContact(settings, values).name).toBe(name.split(/\s+/).filter(Boolean).join(' '))
  })

  test('what is not known is left out', () => {
    const unknown = aContact(1, { name: ' ', phone: null, email: null, waKey: 'US.13491208655302741918' })
    expect(toHubSpotContact(settings, unknown, CONNECTION).values).toEqual({ wa_id: 'US.13491208655302741918' })
  })

  test('an emptied name and e-mail come back as null, absent ones not at all', () => {
    expect(fromHubSpotContact(settings, { firstname: null, lastname: '', email: '' })).toEqual({
      name: null,
      email: null,
    })
    expect(fromHubSpotContact(settings, { phone: '+1' })).toEqual({})
  })
})

describe('tickets', () => {
  test.each(ticketStates)('%s survives the round trip through the stages', state => {
    expect(fromHubSpotTicket(settings, toHubSpotTicket(settings, aTicket(1, { state }), CONNECTION).values).state).toBe(
      state,
    )
  })

  test.each(priorities)('%s survives the round trip through the priorities', priority => {
    const { values } = toHubSpotTicket(settings, aTicket(1, { priority }), CONNECTION)
    expect(fromHubSpotTicket(settings, values).priority).toBe(priority)
  })

  test('owners are known by e-mail, whatever its case; strangers are left out, nobody is nobody', () => {
    const ownerOf = (ownerEmail: string | null) =>
      toHubSpotTicket(settings, aTicket(1, { ownerEmail }), CONNECTION).values
    expect(ownerOf('carmen@EXAMPLE.com')).toMatchObject({ hubspot_owner_id: '71001' })
    expect(ownerOf('who@example.com')).not.toHaveProperty('hubspot_owner_id')
    expect(ownerOf(null)).toMatchObject({ hubspot_owner_id: null })
    expect(fromHubSpotTicket(settings, { hubspot_owner_id: '71001' })).toEqual({ ownerEmail: 'Carmen@example.com' })
    expect(fromHubSpotTicket(settings, { hubspot_owner_id: '' })).toEqual({ ownerEmail: null })
    expect(fromHubSpotTicket(settings, { hubspot_owner_id: '999' })).toEqual({})
  })

  test('unknown stages and priorities say nothing', () => {
    expect(fromHubSpotTicket(settings, { hs_pipeline_stage: '77', hs_ticket_priority: 'CRITICAL' })).toEqual({})
  })

  test('a ticket always has a subject', () => {
    expect(toHubSpotTicket(settings, aTicket(1, { subject: ' ' }), CONNECTION).values.subject).toBe('BZ-1001')
  })

  test('stages of an own pipeline go by order and by open or closed, never by label', () => {
    const stages = ['CLOSED', 'OPEN', 'OPEN', 'OPEN', 'OPEN', 'CLOSED'].map((ticketState, at) => ({
      ...{ id: `s${at}`, label: 'Cerrado', displayOrder: at, metadata: { ticketState } },
    }))
    const table = stageTable({ ...defaultPipeline, id: '9', stages: stages.toReversed() })
    expect(table.map(({ ours, theirs }) => `${ours} ${theirs}`)).toEqual([
      ...['open s1', 'in_progress s2', 'waiting s3', 'in_progress s4', 'resolved s0', 'resolved s5'],
    ])
  })

  test('a pipeline with one open stage holds every open state', () => {
    const [first, , , last] = defaultPipeline.stages
    const table = stageTable({ ...defaultPipeline, stages: [first, last].flatMap(stage => stage ?? []) })
    expect(table.map(({ ours, theirs }) => `${ours} ${theirs}`)).toEqual([
      ...['open 1', 'in_progress 1', 'waiting 1', 'resolved 4'],
    ])
  })
})

describe('messages', () => {
  const body = (given: Parameters<typeof aMessage>[1]) =>
    toHubSpotMessage(settings, aMessage(1, given), CONNECTION).values.hs_communication_body

  test('tells direction, author, escaped text and the time of the provider', () => {
    const { remoteType, values } = toHubSpotMessage(settings, aMessage(1, { text: 'a <b> & "c"\nd' }), CONNECTION)
    expect(remoteType).toBe('communication')
    expect(values).toEqual({
      hs_communication_channel_type: 'WHATS_APP',
      hs_communication_logged_from: 'CRM',
      hs_timestamp: '2026-11-20T10:00:01.000Z',
      hs_communication_body: '← Ana<br>a &lt;b&gt; &amp; &quot;c&quot;<br>d',
    })
  })

  test.each([
    ['sent', null, '✓ enviado'],
    ['delivered', null, '✓✓ entregado'],
    ['read', null, '✓✓ leído'],
    ['failed', 'Número sin\nWhatsApp', '✗ no entregado: Número sin WhatsApp'],
  ] as const)('an outbound message that is %s says so', (status, failureReason, line) => {
    const said = body({ direction: 'out', origin: 'agent', authorName: 'Luis', text: 'Va', status, failureReason })
    expect(said).toBe(`→ Luis<br>Va<br>${line}`)
  })

  test('the longest text fits, and is not cut inside a character', () => {
    const said = body({ text: '🙂&'.repeat(40_000) }) ?? ''
    expect(said.length).toBeLessThan(65_536)
    expect(said.isWellFormed()).toBe(true)
  })

  test.each(messageStatuses)('a reply from the HubSpot inbox tells only its state: %s', status => {
    const source = { connectionId: CONNECTION, remoteId: 'm1' }
    const { remoteType, values } = toHubSpotMessage(settings, aMessage(1, { source, status }), CONNECTION)
    expect(remoteType).toBe('channel-message')
    expect([null, 'SENT', 'READ', 'FAILED']).toContain(values.status)
    expect(values.errorMessage === null).toBe(status !== 'failed')
  })

  test('a reply from another connection is a communication', () => {
    const source = { connectionId: 'other', remoteId: 'm1' }
    expect(toHubSpotMessage(settings, aMessage(1, { source }), CONNECTION).remoteType).toBe('communication')
  })

  test('links to its file, and is known again without', () => {
    const given = { text: '[Imagen] foto.jpg', direction: 'out', origin: 'agent', authorName: 'Luis' } as const
    const said = body({ ...given, fileUrl: 'https://inbox.example.com/media/1?w=2&e=3' }) ?? ''
    const link = '<a href="https://inbox.example.com/media/1?w=2&amp;e=3">Abrir el archivo</a>'
    expect(said.split('<br>').slice(1, 3)).toEqual(['[Imagen] foto.jpg', link])
    expect(lastingText(said)).toBe(lastingText(body(given) ?? ''))
    // What a customer writes is no link.
    expect(lastingText(body({ text: '<a href="x">y</a>' }) ?? '')).toContain('<a href="x">y</a>')
  })

  test('is known again after its state moved on and HubSpot edited its HTML', () => {
    const given = { direction: 'out', origin: 'agent', authorName: 'Luis', text: "L'hora: 5 < 6 &\n\nok" } as const
    const before = lastingText(body({ ...given, status: 'accepted' }) ?? '')
    const edited = (body({ ...given, status: 'read' }) ?? '').replaceAll('<br>', '<br />').replace("'", '&#39;')
    expect(lastingText(`<div>${edited}</div>`)).toBe(before)
    expect(lastingText(body({ ...given, text: 'otra', status: 'read' }) ?? '')).not.toBe(before)
  })

  test("a customer's words that look like a state are not taken for one", () => {
    expect(lastingText(body({ text: 'dice:\n✓ enviado' }) ?? '')).toContain('✓ enviado')
  })
})
