import type { Connector } from '../contract.ts'
import { checkHubSpot } from './check.ts'
import { readFields } from './fields.ts'
import { fromHubSpotContact, fromHubSpotTicket, toHubSpotContact, toHubSpotMessage, toHubSpotTicket } from './map.ts'
import { mergeHubSpotContacts } from './merge-contacts.ts'
import { pushContacts } from './push-contacts.ts'
import { pushMessages } from './push-messages.ts'
import { pushTickets } from './push-tickets.ts'
import { readObjects } from './read.ts'
import { setUpHubSpot } from './set-up.ts'
import { type HubSpotCredentials, type HubSpotSettings, hubspotCredentials, hubspotSettings } from './settings.ts'
import { parseWebhook, verifyWebhook } from './webhook.ts'

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
    read(headers) {
      const remaining = number(headers, 'x-hubspot-ratelimit-remaining')
      const max = number(headers, 'x-hubspot-ratelimit-max')
      const intervalMs = number(headers, 'x-hubspot-ratelimit-interval-milliseconds')
      if (remaining === undefined && max === undefined) return undefined
      return {
        ...(remaining === undefined ? {} : { remaining }),
        ...(max === undefined ? {} : { max }),
        ...(intervalMs === undefined ? {} : { intervalMs }),
      }
    },
  },
  check: checkHubSpot,
  setUp: setUpHubSpot,
  contact: {
    fields: ctx => readFields(ctx, 'contacts'),
    toRemote: toHubSpotContact,
    fromRemote: fromHubSpotContact,
    push: pushContacts,
    read: (ctx, ids) => readObjects(ctx, 'contacts', ids),
    merge: mergeHubSpotContacts,
  },
  ticket: {
    fields: ctx => readFields(ctx, 'tickets'),
    toRemote: toHubSpotTicket,
    fromRemote: fromHubSpotTicket,
    push: pushTickets,
    read: (ctx, ids) => readObjects(ctx, 'tickets', ids),
  },
  message: {
    fields: ctx => readFields(ctx, 'communications'),
    toRemote: toHubSpotMessage,
    push: pushMessages,
    read: (ctx, ids) => readObjects(ctx, 'communications', ids),
  },
  webhook: { verify: verifyWebhook, parse: parseWebhook },
}

function number(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)
  const value = Number(text)
  return text === null || text === '' || Number.isNaN(value) ? undefined : value
}
