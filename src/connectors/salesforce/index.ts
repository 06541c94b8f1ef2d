import type { Connector } from '../contract.ts'
import { readAllowance } from './allowance.ts'
import { CHANGES_EVERY_MS, readChanges } from './changes.ts'
import { checkSalesforce } from './check.ts'
import { type SalesforceCredentials, salesforceCredentials } from './credentials.ts'
import { readMessages } from './digests.ts'
import { eraseContact } from './erase-contact.ts'
import { readFields } from './fields.ts'
import { findContacts } from './find-contacts.ts'
import { listObjects } from './list-objects.ts'
import {
  fromSalesforceContact,
  fromSalesforceTicket,
  toSalesforceContact,
  toSalesforceMessage,
  toSalesforceTicket,
} from './map.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { mergeSalesforceContacts } from './merge-contacts.ts'
import { salesforceOAuth } from './oauth.ts'
import { pushKind, pushTogether } from './push.ts'
import { readObjects } from './read.ts'
import { rehearseSalesforce } from './rehearse.ts'
import { salesforceReplies } from './replies.ts'
import { rereadSalesforce, setUpSalesforce, willMakeInSalesforce } from './set-up.ts'
import { MESSAGE, type SalesforceSettings, salesforceSettings } from './settings.ts'
import { salesforceWebhook } from './webhook.ts'

/** Salesforce: contacts and leads, cases, and each message as a record of its own on both. */
export const salesforce: Connector<SalesforceCredentials, SalesforceSettings> = {
  id: 'salesforce',
  name: 'Salesforce',
  baseUrl: 'https://login.salesforce.com',
  credentials: salesforceCredentials,
  settings: salesforceSettings,
  limits: {
    // Salesforce counts days, and how many long calls run at once; this is our own measure.
    requests: 100,
    intervalMs: 10_000,
    // The least there is, of a developer's organization; each answer tells it.
    daily: 15_000,
    isRolling: true,
    read: readAllowance,
  },
  check: checkSalesforce,
  willMake: willMakeInSalesforce,
  reread: rereadSalesforce,
  setUp: setUpSalesforce,
  contact: {
    fields: ctx => readFields(ctx, 'Contact'),
    defaults: contactRows,
    tables: optionTables,
    toRemote: toSalesforceContact,
    fromRemote: fromSalesforceContact,
    push: (ctx, items) => pushKind(ctx, 'contact', items),
    read: readObjects,
    list: (ctx, query) => listObjects(ctx, 'contact', query),
    find: findContacts,
    merge: mergeSalesforceContacts,
    erase: eraseContact,
  },
  ticket: {
    fields: ctx => readFields(ctx, 'Case'),
    defaults: ticketRows,
    tables: optionTables,
    toRemote: toSalesforceTicket,
    fromRemote: fromSalesforceTicket,
    push: (ctx, items) => pushKind(ctx, 'ticket', items),
    read: readObjects,
    list: (ctx, query) => listObjects(ctx, 'ticket', query),
  },
  message: {
    fields: ctx => readFields(ctx, MESSAGE),
    toRemote: toSalesforceMessage,
    push: (ctx, items) => pushKind(ctx, 'message', items),
    read: readMessages,
  },
  pushTogether,
  webhook: salesforceWebhook,
  // The component opens the page by a link that it asked for; by a form, nobody.
  card: { frameAncestors: () => 'https://*.lightning.force.com', admit: async () => undefined },
  rehearse: rehearseSalesforce,
  changes: { everyMs: CHANGES_EVERY_MS, read: readChanges },
  oauth: salesforceOAuth,
  replies: salesforceReplies,
}
