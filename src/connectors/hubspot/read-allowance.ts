import type { Allowance } from '../contract.ts'

const names: [keyof Allowance, string][] = [
  ['remaining', 'x-hubspot-ratelimit-remaining'],
  ['max', 'x-hubspot-ratelimit-max'],
  ['intervalMs', 'x-hubspot-ratelimit-interval-milliseconds'],
  ['dailyMax', 'x-hubspot-ratelimit-daily'],
  ['dailyRemaining', 'x-hubspot-ratelimit-daily-remaining'],
]

/** What the headers of an answer say; searches have none, and apps installed by OAuth have no daily ones. */
export function readAllowance(headers: Headers): Allowance | undefined {
  const allowance: Allowance = {}
  for (const [name, header] of names) {
    const text = headers.get(header)
    const value = Number(text)
    if (text !== null && text !== '' && Number.isFinite(value)) allowance[name] = value
  }
  return Object.keys(allowance).length > 0 ? allowance : undefined
}
