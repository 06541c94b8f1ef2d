import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  furthest,
  type MessageStatus,
  messageKinds,
  messageStatuses,
  providerStatuses,
} from '../../src/core/message.ts'

const status = fc.constantFrom(...messageStatuses)

describe('furthest', () => {
  it.each<[MessageStatus, MessageStatus, MessageStatus]>([
    ['sent', 'delivered', 'delivered'],
    ['read', 'delivered', 'read'],
    ['read', 'played', 'played'],
    ['queued', 'sending', 'sending'],
    ['sending', 'uncertain', 'uncertain'],
    ['uncertain', 'accepted', 'accepted'],
    ['accepted', 'sent', 'sent'],
    ['uncertain', 'delivered', 'delivered'],
    ['failed', 'played', 'failed'],
    ['played', 'failed', 'failed'],
  ])('of %s and %s is %s', (a, b, expected) => {
    expect(furthest(a, b)).toBe(expected)
  })

  it('does not depend on the order of arrival', () => {
    fc.assert(fc.property(status, status, (a, b) => furthest(a, b) === furthest(b, a)))
    fc.assert(
      fc.property(status, status, status, (a, b, c) => furthest(furthest(a, b), c) === furthest(a, furthest(b, c))),
    )
  })

  it('does not change by hearing the same again', () => {
    fc.assert(fc.property(status, status, (a, b) => furthest(furthest(a, b), b) === furthest(a, b)))
  })

  it('never leaves failed', () => {
    for (const other of messageStatuses) expect(furthest('failed', other)).toBe('failed')
  })
})

it('knows every status of the provider as one of ours, in their order', () => {
  expect(messageStatuses.filter(item => (providerStatuses as readonly string[]).includes(item))).toEqual([
    ...providerStatuses,
  ])
})

it('names no kind twice', () => {
  expect(new Set(messageKinds).size).toBe(messageKinds.length)
})
