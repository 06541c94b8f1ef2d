import type { Allowance } from '../contract.ts'

/** Both families of names are in use: https://developer.zendesk.com/api-reference/introduction/rate-limits/ */
const names: [keyof Allowance, string[]][] = [
  ['remaining', ['ratelimit-remaining', 'x-rate-limit-remaining']],
  ['max', ['ratelimit-limit', 'x-rate-limit']],
]

/** What the headers of an answer say of the minute. */
export function readAllowance(headers: Headers): Allowance | undefined {
  const allowance: Allowance = {}
  for (const [name, candidates] of names) {
    const text = candidates.map(candidate => headers.get(candidate)).find(value => value !== null && value !== '')
    const value = Number(text ?? Number.NaN)
    if (Number.isFinite(value)) allowance[name] = value
  }
  return Object.keys(allowance).length > 0 ? allowance : undefined
}
