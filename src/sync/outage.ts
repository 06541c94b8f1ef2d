/** Which failures are of the moment, and which of the one change that met them. */
import { RemoteCallError } from '../connectors/contract.ts'
import { isRace, isTransient } from '../db/errors.ts'

/** The CRM or the database is out of reach: everything waits. Any other failure is the change's own. */
export function isOutage(error: unknown): boolean {
  if (error instanceof RemoteCallError) return error.failure.kind !== 'rejected' && error.failure.kind !== 'gone'
  return isTransient(error) && !isRace(error)
}

/** Somebody else wrote at the same moment: what they wrote is there at the second try. */
export async function twice<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!isRace(error)) throw error
    return act()
  }
}
