/**
 * Why a call to a foreign system did not do what was asked. The remote's own words are kept in `message`. Nothing was stored, unless
 * `maybeStored`: the answer of an update was lost, now or before, and what is there could not be heard since.
 */
export type Failure =
  /** The same call may succeed after `afterMs` (rate limit, lock, maintenance, no connection). */
  | { kind: 'retry after'; afterMs: number; status?: number; message: string; maybeStored?: boolean }
  /** The remote understood and refused; the same call will be refused again. `field` is the remote field at fault. */
  | {
      kind: 'rejected'
      status?: number
      code?: string
      field?: string
      message: string
      maybeStored?: boolean
    }
  /** The credentials are refused: the connection pauses until somebody reconnects it. */
  | { kind: 'unauthorized'; status?: number; message: string; maybeStored?: boolean }
  /** The remote record no longer exists. */
  | { kind: 'gone'; status?: number; message: string; maybeStored?: boolean }
  /** The call may have been stored: read back before sending it again. */
  | { kind: 'ambiguous'; status?: number; message: string }
