/** Meta's times are seconds since 1970, as text or number. Later than arrival by more than a day is no time at all. */
export function readTime(value: unknown, receivedAt: Date): Date {
  const seconds = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!Number.isFinite(seconds) || seconds <= 0) return receivedAt
  const ms = seconds * 1000
  return ms > receivedAt.getTime() + 86_400_000 ? receivedAt : new Date(ms)
}
