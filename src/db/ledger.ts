/**
 * The ledger's front door under load: bodies that are read in one turn of the event loop, or arrive while an insert is on
 * its way, are stored together. No timer, so a lone body is stored at once, and each caller waits for the commit of its own
 * row. For Node.
 */
import type { Db } from './client.ts'
import { type NewDelivery, storeDeliveries } from './deliveries.ts'

export type Ledger = {
  /** Resolves after commit; false when the same body of the same source was stored before. */
  store(delivery: NewDelivery): Promise<boolean>
  /** Somebody waits for an answer. */
  busy(): boolean
}

/** Rows an insert carries at the most: 100 average bodies fill a network buffer or two. */
const BATCH = 100

/** Bodies that wait before another insert sets out behind the one under way: a commit costs Postgres as much as ten rows. */
const CROWD = 32

/** Inserts under way at once, one behind the other down the line: the next is there when the one before commits. */
const LANES = 2

type Waiting = { delivery: NewDelivery; resolve: (isNew: boolean) => void; reject: (error: unknown) => void }

/**
 * `db` is best a pool of one connection, the ledger's own: inserts are pipelined on it, so the server is never idle
 * between two, and no answer waits for a connection that processing holds.
 */
export function createLedger(db: Db, now: () => Date): Ledger {
  const waiting: Waiting[] = []
  let lanes = 0
  let isDue = false

  /** A few that are left over wait for more while another insert is under way. */
  const isWorthIt = (underWay: number) => waiting.length >= (underWay === 0 ? 1 : CROWD)

  async function flush() {
    lanes++
    while (isWorthIt(lanes - 1)) {
      const batch = waiting.splice(0, BATCH)
      try {
        const deliveries = batch.map(item => item.delivery)
        const known = await storeDeliveries(db, deliveries, now())
        for (const { delivery, resolve } of batch) resolve(!known.has(delivery.id))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    lanes--
  }

  /** When what can be read has been read: the next one is often there already. */
  function flushSoon() {
    if (isDue || lanes === LANES || !isWorthIt(lanes)) return
    isDue = true
    setImmediate(() => {
      isDue = false
      void flush()
    })
  }

  return {
    busy: () => isDue || lanes > 0,
    store(delivery) {
      return new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject })
        flushSoon()
      })
    },
  }
}
