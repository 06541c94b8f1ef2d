import { gridView } from '../google-sheets/grid.ts'
import type { Channel, CrmRecord, ObjectType, Portal, Store } from '../hubspot/state.ts'
import type { Runtime } from '../runtime.ts'
import { orgView } from '../salesforce/views.ts'
import type { Chat } from '../whatsapp/state.ts'
import { windowOpen } from '../whatsapp/statuses.ts'
import { zendeskView } from '../zendesk/views.ts'

/** How much of each list is shown, newest last; everything when absent. */
export type Limits = { messages?: number | undefined; records?: number | undefined }

export type StateView = ReturnType<typeof stateView>

/** All there is, as people would see it. */
export function stateView(runtime: Runtime, limits: Limits = {}) {
  const { world, clock, courier } = runtime
  const { whatsapp, hubspot, salesforce, google, zendesk } = world
  return {
    now: clock.iso(),
    pendingWebhooks: world.pending.size,
    lostWebhooks: courier.lost(),
    whatsapp: {
      phones: [...whatsapp.phones.values()].map(({ token: _token, appSecret: _secret, ...phone }) => phone),
      people: [...whatsapp.people].map(([key, person]) => ({ key, ...person })),
      chats: [...whatsapp.chats.values()].map(chat => chatView(runtime, chat, limits.messages)),
    },
    salesforce: { orgs: [...salesforce.orgs.values()].map(org => orgView(org, limits.records)) },
    zendesk: { accounts: [...zendesk.accounts.values()].map(account => zendeskView(account, limits)) },
    google: { files: [...google.files.values()].map(file => gridView(file, limits.records)) },
    hubspot: { portals: [...hubspot.portals.values()].map(portal => portalView(portal, limits)) },
  }
}

/** All live records of a type with their associations. */
export function objectsOf(portal: Portal, store: Store, limit?: number) {
  const { total, records } = lastOf(store.records, limit)
  return { total, results: records.map(record => recordOf(portal, record)) }
}

function chatView(runtime: Runtime, chat: Chat, limit: number | undefined) {
  const { world, clock } = runtime
  const ids = limit === undefined ? chat.messageIds : chat.messageIds.slice(-limit)
  return {
    phoneNumberId: chat.phoneNumberId,
    person: chat.person,
    windowOpen: windowOpen(runtime, chat),
    typing: (chat.typingUntil ?? 0) > clock.now(),
    unread: chat.unread.length,
    total: chat.messageIds.length,
    messages: ids.flatMap(id => world.whatsapp.messages.get(id) ?? []),
  }
}

function portalView(portal: Portal, limits: Limits) {
  const { contacts, tickets, communications } = portal.stores
  return {
    portalId: portal.portalId,
    owners: [...portal.owners.values()],
    pipelines: [...portal.pipelines.values()],
    priorities: tickets.properties.get('hs_ticket_priority')?.options ?? [],
    contacts: objectsOf(portal, contacts, limits.records),
    tickets: objectsOf(portal, tickets, limits.records),
    communications: objectsOf(portal, communications, limits.messages === undefined ? undefined : limits.messages * 4),
    channels: [...portal.channels.values()].map(channel => channelView(channel, limits.messages)),
  }
}

function channelView(channel: Channel, limit: number | undefined) {
  const { records } = lastOf(channel.messages, limit === undefined ? undefined : limit * 4)
  return { id: channel.id, name: channel.name, accounts: [...channel.accounts.values()], messages: records }
}

function recordOf(portal: Portal, record: CrmRecord) {
  const associations: Partial<Record<ObjectType, string[]>> = {}
  for (const [type, links] of record.links) {
    associations[type] = [...links.keys()].filter(id => portal.stores[type].records.has(id))
  }
  const { links: _links, ...rest } = record
  return { ...rest, associations }
}

function lastOf<T>(records: Map<string, T>, limit: number | undefined): { total: number; records: T[] } {
  const all = [...records.values()]
  return { total: all.length, records: limit === undefined ? all : all.slice(-limit) }
}
