import type { Allowance } from '../contract.ts'

/** `Sforce-Limit-Info: api-usage=18/15000`: calls of the last 24 hours by all apps of the organization, and what it may make. */
export function readAllowance(headers: Headers): Allowance | undefined {
  const [, used, max] = /(?:^|[\s,;])api-usage=(\d+)\/(\d+)/.exec(headers.get('sforce-limit-info') ?? '') ?? []
  if (used === undefined || max === undefined) return undefined
  return { dailyMax: Number(max), dailyRemaining: Math.max(0, Number(max) - Number(used)) }
}
