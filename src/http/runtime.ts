import type { Context } from 'hono'
import type { Actor } from '../core/actor.ts'
import type { Language } from '../core/errors.ts'
import type { Mailer } from '../core/mail.ts'
import type { Permission, Sight, Visibility } from '../core/permissions.ts'
import type { NewDelivery, PendingDelivery } from '../db/deliveries.ts'
import type { Verifier } from '../inbox/whatsapp/verify.ts'
import type { Services } from '../sync/context.ts'
import type { Identity } from './identity.ts'
import type { MediaLinks } from './media-links.ts'
import type { News } from './news.ts'
import type { RunOperations } from './operator/runs.ts'

/** What requests are answered with; made once on Node, per request on Workers. */
export type HttpRuntime = {
  services: Services
  /** Resolves after commit; false for a body stored before. */
  store(delivery: NewDelivery): Promise<boolean>
  /** Processes a stored WhatsApp body after the answer has gone out. */
  process(delivery: PendingDelivery): void
  /** Keeps the runtime alive for work after the answer. */
  background(work: Promise<unknown>): void
  /** Of the default Meta app. */
  whatsapp: { verify: Verifier; verifyToken: string }
  /** Makes and reads the addresses of files. */
  mediaLinks: MediaLinks
  /** As vendors call this service, without a trailing slash. */
  appUrl: string
  /** For people who open the service in a browser. */
  sandboxUrl: string | null
  /** The area of whoever operates the installation; absent, there is none. `runs`: unless they are at Inngest. */
  operator: { token: string; runs: RunOperations | undefined } | undefined
  /** People, their passwords and sessions. Made when it is first needed. */
  identity(): Promise<Identity>
  /** Absent: no mail can be sent. */
  mailer: Mailer | undefined
  /** Anybody may make a workspace of their own; else only the first person of an installation. */
  openSignUp: boolean
  /** Of whoever sent the request, as far as it can be trusted. */
  clientAddress(c: Context): string
  /** Of a sandbox: people whom everybody may be. */
  demo: { password: string; people: readonly { name: string; email: string; role: string }[] } | null
  /** When to look for news again. */
  news: Pick<News, 'next'>
  onError(error: unknown): void
}

/** Who calls: a key or a person of one workspace, and what they may do there. */
export type Caller = {
  /** For counting: one key, or one agent. */
  id: string
  workspaceId: string
  name: string
  language: Language
  actor: Actor
  permissions: ReadonlySet<Permission>
  visibility: Visibility
  /** Of a person; null for a key. */
  agentId: string | null
  session: { id: string; userId: string; email: string } | null
  teamIds: readonly string[]
  /** What follows of these. */
  sees: Sight
}

export type HttpEnv = { Variables: { runtime: HttpRuntime; caller: Caller } }
