/** What a Salesforce connection is set up with. */
import { z } from 'zod'
import { priorities, ticketStates } from '../../core/ticket.ts'
import type { ConnectorContext } from '../contract.ts'
import type { SalesforceCredentials } from './credentials.ts'

/** Winter '27. A version lives for three years at least: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/api_rest_eol.htm */
export const API_VERSION = '68.0'

/** Our own fields, external ids with unique values: by them a record is known again, and named by what hangs on it. */
export const CONTACT_KEY = 'WA_Id__c'
/** The contact's, as its account has it where it is a person. */
export const ACCOUNT_KEY = 'WA_Id__pc'
export const TICKET_KEY = 'WA_Ticket_Id__c'
/** Our lookup on a case, which knows contacts alone. */
export const CASE_LEAD = 'WA_Lead__c'
export const MESSAGE_KEY = 'WA_Message_Id__c'

/** Whose access it is. */
export const USER_INFO = '/services/oauth2/userinfo'

/** Our own object: a message on the record of its person and its case. */
export const MESSAGE = 'WhatsApp_Message__c'

/** Of a record that holds a day's messages: its lines by their messages. */
export const LINES = 'Lines__c'

/** No field there, but what a message says of the digest that it belongs to: our conversation and the day. */
export const DIGEST_OF = 'digest'

/** Rows of an option table. The first row with our word says what we write; the first with theirs, what we read. */
const optionTable = <Words extends readonly [string, ...string[]]>(words: Words) =>
  z.array(z.object({ ours: z.enum(words), theirs: z.string(), label: z.string().default('') })).default([])

/** What a picklist takes: `picklist-rules.ts`. */
const picklistRule = z.object({
  object: z.enum(['Contact', 'Lead', 'Case']),
  field: z.string(),
  label: z.string(),
  /** Those of the record type that new records have; null where all are. */
  options: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
  /** The field on which it depends: each of that one's values, and what goes with it. */
  controller: z
    .object({ field: z.string(), label: z.string(), takes: z.record(z.string(), z.array(z.string())) })
    .nullable(),
})
export type PicklistRule = z.infer<typeof picklistRule>

const recordTypeName = (what: string) =>
  z
    .string()
    .trim()
    .default('')
    .meta({
      title: `Record type of new ${what}`,
      description: 'Its API name. Empty: the one that is the integration user’s default.',
    })

const fieldNames = z.array(z.string()).default([])

export const salesforceSettings = z.object({
  loginUrl: z.string().default('').meta({
    title: 'Sign-in address',
    fixed: true,
    description: 'For sandboxes https://test.salesforce.com, or your My Domain. Empty: https://login.salesforce.com.',
  }),
  /** The account's id, by the name under which all connections keep it. */
  portalId: z.string().default('').meta({ title: 'Organization ID', fixed: true }),
  /** Whose changes are ours: the integration user. */
  userId: z.string().default(''),
  apiVersion: z
    .string()
    .regex(/^\d{2,3}\.0$/, 'must look like 67.0')
    .default(API_VERSION),
  newPeople: z.enum(['Contact', 'Lead', 'PersonAccount']).default('Contact').meta({
    title: 'New people are made as',
    description: 'Contact, Lead or PersonAccount. Those who are there already stay what they are.',
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
      'However the number is written in Salesforce. One search for some 300 new people; without it each gets a record of their own.',
  }),
  digest: z.boolean().default(false).meta({
    title: 'One record for a day’s messages',
    description:
      'Of each case, instead of one for each message: it saves storage. Only failures are told of their delivery then.',
  }),
  mergeContacts: z.boolean().default(false).meta({
    title: 'Merge contacts in Salesforce too',
    description: 'When two contacts are merged here. Salesforce cannot undo it; without it both records stay.',
  }),
  caseRecordType: recordTypeName('cases'),
  contactRecordType: recordTypeName('contacts'),
  leadRecordType: recordTypeName('leads'),
  /** Their ids. */
  recordTypes: z.partialRecord(z.enum(['Contact', 'Lead', 'Case']), z.string()).default({}),
  /** Of picklists that depend on another, or whose values the record type narrows. */
  picklists: z.array(picklistRule).default([]),
  eventChannel: z
    .string()
    .regex(/^(\/data\/\w+)?$/, 'must look like /data/Buzon__chn')
    .default('')
    .meta({
      title: 'Channel of change events',
      description:
        'Such as /data/Buzon__chn of the package: changes are heard as they happen, where Buzón runs on Node. Empty: within a minute.',
    }),
  /** Whether contacts there may be person accounts. */
  personAccounts: z.boolean().default(false),
  /** Record type of an account that is a person: the id. */
  personType: z.string().default(''),
  /** Whether a case can be a lead's, by our own lookup. */
  casesOfLeads: z.boolean().default(false),
  /** Fields whose values are no texts in JSON; Salesforce refuses a number that is written as one. */
  numbers: fieldNames,
  booleans: fieldNames,
  /** What leads lack of the fields of a contact: not written to them. */
  notOnLeads: fieldNames,
})
export type SalesforceSettings = z.infer<typeof salesforceSettings>

export type SalesforceContext = ConnectorContext<SalesforceCredentials, SalesforceSettings>
