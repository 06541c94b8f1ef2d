import type { BlobStore } from '../core/blobs.ts'
import type { Emit } from '../core/events.ts'
import type { Mailer } from '../core/mail.ts'
import type { Db } from '../db/client.ts'
import type { Sealing } from '../db/sealing.ts'
import type { AppCredentials } from '../inbox/meta-app.ts'
import type { WhatsAppApi } from '../inbox/whatsapp/client.ts'

/** What the hub works with, whatever the runtime: the composition makes it, `http` and `functions` are handed it. */
export type Services = {
  db: Db
  now: () => Date
  emit: Emit
  sealing: Sealing
  fetch: typeof fetch
  /** For addresses that a workspace names: reaches none of this machine or of private networks. */
  fetchOutside: typeof fetch
  whatsapp: WhatsAppApi
  /** Files of messages. */
  blobs: BlobStore
  /** A small JPEG of a picture. Throws where it cannot be decoded. */
  thumbnail: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>
  /** Where a file of ours opens for whoever has the address, until then; whole, and the same for the same instant. */
  fileLink: (file: { workspaceId: string; mediaId: string }, until: Date) => Promise<string>
  /** The Meta app of the configuration. */
  metaApp: AppCredentials
  /** Origins other than the connector's own, by connector id: simulations, proxies. */
  baseUrls: Record<string, string>
  /** Absent: no mail can be sent. */
  mailer?: Mailer | undefined
  /** As vendors call this service, without a trailing slash. */
  appUrl: string
  /** Milliseconds, for durations only. */
  clock: () => number
}

/** What carrying changes of one workspace needs, at one moment. */
export type SyncContext = Omit<Services, 'now' | 'whatsapp' | 'thumbnail' | 'fetchOutside'> & {
  workspaceId: string
  now: Date
  /** What the time is by now: of `now`, and what has passed since. For what many processes measure together. */
  moment: () => Date
}

export function syncContext(services: Services, workspaceId: string): SyncContext {
  const [now, began] = [services.now(), services.clock()]
  return { ...services, workspaceId, now, moment: () => new Date(now.getTime() + services.clock() - began) }
}
