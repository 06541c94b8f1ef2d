/** What the database's errors say of trying again (PostgreSQL, "Error codes"; postgres.js names its own by words). */

/** Somebody else wrote at the same moment: a deadlock, a serialization failure, a unique row that came first. */
export function isRace(error: unknown): boolean {
  return ['40P01', '40001', '23505'].includes(codeOf(error))
}

/**
 * A failure that says nothing about the data: the connection, a shutdown, a lack of resources, a race. What the
 * database or the code says of the data itself would be said again.
 */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error)
  if (code.startsWith('ERR_')) return false
  return isRace(error) || /^(08|40|53|55|57|58)|^[A-Z]+_[A-Z_]+$|^E[A-Z]{4,}$/.test(code)
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
