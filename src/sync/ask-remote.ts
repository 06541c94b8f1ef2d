import { type Connector, RemoteCallError } from '../connectors/contract.ts'
import { AppError } from '../core/errors.ts'

/** What somebody asks of a CRM and waits for: `connection failed`, with the CRM's words, where it refuses or is not there. */
export async function askRemote<T>({ name }: Pick<Connector, 'name'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    throw new AppError('connection failed', { connector: name, reason: error.failure.message }, { cause: error })
  }
}
