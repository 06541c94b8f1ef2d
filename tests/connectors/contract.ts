/**
 * What every connector must do, whatever the vendor. A connector brings a `Harness`: how its simulation is started,
 * broken and looked into.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type {
  ConnectionPlace,
  Connector,
  ConnectorContext,
  ObjectKind,
  PushItem,
  PushResult,
  WebhookRequest,
} from '../../src/connectors/contract.ts'
import type { ContactRecord } from '../../src/core/contact.ts'
import type { MessageRecord } from '../../src/core/message.ts'
import type { TicketRecord } from '../../src/core/ticket.ts'
import { CONNECTION, toItem } from './records.ts'

/** What goes wrong with the next write of a kind. */
export const faults = [
  'rate limited',
  'refused as busy',
  'stored, then an error',
  'no answer',
  'stored, then no answer',
] as const
export type Fault = (typeof faults)[number]

export type Bench = {
  /** Of an account that nobody has set up yet. Its transport gives up soon. */
  ctx: ConnectorContext
  /** Where our webhooks are, for remotes that are told by `setUp`. */
  place?: ConnectionPlace
  fail(fault: Fault, kind: ObjectKind): void
  /** The next erasure is refused as busy. */
  failErasure(): void
  /** The items of the next write at these places are refused. */
  refuse(places: number[], kind: ObjectKind): void
  /** Live records of a kind, as they lie in the remote. */
  records(kind: ObjectKind): { remoteId: string; values: Record<string, string> }[]
  calls(): number
  clearCalls(): void
  /** Moves the remote's clock, and says what it shows now. */
  advance(ms: number): Date
  /** What is read by search or feed is so much behind from now on. */
  lags(ms: number): void
  person: {
    /** A contact that is none of ours; its id. */
    makes(contact: { name: string; phone?: string; email?: string }): string
    renames(contactId: string, name: string): void
    resolves(ticketId: string): void
    deletes(kind: 'contact' | 'ticket', remoteId: string): void
    /** The survivor's id. */
    merges(primaryId: string, otherId: string): string
  }
  /** Webhooks come several times and in disorder from now on. */
  disorder(): void
  /** Those received since the last time, when no more are on their way. */
  webhooks(): Promise<WebhookRequest[]>
  close(): Promise<void>
}

export type Harness = {
  start(): Promise<Bench>
  /** Requests that the vendor's batches allow: for 250 contacts, and for 1,000 messages of 300 contacts with a ticket each. */
  calls: { contacts: number; messages: number }
  /** What the vendor has not: merges, dates of changes, webhooks that say what happened and sign it. */
  lacks?: ('merges' | 'dates' | 'signed bodies')[]
  /** The address is no part of what its webhooks sign. */
  signsBodyOnly?: true
  /** Kinds whose lost answers are known by a unique value of ours, so that they may just be sent again. */
}

/** A connector with its settings made, and our records already in its words. */
/** Our side, as a connection is told of it. */
export const PLACE = { webhookUrl: 'https://buzon.example/hooks', numbers: [] }

export function placeOf(bench: Bench): ConnectionPlace {
  return bench.place ?? PLACE
}

export async function setUp(connector: Connector, bench: Bench) {
  const ctx = { ...bench.ctx, settings: await connector.setUp(bench.ctx, placeOf(bench)) }
  ctx.credentials = (await connector.webhook?.withSecret?.(ctx)) ?? ctx.credentials
  const item = (
    kind: ObjectKind,
    record: ContactRecord | TicketRecord | MessageRecord,
    given: Partial<PushItem> = {},
  ) => {
    const ability = connector[kind] as {
      toRemote(settings: unknown, record: unknown, id: string): ReturnType<typeof connector.contact.toRemote>
    }
    return toItem(record.id, ability.toRemote(ctx.settings, record, CONNECTION), given)
  }
  return { ctx, item, push: (kind: ObjectKind, items: PushItem[]) => connector[kind].push(ctx, items) }
}

/** The remote id of a push that must have succeeded. */
export function idOf(result: PushResult | undefined): string {
  if (result?.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(result)}`)
  return result.remoteId
}

/** Receives webhooks on this machine, as they come. */
export async function receiveWebhooks() {
  let received: WebhookRequest[] = []
  let origin = ''
  const server = createServer((request, response) => {
    const chunks: Uint8Array[] = []
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    request.on('end', () => {
      const headers = new Headers()
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value))
      const body = new Uint8Array(Buffer.concat(chunks))
      received.push({ method: request.method ?? '', url: origin + request.url, headers, body })
      response.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `${origin}/hooks/crm/1?secret=no`,
    take(): WebhookRequest[] {
      const taken = received
      received = []
      return taken
    },
    close: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
