/** What a Salesforce connection is set up with. */
import { z } from 'zod'
import { priorities, ticketStates } from '../../core/ticket.ts'
import type { ConnectorContext } from '../contract.ts'
import type { SalesforceCredentials } from './credentials.ts'

/** Winter '27. A version lives for three years at least: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm */
export const API_VERSION = '68.0'

/** Our own fields, external ids with unique values: by them a record is known again, and named by what hangs on it. */
export const CONTACT_KEY = 'WA_Id__c'
export const TICKET_KEY = 'WA_Ticket_Id__c'
export const MESSAGE_KEY = 'WA_Message_Id__c'

/** Whose access it is. */
export const USER_INFO = '/services/oauth2/userinfo'

/** Our own object: a message on the record of its person and its case. */
export const MESSAGE = 'WhatsApp_Message__c'

/** Rows of an option table. The first row with our word says what we write; the first with theirs, what we read. */
const optionTable = <Words extends readonly [string, ...string[]]>(words: Words) =>
  z.array(z.object({ ours: z.enum(words), theirs: z.string(), label: z.string().default('') })).default([])

const fieldNames = z.array(z.string()).default([])

export const salesforceSettings = z.object({
  loginUrl: z.string().default('').meta({
    title: 'Sign-in address',
    description: 'For sandboxes https://test.salesforce.com, or your My Domain. Empty: https://login.salesforce.com.',
  }),
  /** The account's id, by the name under which all connections keep it. */
  portalId: z.string().default('').meta({ title: 'Organization ID' }),
  /** Whose changes are ours: the integration user. */
  userId: z.string().default(''),
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/)
    .default(API_VERSION),
  newPeople: z.enum(['Contact', 'Lead']).default('Contact').meta({
    title: 'New people are made as',
    description: 'Those who are there already stay what they are.',
  }),
  leadCompany: z.string().default('WhatsApp').meta({
    title: 'Company of new leads',
    description: 'Salesforce takes no lead without one.',
  }),
  states: optionTable(ticketStates).meta({ title: 'Case statuses' }),
  priorities: optionTable(priorities).meta({ title: 'Priorities' }),
  owners: z.array(z.object({ id: z.string(), email: z.string(), name: z.string() })).default([]),
  queues: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
  queueId: z.string().default('').meta({
    title: 'Queue of unassigned cases',
    description: 'A case is never without an owner. Empty: it stays with whom Salesforce gave it to.',
  }),
  origin: z.string().default('WhatsApp').meta({ title: 'Case origin' }),
  assignmentRules: z.boolean().default(false).meta({
    title: 'Run case assignment rules on new cases',
    description: 'Only for cases that nobody has here.',
  }),
  findByPhone: z.boolean().default(true).meta({
    title: 'Look for people by phone before making them',
    description:
      'However the number is written in Salesforce. One search for some 130 new people; without it each gets a record of their own.',
  }),
  mergeContacts: z.boolean().default(false).meta({
    title: 'Merge contacts in Salesforce too',
    description: 'When two contacts are merged here. Salesforce cannot undo it; without it both records stay.',
  }),
  /** Whether contacts there may be person accounts. */
  personAccounts: z.boolean().default(false),
  /** Fields whose values are no texts in JSON; Salesforce refuses a number that is written as one. */
  numbers: fieldNames,
  booleans: fieldNames,
  /** What leads lack of the fields of a contact: not written to them. */
  notOnLeads: fieldNames,
})
export type SalesforceSettings = z.infer<typeof salesforceSettings>

export type SalesforceContext = ConnectorContext<SalesforceCredentials, SalesforceSettings>
