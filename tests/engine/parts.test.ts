import { describe, expect, it } from 'vitest'
import { parseDuration, retryTime, wakeTime } from '../../src/engine/duration.ts'
import { compile, compileCondition, compileTest } from '../../src/engine/expression.ts'
import { canonical } from '../../src/engine/json.ts'

describe('durations', () => {
  it.each([
    ['10s', 10_000],
    ['1h30m', 5_400_000],
    ['1w2d', 777_600_000],
    ['250ms', 250],
    ['2 days', 172_800_000],
    ['5 minutes', 300_000],
    ['1.5h', 5_400_000],
    ['', undefined],
    ['soon', undefined],
    ['10', undefined],
    ['10s later', undefined],
  ])('reads %j', (text, ms) => expect(parseDuration(text)).toBe(ms))

  const now = new Date('2026-01-01T00:00:00Z')
  it('wakes after a duration or at a date', () => {
    expect(wakeTime('1m', now)).toEqual(new Date('2026-01-01T00:01:00Z'))
    expect(wakeTime('2026-02-01T00:00:00Z', now)).toEqual(new Date('2026-02-01T00:00:00Z'))
    expect(wakeTime('whenever', now)).toBeUndefined()
  })

  it('backs off to two hours, with up to 30 s of jitter', () => {
    const seconds = (attempt: number, jitter = 0) =>
      (retryTime(attempt, undefined, now, () => jitter).getTime() - now.getTime()) / 1000
    expect(Array.from({ length: 12 }, (_, attempt) => seconds(attempt))).toEqual([
      15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 7200, 7200,
    ])
    expect(seconds(0, 0.5)).toBe(30)
  })

  it('prefers a Retry-After in seconds or as any date, never in the past', () => {
    const at = (header: string) => retryTime(0, header, now, () => 0).toISOString()
    expect(at('7')).toBe('2026-01-01T00:00:07.000Z')
    expect(at('2026-01-01T01:00:00.000Z')).toBe('2026-01-01T01:00:00.000Z')
    expect(at('Thu, 01 Jan 2026 02:00:00 GMT')).toBe('2026-01-01T02:00:00.000Z')
    expect(at('2020-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00.000Z')
    expect(at('later')).toBe('2026-01-01T00:00:15.000Z')
  })
})

describe('expressions', () => {
  const event = { name: 'a/b', data: { id: 'x1', n: 3, list: ['p', 'q'], deep: { yes: true }, 'odd key': 1 } }
  it.each([
    ['event.data.id', 'x1'],
    ['event.data.missing', null],
    ['event.data.missing.deeper == null', true],
    ['has(event.data.id) && !has(event.data.nope)', true],
    ['event.data.n > 2 && event.data.n == 3', true],
    ['event.data.id.startsWith("x")', true],
    ['event.data.list[1]', 'q'],
    ['event.data["odd key"] == 1', true],
    ['event.data.id + "-" + event.name', 'x1-a/b'],
    ['event.data.deep.yes ? "event.data.id" : \'no\'', 'event.data.id'],
    ['"constant"', 'constant'],
    ['event.name in ["a/b", "c"]', true],
    ['(has(event.data.n))', true],
    ['event.data.list.size() == 2', true],
  ])('%s', (text, value) => expect(compile(text)(event)).toEqual(value))
})

describe('conditions', () => {
  const event = { data: { n: 5, text: 'Ana', list: [1], rows: [{ kind: 'x' }, {}], map: {}, i: 4 } }
  it.each([
    'event.data.absent > 3',
    '!(event.data.absent > 3)',
    '!event.data.absent',
    'event.data.absent && true',
    'event.data.absent ? true : false',
    'event.data.absent + 1 == 2',
    'int(event.data.absent) == 0',
    'event.data.absent.deeper.startsWith("x")',
    'event.data.absent.exists(item, item == 1)',
    '"x" in event.data.absent',
    'size(event.data.absent) > 0',
    'event.data.list[7] > 0',
    'event.data.list[event.data.i] > 0',
    'event.data.map[event.data.text] > 0',
    'event.data.rows.all(row, row.kind == "x")',
  ])('%s: what is not there is no match, and no mistake', text => {
    expect(compileTest(text)(event)).toBe(false)
    expect(compileCondition(text.replaceAll('event.', 'async.')).holds({}, event)).toBe(false)
  })

  it('decide by the rest, where that is enough', () => {
    expect(compileTest('event.data.absent > 3 || event.data.n == 5')(event)).toBe(true)
    expect(compileTest('event.data.rows.exists(row, row.kind == "x")')(event)).toBe(true)
  })

  it.each(['event.data.text > 3', 'event.data.n.startsWith("x")', 'event.data.text ? true : false'])(
    '%s: what is there and of another type is a mistake',
    text => expect(() => compileTest(text)(event)).toThrow(),
  )
})

describe('canonical JSON', () => {
  it('sorts keys, drops undefined and writes what JSON.stringify would', () => {
    expect(canonical({ b: [1, undefined, { d: 1, c: undefined }], a: 'é\n', n: -0, s: null })).toBe(
      '{"a":"é\\n","b":[1,null,{"d":1}],"n":0,"s":null}',
    )
  })
})
