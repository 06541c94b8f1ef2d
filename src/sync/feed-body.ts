/** Changes that were read from a feed, as the ledger keeps them beside the bodies of webhooks. */
import { z } from 'zod'
import type { RemoteChange } from '../connectors/contract.ts'

/** `cursor`: where the page ended, so that two that say the same are two. */
export function feedBody(changes: RemoteChange[], cursor: string): string {
  return JSON.stringify({ feed: changes, cursor })
}

/** Of our own writing, so what each says is as the contract has it; only its time has become text. */
const stored = z.object({
  feed: z.array(z.looseObject({ kind: z.string(), at: z.iso.datetime().transform(text => new Date(text)) })),
  cursor: z.string(),
})

/** Undefined for what a vendor sent. */
export function changesOfFeed(body: unknown): RemoteChange[] | undefined {
  const known = stored.safeParse(body)
  return known.success ? (known.data.feed as unknown as RemoteChange[]) : undefined
}
