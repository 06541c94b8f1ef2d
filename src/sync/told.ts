/** What a CRM told in webhooks and feeds, gathered to one a record. */
import type { RemoteChange } from '../connectors/contract.ts'
import type { MappedKind } from '../core/mapping/row.ts'
import { joinTellings } from '../core/tellings.ts'
import { pendingOfSource } from '../db/deliveries.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { Touched } from './apply-touched.ts'
import type { SyncContext } from './context.ts'
import { changesOfFeed } from './feed-body.ts'
import type { OpenConnection } from './open-connection.ts'

/** Bodies that are looked through for who changed a record; HubSpot puts up to 100 events in each. */
const LOOKED_THROUGH = 50

/** Of a body in the ledger. Throws where it is not the vendor's. */
export function changesIn({ connector, remote }: OpenConnection, body: unknown, receivedAt: Date): RemoteChange[] {
  return changesOfFeed(body) ?? connector.webhook?.parse(body, receivedAt, remote.settings) ?? []
}

/** Two tellings of one record. */
export function joined(known: Touched | undefined, touched: Touched): Touched {
  const { deliveryId, object, remoteId, at, byUs, values } = touched
  const older = !!known && known.at > at
  // Our own change makes theirs no newer.
  const isNewer = !known || (known.byUs === byUs ? !older : known.byUs)
  const author = known?.author?.by === 'person' ? known.author : (touched.author ?? known?.author)
  return {
    ...{ deliveryId, object, remoteId },
    at: isNewer ? at : known.at,
    // One change by a person among ours makes it a person's.
    byUs: byUs && (known?.byUs ?? true),
    ...(author ? { author } : {}),
    values: older ? { ...values, ...known.values } : { ...known?.values, ...values },
    tellings: joinTellings(known?.tellings, touched.tellings),
  }
}

/** What deliveries that nobody has applied yet say of records, by their ids there: who changed them, and when. They stay as they are. */
export async function toldMeanwhile(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
): Promise<Map<string, Touched>> {
  const { connector, id } = connection.row
  const pending = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    pendingOfSource(tx, `${connector}:${id}`, LOOKED_THROUGH),
  )
  const told = new Map<string, Touched>()
  for (const { id: deliveryId, body, receivedAt } of pending) {
    for (const change of legible(connection, body, receivedAt)) {
      if (change.kind !== 'touched' || change.object !== kind) continue
      told.set(change.remoteId, joined(told.get(change.remoteId), { ...change, deliveryId }))
    }
  }
  return told
}

/** What cannot be read says nothing here: it becomes a dead letter when it is applied. */
function legible(connection: OpenConnection, body: string, receivedAt: Date): RemoteChange[] {
  try {
    return changesIn(connection, JSON.parse(body), receivedAt)
  } catch {
    return []
  }
}
