/** What a HubSpot connection is set up with. */
import { z } from 'zod'
import { priorities, ticketStates } from '../../core/ticket.ts'
import type { ConnectorContext } from '../contract.ts'
import type { HubSpotCredentials } from './credentials.ts'

/** HubSpot's dated API, each version good for 18 months: https://developers.hubspot.com/docs/developer-tooling/platform/versioning */
export const API_VERSION = '2026-09'

/** OAuth has dated paths of its own pace; the undated ones end on 2027-02-16. */
export const OAUTH_VERSION = '2026-03'

/** Rows of an option table. The first row with our word says what we write; the first with theirs, what we read. */
const optionTable = <Words extends readonly [string, ...string[]]>(words: Words) =>
  z.array(z.object({ ours: z.enum(words), theirs: z.string(), label: z.string().default('') })).default([])

export const hubspotSettings = z.object({
  portalId: z.coerce.string().default('').meta({ title: 'HubSpot account ID', fixed: true }),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}$/, 'must look like 2026-03')
    .default(API_VERSION),
  pipelineId: z.string().default('').meta({ title: 'Ticket pipeline', description: 'Empty: the first one.' }),
  stages: optionTable(ticketStates).meta({ title: 'Ticket states' }),
  priorities: optionTable(priorities).meta({ title: 'Priorities' }),
  owners: z.array(z.object({ id: z.string(), email: z.string(), name: z.string() })).default([]),
  findByPhone: z.boolean().default(true).meta({
    title: 'Look for people by phone before making them',
    description:
      'However the number is written in HubSpot. One search for up to 100 new people; without it each gets a contact of their own.',
  }),
  /** Whether the account's journal holds what we want to know; an app installed by OAuth alone has one. */
  journal: z.boolean().default(false),
  mergeContacts: z.boolean().default(false).meta({
    title: 'Merge contacts in HubSpot too',
    description: 'When two contacts are merged here. HubSpot cannot undo it; without it both records stay.',
  }),
  inboxId: z.string().default('').meta({
    title: 'Inbox',
    description: 'The HubSpot inbox from which agents answer on WhatsApp. Empty: they do not.',
  }),
  /** Custom channel of the shared inbox; Sales or Service Hub Professional. */
  channel: z.object({ channelId: z.string(), channelAccountId: z.string() }).optional(),
})
export type HubSpotSettings = z.infer<typeof hubspotSettings>

export type HubSpotContext = ConnectorContext<HubSpotCredentials, HubSpotSettings>

/** Our own unique properties: the idempotency of contacts and tickets. */
export const CONTACT_KEY = 'wa_id'
export const TICKET_KEY = 'wa_ticket_id'
