/** Which failures are of the moment, and which of the one change that met them. */
import { RemoteCallError } from '../connectors/contract.ts'
import { isTransient } from '../inbox/process-deliveries.ts'

/** The CRM or the database is out of reach: everything waits. Any other failure is the change's own. */
export function isWeather(error: unknown): boolean {
  if (error instanceof RemoteCallError) return error.failure.kind !== 'rejected' && error.failure.kind !== 'gone'
  return isTransient(error) && !isRace(error) && !/^ERR_/.test(codeOf(error))
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

/** A deadlock, a serialization failure, a unique row that came first (PostgreSQL, "Error codes"). */
function isRace(error: unknown): boolean {
  return ['40P01', '40001', '23505'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
