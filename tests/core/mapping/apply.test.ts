import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contactRows, optionTables, ticketRows } from '../../../src/connectors/hubspot/mapping.ts'
import { inTheirWords, toOurs, toTheirs } from '../../../src/core/mapping/apply.ts'
import { contactValues, ticketChange, ticketValues } from '../../../src/core/mapping/fields.ts'
import type { MappingRow } from '../../../src/core/mapping/row.ts'
import { priorities, ticketStates } from '../../../src/core/ticket.ts'
import { settings } from '../../connectors/hubspot/context.ts'
import { aContact, aTicket } from '../../connectors/records.ts'

const tables = optionTables(settings)
const row = (more: Partial<MappingRow>): MappingRow => ({
  ...{ id: 'row', ours: 'custom.size', theirs: ['size'], direction: 'both', transform: { kind: 'as is' } },
  policy: 'newest',
  ...more,
})
const ours = { 'custom.size': 'XL', number: 'BZ-1', subject: '' }

describe('what goes out', () => {
  it.each<[string, Partial<MappingRow>, object]>([
    ['both ways', {}, { size: 'XL' }],
    ['out only', { direction: 'out' }, { size: 'XL' }],
    ['in only', { direction: 'in' }, {}],
    ['one that stands still', { pausedReason: 'gone' }, {}],
    ['what is empty', { ours: 'subject' }, {}],
    ['what is empty, where that is told too', { ours: 'subject', clears: true }, { size: null }],
    ['what is empty, with something instead', { ours: 'subject', default: 'sin {number}' }, { size: 'sin BZ-1' }],
    ['what has no partner', { transform: { kind: 'options', table: [{ ours: 'M', theirs: '2' }] }, clears: true }, {}],
    [
      'what has no partner, with something instead',
      { transform: { kind: 'options', table: [{ ours: 'M', theirs: '2' }] }, default: '0' },
      { size: '0' },
    ],
  ])('%s', (_, more, expected) => {
    expect(toTheirs([row(more)], {}, ours)).toEqual(expected)
  })
})

describe('what comes in', () => {
  it.each<[string, Partial<MappingRow>, Record<string, string | null>, object]>([
    ['both ways', {}, { size: 'L' }, { 'custom.size': 'L' }],
    ['out only', { direction: 'out' }, { size: 'L' }, {}],
    ['one that stands still', { pausedReason: 'gone' }, { size: 'L' }, {}],
    ['what was emptied', {}, { size: '' }, { 'custom.size': null }],
    ['what nobody speaks of', {}, { other: 'L' }, {}],
    ['what means nothing', { transform: { kind: 'number' } }, { size: 'L' }, {}],
  ])('%s', (_, more, theirs, expected) => {
    expect(toOurs([row(more)], {}, theirs)).toEqual(expected)
  })
})

it('their words stay where they mean what ours do; of a name all fields are replaced, or none', () => {
  const name = row({ ours: 'name', theirs: ['first', 'last'], transform: { kind: 'name' } })
  const said = toTheirs([name], {}, { name: 'Ana Luz Gil' })
  expect(said).toEqual({ first: 'Ana', last: 'Luz Gil' })
  expect(inTheirWords([name], {}, said, { first: 'Ana Luz', last: 'Gil' })).toEqual({ first: 'Ana Luz', last: 'Gil' })
  expect(inTheirWords([name], {}, said, { first: 'Ana Luz Gil' })).toEqual({ first: 'Ana Luz Gil' })
  expect(inTheirWords([name], {}, said, { first: 'Eva', last: 'Luz Gil' })).toEqual(said)
})

describe('HubSpot’s defaults', () => {
  const contact = fc.record({
    name: fc.option(fc.stringMatching(/^[a-zé]{1,6}( [a-zé]{1,6}){0,4}$/), { nil: null }),
    email: fc.option(fc.constantFrom('ana@example.com', 'b@x.mx'), { nil: null }),
  })
  it('a contact that went out comes back as it was, but for what nobody knows', () => {
    fc.assert(
      fc.property(contact, given => {
        const rows = contactRows(settings)
        const back = toOurs(rows, tables, toTheirs(rows, tables, contactValues(aContact(1, given))))
        const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
        expect(back).toEqual(known)
      }),
    )
  })

  it('so does a ticket', () => {
    const ticket = fc.record({
      state: fc.constantFrom(...ticketStates),
      priority: fc.constantFrom(...priorities),
      subject: fc.stringMatching(/^[a-z]{1,9}( [a-z]{1,9})?$/),
      ownerEmail: fc.constantFrom('Carmen@example.com', null),
    })
    fc.assert(
      fc.property(ticket, given => {
        const rows = ticketRows(settings)
        expect(ticketChange(toOurs(rows, tables, toTheirs(rows, tables, ticketValues(aTicket(1, given)))))).toEqual(
          given,
        )
      }),
    )
  })
})

it('a ticket is never without subject, state or priority, and keeps what is no word of ours', () => {
  expect(ticketChange({ state: null, priority: 'enormous', subject: '', owner: null, 'custom.size': 'XL' })).toEqual({
    ownerEmail: null,
    custom: { size: 'XL' },
  })
})
