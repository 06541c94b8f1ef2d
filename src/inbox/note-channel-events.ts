/** What the provider tells of numbers, accounts and templates, and what the phone of the business knows of its contacts. */
import { identitiesOf, lookupKeys } from '../core/identity.ts'
import { applyChannelEvents } from '../db/channel-events.ts'
import type { Tx } from '../db/client.ts'
import { nameContacts } from '../db/contacts.ts'
import { applyTemplateEvent } from './apply-template-event.ts'
import { newId } from './context.ts'
import type { ReceiveContext, Received, ReceivedItem } from './receive-messages.ts'
import { readTemplateEvent } from './whatsapp/template-events.ts'

/** Keeps all of them. Returns the channels whose templates are no longer as we know them. */
export async function noteChannelEvents(tx: Tx, ctx: ReceiveContext, received: Received[]): Promise<string[]> {
  const rows = received.flatMap(({ deliveryId, items }) =>
    items
      .filter(item => item.kind === 'event')
      .map(({ channelId, place, event }) => ({
        ...{ ...event, id: newId(), workspaceId: ctx.workspaceId, channelId, deliveryId, place, recordedAt: ctx.now },
      })),
  )
  if (rows.length === 0) return []
  const [, stale] = await Promise.all([applyChannelEvents(tx, rows), noteTemplates(tx, ctx, received)])
  return stale
}

/** An account's news reach each of its numbers, and its templates once. */
async function noteTemplates(tx: Tx, { now }: ReceiveContext, received: Received[]): Promise<string[]> {
  const stale = new Set<string>()
  for (const { items } of received) {
    const seen = new Set<string>()
    for (const { channelId, wabaId, place, event } of items.filter(item => item.kind === 'event')) {
      const said = /template/.test(event.field) ? readTemplateEvent(event.data) : null
      if (!said || !wabaId || seen.has(`${wabaId} ${place}`)) continue
      seen.add(`${wabaId} ${place}`)
      const applied = await applyTemplateEvent(tx, { now }, { wabaId, event: said, at: event.at })
      if (applied === 'stale') stale.add(channelId)
    }
  }
  return [...stale]
}

/** Names those whom we know without a name; an address book makes no contacts of its own. */
export async function learnAddressBook(
  tx: Tx,
  { now }: ReceiveContext,
  items: Extract<ReceivedItem, { kind: 'address book' }>[],
): Promise<void> {
  const names = items.flatMap(({ entry: { sender, name, action } }) =>
    name && action !== 'remove'
      ? identitiesOf(sender).flatMap(({ kind, ...rest }) =>
          lookupKeys({ kind, ...rest }).map(matchKey => ({ kind, matchKey, name })),
        )
      : [],
  )
  if (names.length > 0) await nameContacts(tx, names, now)
}
