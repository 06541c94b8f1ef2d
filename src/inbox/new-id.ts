/** Ids that grow with time, also within a millisecond (RFC 9562, version 7, with a counter of 32 bits as `seq`). */
import { v7 } from 'uuid'

/**
 * Random bytes are drawn for many ids at once: drawing them is most of what an id costs, and a message makes half a dozen.
 */
const pool = new Uint8Array(16 * 256)
let used = pool.length
let last = 0
let seq = 0

export function newId(): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 16)
  used += 16
  const now = Date.now()
  // A new millisecond starts in the lower half, so that counting up cannot run over.
  seq = now > last ? (((random[6] ?? 0) << 23) | ((random[7] ?? 0) << 15)) >>> 0 : seq + 1
  last = Math.max(now, last)
  return v7({ random, msecs: last, seq })
}
