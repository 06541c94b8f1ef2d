import { describe, expect, it } from 'vitest'
import {
  builtInRoles,
  exampleRoles,
  type Permission,
  permissions,
  seesAll,
  sightOf,
} from '../../src/core/permissions.ts'

it('an admin may do everything, and sees everything', () => {
  expect(builtInRoles.admin).toEqual({ permissions, visibility: 'all' })
})

it('a supervisor may do what an agent may, and more; an agent manages nothing', () => {
  const { supervisor, agent } = builtInRoles
  expect(agent.permissions.filter(each => !supervisor.permissions.includes(each))).toEqual([])
  expect(agent.permissions.filter(each => /manage|ledger|audit|export/.test(each))).toEqual([])
  const kept: Permission[] = ['people.manage', 'roles.manage', 'keys.manage', 'settings.manage', 'channels.manage']
  expect(supervisor.permissions.filter(each => kept.includes(each))).toEqual([])
})

it.each(Object.entries({ ...builtInRoles, ...exampleRoles }))('%s names each permission once', (_, role) => {
  expect(new Set(role.permissions).size).toBe(role.permissions.length)
  expect(role.permissions).toContain('tickets.read')
})

describe('sight', () => {
  it.each([
    ['all', seesAll],
    ['team', { kind: 'team', agentId: 'a', teamIds: ['t'] }],
    ['own', { kind: 'own', agentId: 'a' }],
  ] as const)('%s', (visibility, sees) => {
    expect(sightOf(visibility, 'a', ['t'])).toEqual(sees)
  })
})
