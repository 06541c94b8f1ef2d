/** The Inngest client. One app id, whatever runs the functions: the embedded engine, a server of one's own, the cloud. */
import { Inngest } from 'inngest'
import type { Emit } from '../core/events.ts'

export const APP_ID = 'buzon'

export type InngestOptions = {
  signingKey: string
  /** Accepted too, while one key replaces the other. */
  signingKeyFallback?: string
  eventKey: string
  baseUrl?: string | undefined
  /** Where events go; the embedded engine's own, in process. */
  fetch?: typeof fetch
}

export function createInngest(options: InngestOptions): Inngest {
  return new Inngest({ id: APP_ID, isDev: false, logger: quiet, internalLogger: quiet, ...options })
}

/** Functions report by their runs and rows; the SDK's own log would repeat it. */
const quiet = { info() {}, warn() {}, error() {}, debug() {} }

/** A lost event costs a minute, so a failure to send is told to `onError` and not to the caller. */
export function createEmit(inngest: Inngest, onError: (error: unknown) => void): Emit {
  return async events => {
    try {
      await inngest.send(events)
    } catch (error) {
      onError(error)
    }
  }
}
