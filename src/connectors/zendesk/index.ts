import type { Connector } from '../contract.ts'
import { admitAgent, frameAncestors } from './card.ts'
import { CHANGES_EVERY_MS, readChanges } from './changes.ts'
import { checkZendesk } from './check.ts'
import { type ZendeskCredentials, zendeskCredentials } from './credentials.ts'
import { eraseUser } from './erase-user.ts'
import { messageFields, readTicketFields, readUserFields } from './fields.ts'
import { findUsers } from './find-users.ts'
import { fromZendeskTicket, fromZendeskUser, toZendeskMessage, toZendeskTicket, toZendeskUser } from './map.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { mergeZendeskUsers } from './merge-users.ts'
import { zendeskOAuth } from './oauth.ts'
import { pushMessages } from './push-messages.ts'
import { pushTickets } from './push-tickets.ts'
import { pushTogether } from './push-together.ts'
import { pushUsers } from './push-users.ts'
import { readAllowance } from './read-allowance.ts'
import { readMessages } from './read-comments.ts'
import { listTickets, listUsers, readTickets, readUsers } from './read-records.ts'
import { rehearseZendesk } from './rehearse.ts'
import { zendeskReplies } from './replies.ts'
import { rereadZendesk, setUpZendesk, willMakeInZendesk, withSigningSecret } from './set-up.ts'
import { type ZendeskSettings, zendeskSettings } from './settings.ts'
import { parseWebhook, verifyWebhook } from './webhook.ts'

/** Zendesk Support: users, tickets, and each message as a comment on them. */
export const zendesk: Connector<ZendeskCredentials, ZendeskSettings> = {
  id: 'zendesk',
  name: 'Zendesk',
  // Each account has a host of its own.
  baseUrl: 'https://{subdomain}.zendesk.com',
  credentials: zendeskCredentials,
  settings: zendeskSettings,
  // The Team plan, the least there is.
  limits: { requests: 200, intervalMs: 60_000, read: readAllowance },
  check: checkZendesk,
  willMake: willMakeInZendesk,
  reread: rereadZendesk,
  setUp: setUpZendesk,
  contact: {
    fields: readUserFields,
    defaults: contactRows,
    tables: optionTables,
    toRemote: toZendeskUser,
    fromRemote: fromZendeskUser,
    push: pushUsers,
    read: readUsers,
    list: listUsers,
    find: findUsers,
    merge: mergeZendeskUsers,
    erase: eraseUser,
  },
  ticket: {
    fields: readTicketFields,
    defaults: ticketRows,
    tables: optionTables,
    toRemote: toZendeskTicket,
    fromRemote: fromZendeskTicket,
    push: pushTickets,
    looksFirst: true,
    read: readTickets,
    list: listTickets,
  },
  // A call for each ticket that they are in; the smallest plan gives 200 a minute, of which bulk has a part.
  message: {
    fields: messageFields,
    toRemote: toZendeskMessage,
    push: pushMessages,
    read: readMessages,
    readAtOnce: 50,
  },
  pushTogether,
  webhook: { verify: verifyWebhook, parse: parseWebhook, withSecret: withSigningSecret },
  rehearse: rehearseZendesk,
  changes: { everyMs: CHANGES_EVERY_MS, read: readChanges },
  oauth: zendeskOAuth,
  card: { frameAncestors, admit: admitAgent },
  replies: zendeskReplies,
}
