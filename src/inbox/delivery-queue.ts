/**
 * Processes stored WhatsApp deliveries right after they were answered, in this process, together when many wait. What
 * does not fit in memory, or fails with the database, stays in the ledger and is taken from there.
 */
import type { Emit } from '../core/events.ts'
import type { Db } from '../db/client.ts'
import { type PendingDelivery, pendingDeliveries } from '../db/deliveries.ts'
import { noteFailure, processDeliveries } from './process-deliveries.ts'

export type DeliveryQueue = {
  push(delivery: PendingDelivery): void
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

/** Deliveries of a batch. */
const BATCH = 100

/** Bodies held in memory; more wait in the ledger. */
const HELD = 5_000

type Options = { db: Db; now: () => Date; emit: Emit; onError: (error: unknown) => void }

export function createDeliveryQueue({ db, now, emit, onError }: Options): DeliveryQueue {
  const held: PendingDelivery[] = []
  let behind = false
  let working: Promise<void> | null = null

  async function work() {
    while (held.length > 0 || behind) {
      const batch = held.length > 0 ? held.splice(0, BATCH) : await fromLedger()
      if (batch.length === 0) continue
      try {
        await processDeliveries({ db, now: now(), emit }, batch)
      } catch (error) {
        // The rows stay pending: recover-deliveries takes them up.
        onError(error)
        behind = false
        await noteFailure(db, batch, error).catch(onError)
      }
    }
  }

  async function fromLedger(): Promise<PendingDelivery[]> {
    const batch = await pendingDeliveries(db, now(), BATCH)
    if (batch.length < BATCH) behind = false
    return [...batch]
  }

  function run() {
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = null
        if (held.length > 0) run()
      })
  }

  return {
    push(delivery) {
      if (held.length >= HELD) behind = true
      else held.push(delivery)
      run()
    },
    async idle() {
      while (working) await working
    },
  }
}
