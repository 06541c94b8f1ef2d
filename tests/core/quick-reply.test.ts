import { expect, it } from 'vitest'
import { firstName, renderQuickReply, unknownVariables } from '../../src/core/quick-reply.ts'

it('fills what is known and leaves the rest to be seen', () => {
  expect(renderQuickReply('Hola {{contact.firstName}} {{ contact.phone }}', { 'contact.firstName': 'Ana' })).toEqual({
    text: 'Hola Ana {{ contact.phone }}',
    missing: ['contact.phone'],
  })
  expect(renderQuickReply('$& {{contact.name}}', { 'contact.name': '$& {{agent.name}}' }).text).toBe(
    '$& $& {{agent.name}}',
  )
})

it('knows the variables that there are', () => {
  expect(unknownVariables('{{contact.name}} {{contact.password}} {{x}} {{x}}')).toEqual(['contact.password', 'x'])
  expect([firstName('  Ana María '), firstName(''), firstName(null)]).toEqual(['Ana', null, null])
})
