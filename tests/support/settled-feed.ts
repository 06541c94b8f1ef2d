import type { Db } from '../../src/db/client.ts'
import { waitFor } from './wait-for.ts'

/**
 * The feed of changes shows what is older than the oldest transaction that writes anywhere on the server, which other tests
 * share: this waits for those that have begun by now.
 */
export async function settledFeed(owner: Db): Promise<void> {
  const [now] = await owner<{ end: string }[]>`select pg_snapshot_xmax(pg_current_snapshot())::text as end`
  await waitFor('older transactions to end', async () => {
    const [row] = await owner<{ isPast: boolean }[]>`
      select pg_snapshot_xmin(pg_current_snapshot()) >= ${now?.end ?? '0'}::text::xid8 as is_past`
    return row?.isPast
  })
}
