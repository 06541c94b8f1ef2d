import { describe, expect, test } from 'vitest'
import { failureOf, type Purpose } from '../../../src/connectors/hubspot/failure.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { NOW } from '../records.ts'

const of = (status: number, purpose: Purpose, body: unknown = {}, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return failureOf(new Response(null, { status, headers }), text, purpose, NOW)
}

test.each([
  [401, 'update', 'unauthorized'],
  [403, 'create', 'unauthorized'],
  [404, 'update', 'gone'],
  [404, 'read', 'gone'],
  [404, 'create', 'rejected'],
  [404, 'upsert', 'rejected'],
  [400, 'update', 'rejected'],
  [409, 'upsert', 'rejected'],
  [413, 'create', 'rejected'],
  [423, 'create', 'retry after'],
  [429, 'create', 'retry after'],
  [477, 'update', 'retry after'],
  [477, 'create', 'ambiguous'],
  [500, 'upsert', 'retry after'],
  [502, 'update', 'retry after'],
  [503, 'create', 'ambiguous'],
  [504, 'read', 'retry after'],
] as const)('%i on %s is %s', (status, purpose, kind) => {
  expect(of(status, purpose)).toMatchObject({ kind, status })
})

describe('how long to wait', () => {
  test('a burst: the interval of the header', () => {
    const headers = { 'X-HubSpot-RateLimit-Interval-Milliseconds': '10000' }
    expect(of(429, 'update', { policyName: 'TEN_SECONDLY_ROLLING' }, headers)).toMatchObject({ afterMs: 10_000 })
    expect(of(429, 'update', {}, { 'retry-after': '3' })).toMatchObject({ afterMs: 3_000 })
    expect(of(429, 'update')).toMatchObject({ afterMs: 10_000 })
  })

  test('the daily allowance: until it returns', () => {
    const headers = { 'X-HubSpot-RateLimit-Interval-Milliseconds': '10000' }
    expect(of(429, 'update', { policyName: 'DAILY' }, headers)).toMatchObject({ afterMs: (14 * 60 + 5) * 60_000 })
  })

  test('a lock: two seconds at least', () => {
    expect(of(423, 'update')).toMatchObject({ afterMs: 2_000 })
    expect(of(423, 'update', {}, { 'retry-after': '9' })).toMatchObject({ afterMs: 9_000 })
  })
})

test("keeps the remote's words, code and field", () => {
  const body = {
    category: 'VALIDATION_ERROR',
    message: 'Property values were not valid',
    errors: [{ message: 'no such option', code: 'INVALID_OPTION', context: { propertyName: ['hs_pipeline_stage'] } }],
  }
  expect(of(400, 'update', body)).toEqual({
    ...{ kind: 'rejected', status: 400, code: 'INVALID_OPTION', field: 'hs_pipeline_stage' },
    message: 'Property values were not valid; no such option',
  })
  expect(of(403, 'update', { message: 'missing scope tickets' })).toMatchObject({ message: 'missing scope tickets' })
})

test.each(['<html>Bad gateway</html>', '', '[]', 'null', '{"message":5,"context":7}'])('survives the body %j', body => {
  expect(of(400, 'update', body).message).not.toBe('')
})

test('reads the allowance from the headers', () => {
  const { read } = hubspot.limits
  const headers = new Headers({
    ...{ 'X-HubSpot-RateLimit-Remaining': '0', 'X-HubSpot-RateLimit-Max': '190' },
    ...{ 'X-HubSpot-RateLimit-Interval-Milliseconds': '10000' },
  })
  expect(read(headers)).toEqual({ remaining: 0, max: 190, intervalMs: 10_000 })
  expect(read(new Headers())).toBeUndefined()
})
