import { expect, it, test } from 'vitest'
import type { Actor } from '../../src/core/actor.ts'
import { type ChangeSource, changedBy, fieldChanges } from '../../src/core/provenance.ts'

const agent: Actor = { kind: 'agent', agentId: '1', name: 'Ana' }
const connection: Actor = { kind: 'connection', connectionId: '1', name: 'HubSpot' }
const there = (user: string | null): ChangeSource => ({ kind: 'connection', connectionId: '1', remoteId: '7', user })

test.each<[string, Actor, ChangeSource | null, string | null]>([
  ['an agent', agent, null, 'person'],
  ['a customer', { kind: 'customer', contactId: '1' }, null, 'person'],
  ['Buzón itself', { kind: 'system' }, null, 'rule'],
  ['a program', { kind: 'api', keyId: '1', name: 'ERP' }, null, null],
  ['somebody in the CRM', connection, there('Carmen'), 'person'],
  ['something in the CRM', connection, there(null), null],
  ['an agent by a rule', agent, { kind: 'rule', name: 'Facturas' }, 'rule'],
  ['an agent by an import', agent, { kind: 'import', name: 'contactos.csv' }, 'rule'],
  ['an agent who took a change back', agent, { kind: 'undo', entryId: '1' }, 'person'],
])('%s', (_, actor, source, expected) => {
  expect(changedBy(actor, source)).toBe(expected)
})

it('a change is what differs: nothing is nothing, lists are the same in any order, instants by their time', () => {
  const at = new Date('2026-11-20T10:00:00Z')
  const before = { name: '', tags: ['a', 'b'], at, email: 'a@x.mx', state: 'open', same: 1 }
  const after = { name: null, tags: ['b', 'a'], at: new Date(at), email: null, state: 'waiting', same: 1 }
  expect(fieldChanges(Object.keys(before), before, after)).toEqual([
    { field: 'email', previous: 'a@x.mx', value: null },
    { field: 'state', previous: 'open', value: 'waiting' },
  ])
})
