import { expect, it } from 'vitest'
import { type Actor, spokenBy } from '../../src/core/actor.ts'

it.each<[Actor, string | null]>([
  [{ kind: 'agent', agentId: 'a1', name: 'Sofía' }, null],
  [{ kind: 'api', keyId: 'k1', name: 'ERP' }, null],
  [{ kind: 'connection', connectionId: 'c1', name: 'HubSpot' }, 'c1'],
  [{ kind: 'customer', contactId: 'p1' }, null],
  [{ kind: 'system' }, null],
])('%j keeps quiet towards %s', (actor, connectionId) => {
  expect(spokenBy(actor)).toBe(connectionId)
})
