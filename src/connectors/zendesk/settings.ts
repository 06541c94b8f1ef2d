/** What a Zendesk connection is set up with. */
import { z } from 'zod'
import { priorities, ticketStates } from '../../core/ticket.ts'
import type { ConnectorContext } from '../contract.ts'
import type { ZendeskCredentials } from './credentials.ts'

/** Rows of an option table. The first row with our word says what we write; the first with theirs, what we read. */
const optionTable = <Words extends readonly [string, ...string[]]>(words: Words) =>
  z.array(z.object({ ours: z.enum(words), theirs: z.string(), label: z.string().default('') })).default([])

export const zendeskSettings = z.object({
  subdomain: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be the first part of the address, such as acme')
    .meta({ title: 'Subdomain', fixed: true, description: 'The name before .zendesk.com.' }),
  states: optionTable(ticketStates).meta({ title: 'Ticket states' }),
  /** Whether `states` are custom statuses, by id, and which is each category's own. */
  customStatuses: z.array(z.object({ id: z.string(), category: z.string(), isDefault: z.boolean() })).default([]),
  priorities: optionTable(priorities).meta({ title: 'Priorities' }),
  owners: z.array(z.object({ id: z.string(), email: z.string(), name: z.string() })).default([]),
  groupId: z
    .string()
    .default('')
    .meta({ title: 'Group of new tickets', description: 'Its number; empty: Zendesk decides.' }),
  formId: z
    .string()
    .default('')
    .meta({ title: 'Form of new tickets', description: 'Its number; empty: the default one.' }),
  findByPhone: z.boolean().default(true).meta({
    title: 'Look for people by phone before making them',
    description: 'One search for up to 100 new people; without it each gets a user of their own.',
  }),
  joinSeconds: z.number().int().min(0).max(3_600).default(60).meta({
    title: 'Messages that follow within so many seconds are one comment',
    description: '0: each message is a comment of its own. Tickets hold 5,000 comments.',
  }),
  takeNotes: z.boolean().default(false).meta({
    title: 'Internal comments become notes',
    description: 'What agents note in Zendesk is noted on the ticket here too.',
  }),
  sendNotes: z.boolean().default(false).meta({
    title: 'Notes become internal comments',
    description: 'What is noted on a ticket here is an internal comment in Zendesk.',
  }),
  mergeUsers: z.boolean().default(false).meta({
    title: 'Merge users in Zendesk too',
    description: 'When two contacts are merged here. Zendesk cannot undo it; without it both users stay.',
  }),
  /** The user whose access it is: what they do by API is our own doing. */
  userId: z.string().default(''),
  webhookId: z.string().default(''),
  /** The sidebar, where it is installed: the key is public. */
  app: z.object({ installationId: z.string(), publicKey: z.string() }).optional(),
})
export type ZendeskSettings = z.infer<typeof zendeskSettings>

export type ZendeskContext = ConnectorContext<ZendeskCredentials, ZendeskSettings>

/** A user field of our own: `external_id` may be another system's already. */
export const USER_FIELD = 'wa_id'
export const CONTACT_KEY = `user_fields.${USER_FIELD}`
/** Not unique there: a ticket that goes on from a closed one has it too. */
export const TICKET_KEY = 'external_id'

/** All our tickets have it, follow-ups that agents make too, since tags go along: triggers may ask for it. */
export const TAG = 'whatsapp'
/** `whatsapp_delivered` and its kind: how far the last answer from Zendesk got. */
export const STATE_TAGS = ['sent', 'delivered', 'read', 'failed'].map(state => `${TAG}_${state}`)

/** On a full ticket, which goes on in another with our id: what is done to it means nothing here. */
export const CONTINUED = `${TAG}_continued`

/** Begins the `external_id` of tickets of what was said before. */
export const HISTORY = 'history:'

/** `external_id` of the users that we make. */
export const userKey = (waKey: string) => `wa:${waKey}`
