/**
 * Processes stored WhatsApp deliveries right after they were answered, in this process, together when many wait. What
 * does not fit in memory, or fails with the database, stays in the ledger and is taken from there.
 */
import type { Emit } from '../core/events.ts'
import type { Db } from '../db/client.ts'
import { type PendingDelivery, pendingDeliveries } from '../db/deliveries.ts'
import { LARGE, noteFailure, processDeliveries } from './process-deliveries.ts'

export type DeliveryQueue = {
  push(delivery: PendingDelivery): void
  /** Resolves when nothing is in hand. */
  idle(): Promise<void>
}

/** Deliveries of a batch. */
const BATCH = 200

/** Bodies held in memory; more wait in the ledger. */
const HELD = 10_000

/** Large bodies held in memory, up to 3 MB each. */
const HELD_LARGE = 4

/** Nobody waits for an answer, and no body has come for so long: there is time. */
const LULL_MS = 5

/** Answers come first while a burst lasts, but what waits already so long is not held back for them. */
const PATIENCE_MS = 1_000

type Options = {
  db: Db
  now: () => Date
  emit: Emit
  onError: (error: unknown) => void
  /** Somebody waits for an answer at this moment. */
  busy: () => boolean
}

export function createDeliveryQueue({ db, now, emit, onError, busy }: Options): DeliveryQueue {
  const held: PendingDelivery[] = []
  const heldSince: number[] = []
  const large: PendingDelivery[] = []
  let lastAt = 0
  let behind = false
  let working: Promise<void> | null = null

  async function work() {
    while (held.length > 0 || large.length > 0 || behind) {
      await lull()
      const batch = held.length > 0 ? take() : large.length > 0 ? large.splice(0, 1) : await fromLedger()
      if (batch.length > 0) await attempt(batch, meanwhile)
    }
  }

  /** A large body is taken up in pieces, and what has come since goes before the next. */
  async function meanwhile() {
    if (held.length > 0) await attempt(take())
  }

  async function attempt(batch: PendingDelivery[], between?: () => Promise<void>) {
    try {
      await processDeliveries({ db, now: now(), emit, ...(between ? { meanwhile: between } : {}) }, batch)
    } catch (error) {
      // The rows stay pending: recover-deliveries takes them up.
      onError(error)
      behind = false
      await noteFailure(db, batch, error).catch(onError)
    }
  }

  /** Answering and processing want the same processor, and a vendor waits for the answer only. */
  async function lull() {
    for (;;) {
      const now = performance.now()
      const quiet = now - lastAt
      const waited = now - (heldSince[0] ?? Number.NEGATIVE_INFINITY)
      if ((quiet >= LULL_MS && !busy()) || waited >= PATIENCE_MS) return
      await new Promise(resolve => setTimeout(resolve, Math.max(LULL_MS - quiet, 1)))
      await readable()
    }
  }

  /** Timers come before sockets: after a pause of the process, what came meanwhile is yet to be read. */
  async function readable() {
    for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setImmediate(resolve))
  }

  function take(): PendingDelivery[] {
    heldSince.splice(0, BATCH)
    return held.splice(0, BATCH)
  }

  async function fromLedger(): Promise<PendingDelivery[]> {
    const batch = await pendingDeliveries(db, now(), BATCH)
    // Fewer than asked for may still be all that memory bears.
    if (batch.length === 0) behind = false
    return [...batch]
  }

  function run() {
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = null
        if (held.length > 0 || large.length > 0) run()
      })
  }

  return {
    push(delivery) {
      lastAt = performance.now()
      const isLarge = delivery.body.length > LARGE
      if (isLarge ? large.length >= HELD_LARGE : held.length >= HELD) behind = true
      else if (isLarge) large.push(delivery)
      else {
        held.push(delivery)
        heldSince.push(lastAt)
      }
      run()
    },
    async idle() {
      while (working) await working
    },
  }
}
