import type { Connector } from '../contract.ts'
import { CHANGES_EVERY_MS, readChanges } from './changes.ts'
import { checkHubSpot } from './check.ts'
import { type HubSpotCredentials, hubspotCredentials } from './credentials.ts'
import { eraseContact } from './erase-contact.ts'
import { readFields } from './fields.ts'
import { findContacts } from './find-contacts.ts'
import { listObjects } from './list-objects.ts'
import { fromHubSpotContact, fromHubSpotTicket, toHubSpotContact, toHubSpotMessage, toHubSpotTicket } from './map.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { mergeHubSpotContacts } from './merge-contacts.ts'
import { nameFields } from './name-fields.ts'
import { hubspotOAuth } from './oauth.ts'
import { pushContacts } from './push-contacts.ts'
import { pushMessages } from './push-messages.ts'
import { pushTickets } from './push-tickets.ts'
import { readObjects } from './read.ts'
import { readAllowance } from './read-allowance.ts'
import { rehearseHubSpot } from './rehearse.ts'
import { hubspotReplies } from './replies.ts'
import { rereadHubSpot, setUpHubSpot, willMakeInHubSpot } from './set-up.ts'
import { type HubSpotSettings, hubspotSettings } from './settings.ts'
import { byPortal, parseWebhook, verifyWebhook } from './webhook.ts'

/** HubSpot: contacts, tickets, and each message on the timelines of both. */
export const hubspot: Connector<HubSpotCredentials, HubSpotSettings> = {
  id: 'hubspot',
  name: 'HubSpot',
  baseUrl: 'https://api.hubapi.com',
  credentials: hubspotCredentials,
  settings: hubspotSettings,
  limits: {
    // A private app of a free account, the least there is; an app installed by OAuth has 110.
    requests: 100,
    intervalMs: 10_000,
    // No `daily`: the first answer to a static token tells it, and an app installed by OAuth has none.
    read: readAllowance,
  },
  check: checkHubSpot,
  willMake: willMakeInHubSpot,
  reread: rereadHubSpot,
  setUp: setUpHubSpot,
  contact: {
    fields: ctx => readFields(ctx, 'contacts'),
    defaults: contactRows,
    tables: optionTables,
    toRemote: toHubSpotContact,
    fromRemote: fromHubSpotContact,
    push: async (ctx, items) => nameFields(ctx, 'contacts', await pushContacts(ctx, items)),
    read: (ctx, ids) => readObjects(ctx, 'contacts', ids),
    list: (ctx, query) => listObjects(ctx, 'contacts', query),
    find: findContacts,
    merge: mergeHubSpotContacts,
    erase: eraseContact,
  },
  ticket: {
    fields: ctx => readFields(ctx, 'tickets'),
    defaults: ticketRows,
    tables: optionTables,
    toRemote: toHubSpotTicket,
    fromRemote: fromHubSpotTicket,
    push: async (ctx, items) => nameFields(ctx, 'tickets', await pushTickets(ctx, items)),
    read: (ctx, ids) => readObjects(ctx, 'tickets', ids),
    list: (ctx, query) => listObjects(ctx, 'tickets', query),
  },
  message: {
    fields: ctx => readFields(ctx, 'communications'),
    toRemote: toHubSpotMessage,
    push: pushMessages,
    read: (ctx, ids) => readObjects(ctx, 'communications', ids),
  },
  webhook: { verify: verifyWebhook, parse: parseWebhook, byAccount: byPortal },
  rehearse: rehearseHubSpot,
  changes: { everyMs: CHANGES_EVERY_MS, read: readChanges },
  oauth: hubspotOAuth,
  // It opens the page by a link that the card asked for; by a form, nobody.
  card: { frameAncestors: () => 'https://*.hubspot.com', admit: async () => undefined },
  replies: hubspotReplies,
}
