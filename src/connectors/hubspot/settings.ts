/** What a HubSpot connection is set up with. */
import { z } from 'zod'
import { priorities, ticketStates } from '../../core/ticket.ts'
import type { ConnectorContext } from '../contract.ts'

/** HubSpot's dated API, each version good for 18 months: https://developers.hubspot.com/docs/developer-tooling/platform/versioning */
export const API_VERSION = '2026-09'

export const hubspotCredentials = z.object({
  accessToken: z.string().trim().min(1).meta({
    title: 'Access token',
    description: 'The static token of your HubSpot project app (starts with pat-).',
    secret: true,
  }),
  clientSecret: z.string().trim().min(1).meta({
    title: 'Client secret',
    description: 'Signs the webhooks that HubSpot sends. App settings → Auth.',
    secret: true,
  }),
  appId: z.coerce.string().trim().regex(/^\d+$/).meta({
    title: 'App ID',
    description: 'The number of the app, by which our own changes are recognised when HubSpot tells of them.',
  }),
})
export type HubSpotCredentials = z.infer<typeof hubspotCredentials>

/** Rows of an option table. The first row with our word says what we write; the first with theirs, what we read. */
const optionTable = <Words extends readonly [string, ...string[]]>(words: Words) =>
  z.array(z.object({ ours: z.enum(words), theirs: z.string(), label: z.string().default('') })).default([])

export const hubspotSettings = z.object({
  portalId: z.coerce.string().default('').meta({ title: 'HubSpot account ID' }),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .default(API_VERSION),
  pipelineId: z.string().default('').meta({ title: 'Ticket pipeline', description: 'Empty: the first one.' }),
  stages: optionTable(ticketStates).meta({ title: 'Ticket states' }),
  priorities: optionTable(priorities).meta({ title: 'Priorities' }),
  owners: z.array(z.object({ id: z.string(), email: z.string(), name: z.string() })).default([]),
  findByPhone: z.boolean().default(true).meta({
    title: 'Look for people by phone before making them',
    description:
      'However the number is written in HubSpot. One search for up to 90 new people; without it each gets a contact of their own.',
  }),
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
