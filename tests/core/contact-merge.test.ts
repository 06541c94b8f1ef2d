import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takesName } from '../../src/core/contact.ts'
import {
  explainOutcome,
  explainSuggestion,
  joinEpisodes,
  joinedReach,
  type MergeFields,
  mergedFields,
  pairOf,
  partedFields,
  remoteOutcomes,
  suggestionReasons,
} from '../../src/core/contact-merge.ts'
import { languages } from '../../src/core/errors.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 2, 16, minute))
const nobody: MergeFields = {
  ...{ name: null, nameFrom: null, nameAt: null, phone: null, waKey: 'MX.1', email: null },
  ...{ category: 'standard', tags: [], username: null, usernameAt: null, custom: {} },
}

it('keeps what the survivor says and fills what it lacks; a VIP stays one', () => {
  const survivor: MergeFields = { ...nobody, name: 'Ana', tags: ['a'], custom: { size: 'M' } }
  const merged: MergeFields = {
    ...{ ...nobody, name: 'Beto', phone: '+525500001234', waKey: '525500001234', email: 'b@example.com' },
    ...{ category: 'vip', tags: ['b', 'a'], custom: { size: 'L', city: 'Mérida' } },
  }
  expect(mergedFields(survivor, merged)).toEqual({
    ...{ ...survivor, phone: '+525500001234', waKey: '525500001234', email: 'b@example.com' },
    ...{ category: 'vip', tags: ['a', 'b'], custom: { size: 'M', city: 'Mérida' } },
  })
})

it('without a number on either side the survivor keeps its key', () => {
  expect(mergedFields(nobody, { ...nobody, waKey: 'MX.2' }).waKey).toBe('MX.1')
})

it('undone, any field goes back, but for those that somebody changed since', () => {
  const value = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
  const fields = fc.record({ name: value, email: value })
  fc.assert(
    fc.property(fields, fields, fields, (before, after, later) => {
      expect(partedFields(after, before, after)).toEqual(before)
      const back = partedFields(later, before, after)
      for (const field of ['name', 'email'] as const) {
        expect(back[field]).toBe(later[field] === after[field] ? before[field] : later[field])
      }
    }),
  )
})

it('of two open episodes the first goes on, more urgent and awake if the other is, whichever is named first', () => {
  const first = {
    id: '1',
    state: 'waiting',
    stateAt: at(3),
    priority: 'normal',
    ownerId: 'x',
    openedAt: at(0),
  } as const
  const second = { id: '2', state: 'open', stateAt: at(5), priority: 'high', ownerId: null, openedAt: at(4) } as const
  const joined = { goesOn: first, ends: second, values: { priority: 'high', state: 'in_progress', stateAt: at(5) } }
  expect(joinEpisodes<typeof first | typeof second>(first, second)).toEqual(joined)
  expect(joinEpisodes<typeof first | typeof second>(second, first)).toEqual(joined)
})

it('is answered where the customer wrote last', () => {
  const none = { toUserId: null, marketing: null, marketingAt: null }
  const older = { ...none, toWaId: '5215500001111', lastInboundAt: at(1) }
  const newer = { ...none, toWaId: null, toUserId: 'MX.2', lastInboundAt: at(2), marketing: 'stop', marketingAt: at(2) }
  expect(joinedReach(older, newer)).toEqual({ ...newer, toWaId: '5215500001111' })
})

it('a pair is the same whichever is named first', () => {
  expect(pairOf('b', 'a')).toEqual(pairOf('a', 'b'))
})

it('of names the first that was given stands in any order, and never replaces a person’s', () => {
  const given = fc.array(fc.record({ name: fc.constantFrom('ana', 'anita', 'lucía'), minute: fc.nat(3) }), {
    minLength: 1,
  })
  const fold = (list: { name: string; minute: number }[]) => {
    const known = { name: null as string | null, nameFrom: null as 'profile' | null, nameAt: null as Date | null }
    for (const { name, minute } of list) {
      if (takesName(known, name, at(minute))) Object.assign(known, { name, nameFrom: 'profile', nameAt: at(minute) })
    }
    return known
  }
  const shuffled = given.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  )
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      expect(fold(other)).toEqual(fold(list))
    }),
  )
  expect(takesName({ name: 'Ana T.', nameFrom: null, nameAt: null }, 'ana', at(0))).toBe(false)
  expect(takesName({ name: 'Ana (tienda)', nameFrom: 'address book', nameAt: null }, 'ana', at(0))).toBe(true)
})

it('says each reason and outcome in every language', () => {
  for (const language of languages) {
    const said = [
      ...suggestionReasons.map(reason => explainSuggestion(reason, language)),
      ...remoteOutcomes.flatMap(outcome => [true, false].map(undone => explainOutcome(outcome, undone, language))),
    ]
    expect(new Set(said).size).toBe(suggestionReasons.length + 2 * remoteOutcomes.length)
  }
})
