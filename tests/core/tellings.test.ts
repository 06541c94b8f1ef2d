import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinTellings, overwritten, type Tellings, tellingsOf } from '../../src/core/tellings.ts'

const at = (ms: number) => new Date(ms)
const [THEIRS, OURS] = ['4', '2']
const theirs = (ms: number) => tellingsOf({ stage: THEIRS }, at(ms), false)
const ours = (ms: number) => tellingsOf({ stage: OURS }, at(ms), true)

describe('what was written over', () => {
  /** The push looked at 100. */
  const found = (tellings: Tellings, { there = OURS, byUsAt = null as number | null } = {}) =>
    overwritten(tellings, {
      ...{ there: { stage: there }, said: { stage: OURS }, since: at(100) },
      byUsAt: byUsAt === null ? null : at(byUsAt),
    })

  it.each<[string, Tellings, Parameters<typeof found>[1], object]>([
    ['set after the look and before our write', joinTellings(theirs(110), ours(120)), {}, { stage: THEIRS }],
    ['the same, told by the record alone', theirs(110), { byUsAt: 120 }, { stage: THEIRS }],
    ['set before the look, which heard it', joinTellings(theirs(90), ours(120)), {}, {}],
    ['set after our write', joinTellings(theirs(130), ours(120)), { there: THEIRS }, {}],
    ['set after our write, and set back since by somebody', joinTellings(theirs(130), ours(120)), {}, {}],
    ['at the same instant, which tells no order', joinTellings(theirs(120), ours(120)), {}, {}],
    ['with nothing that tells when ours was', theirs(110), {}, {}],
    ['and changed again by somebody else since', joinTellings(theirs(110), ours(120)), { there: '7' }, {}],
    ['the same as ours', tellingsOf({ stage: OURS }, at(110), false), { byUsAt: 120 }, {}],
    ['a field of which we said nothing', tellingsOf({ owner: '1' }, at(110), false), { byUsAt: 120 }, {}],
  ])('%s', (_, tellings, given, expected) => {
    expect(found(tellings, given)).toEqual(expected)
  })
})

it('joined, the latest of each side stays, whatever the order they came in, and however often', () => {
  const telling = fc.record({ ms: fc.nat(1_000), byUs: fc.boolean(), field: fc.constantFrom('stage', 'owner') })
  fc.assert(
    fc.property(fc.uniqueArray(telling, { selector: each => each.ms, maxLength: 8 }), fc.nat(), (all, turn) => {
      const join = (list: typeof all) =>
        list
          .map(({ ms, byUs, field }) => tellingsOf({ [field]: String(ms) }, at(ms), byUs))
          .reduce(joinTellings, {} as Tellings)
      const moved = [...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1)), ...all]
      expect(join(moved)).toEqual(join(all))
      for (const [field, each] of Object.entries(join(all))) {
        const times = (byUs: boolean) => all.filter(one => one.byUs === byUs && one.field === field).map(one => one.ms)
        expect(each.theirs?.at).toBe(times(false).length > 0 ? Math.max(...times(false)) : undefined)
        expect(each.ours?.at).toBe(times(true).length > 0 ? Math.max(...times(true)) : undefined)
      }
    }),
  )
})
