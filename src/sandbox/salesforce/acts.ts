/** What people do in Salesforce, and how an organization is opened; the acts of the control API. */
import { z } from 'zod'
import { ControlError } from '../control/error.ts'
import type { Runtime } from '../runtime.ts'
import { addPersonAccounts, dependentPicklist, field, reference } from './fields.ts'
import { newId, newOrg, type Org, type SalesforceRow, type SObjectStore, storeNamed } from './state.ts'
import {
  attachFile,
  convertLead,
  createPersonAccount,
  createRow,
  deleteRow,
  findRow,
  mergeRows,
  type Scope,
  updateRow,
} from './write.ts'

const settings = {
  clientId: z.string().optional(),
  clientSecret: z.string().optional(),
  package: z.object({ url: z.string(), key: z.string() }).nullable().optional(),
  publicKey: z.string().nullable().optional(),
  rotatesRefreshTokens: z.boolean().optional(),
  dailyLimit: z.number().int().min(0).optional(),
  transactionMs: z.number().int().min(0).optional(),
  tells: z.enum(['whole', 'gap', 'overflow', 'unreadable']).optional(),
}
export const orgPatch = z.object(settings)
export const orgSchema = z.object({
  ...settings,
  orgId: z.string().regex(/^00D\w{12,15}$/),
  clientId: z.string(),
  clientSecret: z.string(),
  /** Access that is there from the start. */
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
})
export type OrgSettings = z.input<typeof orgSchema>

const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const rowSchema = z.object({ fields: z.record(z.string(), value), userId: z.string().optional() })
export const replySchema = z.object({
  contactId: z.string().optional(),
  caseId: z.string().optional(),
  text: z.string(),
  from: z.string().optional(),
  userId: z.string().optional(),
  files: z.array(z.object({ name: z.string(), base64: z.base64() })).default([]),
})
export const mergeSchema = z.object({ type: z.string().default('Contact'), masterId: z.string(), loserId: z.string() })
export const fieldSchema = z.object({
  object: z.string(),
  name: z.string(),
  type: z.string(),
  required: z.boolean().optional(),
})

export const dependentSchema = z.object({
  object: z.string(),
  name: z.string(),
  label: z.string(),
  controller: z.string(),
  takes: z.record(z.string(), z.array(z.string())),
})
export const recordTypeSchema = z.object({
  object: z.string(),
  name: z.string(),
  developerName: z.string(),
  values: z.record(z.string(), z.array(z.string())).default({}),
})

/** A session in an organization that never ends. */
const FOREVER = Number.MAX_SAFE_INTEGER

export function createSalesforceActs(runtime: Runtime) {
  const { world, clock, bus, courier } = runtime
  const orgOf = (orgId: string): Org => {
    const org = world.salesforce.orgs.get(orgId)
    if (!org) throw new ControlError(404, `no organization ${orgId}`)
    return org
  }
  const storeOf = (orgId: string, name: string): SObjectStore => {
    const store = storeNamed(orgOf(orgId), name)
    if (!store) throw new ControlError(404, `no object ${name}`)
    return store
  }
  const rowOf = (orgId: string, name: string, id: string): SalesforceRow => {
    const row = findRow(storeOf(orgId, name), id)
    if (!row || row.deleted) throw new ControlError(404, `no ${name} ${id}`)
    return row
  }
  const scopeOf = (orgId: string, userId?: string): Scope => {
    const org = orgOf(orgId)
    return { state: world.salesforce, org, clock, userId: userId ?? org.personId, isPerson: true }
  }
  const recordTypeIn = (orgId: string, fields: Record<string, string | boolean>): string => {
    const types = storeOf(orgId, 'RecordType')
    const id = newId(world.salesforce, types)
    types.rows.set(id, { id, fields: { ...fields, Id: id, IsActive: true }, deleted: false })
    return id
  }
  /** What Salesforce would not let a person do either. */
  const act = <T>(done: () => T): T => {
    try {
      const result = done()
      bus.changed()
      return result
    } catch (error) {
      throw error instanceof Error ? new ControlError(400, error.message) : error
    }
  }
  const parse = <T>(shape: z.ZodType<T>, input: unknown): T => {
    const parsed = shape.safeParse(input)
    if (parsed.success) return parsed.data
    throw new ControlError(400, z.prettifyError(parsed.error))
  }
  const patch = (org: Org, given: z.infer<typeof orgPatch>) => {
    Object.assign(org, Object.fromEntries(Object.entries(given).filter(([, each]) => each !== undefined)))
  }

  /** As the package's Apex does, once and without a retry: the feed brings it anyway. */
  const ring = ({ package: installed }: Org, id: string) => {
    if (!installed) return
    const headers = {
      ...{ 'content-type': 'application/json', 'user-agent': 'SFDC-Callout/68.0', 'x-buzon-key': installed.key },
    }
    const body = JSON.stringify({ kind: 'ring', ids: [id], at: clock.iso() })
    courier.send({ vendor: 'salesforce', url: installed.url, secret: '', body, headers })
  }

  return {
    /** Opens an organization, or changes the settings of a known one. */
    orgs(input: OrgSettings): { orgId: string } {
      const { accessToken, refreshToken, orgId, ...given } = parse(orgSchema, input)
      const org = world.salesforce.orgs.get(orgId) ?? newOrg(world.salesforce, { orgId, ...given })
      world.salesforce.orgs.set(orgId, org)
      patch(org, given)
      const { userId } = org
      if (accessToken) world.salesforce.sessions.set(accessToken, { orgId, userId, until: FOREVER })
      if (refreshToken) world.salesforce.refreshes.set(refreshToken, { orgId })
      bus.changed()
      return { orgId }
    },
    configure(orgId: string, input: z.input<typeof orgPatch>): { orgId: string } {
      patch(orgOf(orgId), parse(orgPatch, input))
      bus.changed()
      return { orgId }
    },
    /** Live records, as they are. */
    records(orgId: string, type: string) {
      const live = [...(storeNamed(orgOf(orgId), type)?.rows.values() ?? [])].filter(row => !row.deleted)
      return live.map(({ id, fields }) => ({ id, fields }))
    },
    /** Accounts may be people from now on; there is no way back. */
    enablePersonAccounts(orgId: string): void {
      addPersonAccounts(storeOf(orgId, 'Account'), storeOf(orgId, 'Contact'))
      recordTypeIn(orgId, { DeveloperName: 'PersonAccount', SobjectType: 'Account', IsPersonType: true })
      bus.changed()
    },
    createPersonAccount(orgId: string, input: z.input<typeof rowSchema>): { accountId: string; contactId: string } {
      const { fields, userId } = parse(rowSchema, input)
      return act(() => createPersonAccount(scopeOf(orgId, userId), fields))
    },
    /** An admin adds a field. */
    addField(orgId: string, input: z.input<typeof fieldSchema>): { name: string } {
      const { object, name, type, required } = parse(fieldSchema, input)
      const store = storeOf(orgId, object)
      store.fields.set(name, field(name, type, required ? { nillable: false } : {}))
      for (const row of store.rows.values()) row.fields[name] ??= null
      bus.changed()
      return { name }
    },
    /** A picklist whose values depend on another's. */
    addDependentPicklist(orgId: string, input: z.input<typeof dependentSchema>): { name: string } {
      const { object, ...given } = parse(dependentSchema, input)
      const store = storeOf(orgId, object)
      store.fields.set(given.name, dependentPicklist(store, given))
      for (const row of store.rows.values()) row.fields[given.name] ??= null
      bus.changed()
      return { name: given.name }
    },
    addRecordType(orgId: string, input: z.input<typeof recordTypeSchema>): { id: string } {
      const { object, ...given } = parse(recordTypeSchema, input)
      const id = recordTypeIn(orgId, { DeveloperName: given.developerName, SobjectType: object, IsPersonType: false })
      const store = storeOf(orgId, object)
      store.fields.set('RecordTypeId', reference('RecordTypeId', 'RecordType', 'RecordType'))
      store.recordTypes = [...(store.recordTypes ?? []), { id, ...given }]
      bus.changed()
      return { id }
    },
    create(orgId: string, type: string, input: z.input<typeof rowSchema>): { id: string } {
      const { fields, userId } = parse(rowSchema, input)
      return act(() => ({ id: createRow(scopeOf(orgId, userId), storeOf(orgId, type), fields).id }))
    },
    edit(orgId: string, type: string, id: string, input: z.input<typeof rowSchema>): { id: string } {
      const { fields, userId } = parse(rowSchema, input)
      const row = rowOf(orgId, type, id)
      return act(() => ({ id: updateRow(scopeOf(orgId, userId), storeOf(orgId, type), row, fields).id }))
    },
    remove(orgId: string, type: string, id: string): { deleted: string } {
      const row = rowOf(orgId, type, id)
      act(() => deleteRow(scopeOf(orgId), storeOf(orgId, type), row))
      return { deleted: id }
    },
    /** Somebody merges two records; the first stays. */
    merge(orgId: string, input: z.input<typeof mergeSchema>): { id: string } {
      const { type, masterId, loserId } = parse(mergeSchema, input)
      const [master, loser] = [rowOf(orgId, type, masterId), rowOf(orgId, type, loserId)]
      act(() => mergeRows(scopeOf(orgId), storeOf(orgId, type), master, [loser]))
      return { id: master.id }
    },
    /** A salesperson converts a lead, to a new contact or one that is there. */
    convert(orgId: string, leadId: string, contactId?: string): { contactId: string } {
      const lead = rowOf(orgId, 'Lead', leadId)
      return { contactId: act(() => convertLead(scopeOf(orgId), lead, contactId)) }
    },
    /** Somebody answers a customer, from the component on a contact, a lead or a case. */
    reply(orgId: string, input: z.input<typeof replySchema>): { id: string } {
      const { contactId, caseId, text, from, userId, files } = parse(replySchema, input)
      const store = storeOf(orgId, 'WhatsApp_Message__c')
      const person = contactId?.startsWith('00Q') ? { Lead__c: contactId } : contactId ? { Contact__c: contactId } : {}
      const fields = {
        ...{ Direction__c: 'Outbound', Status__c: 'Queued', Body__c: text, ...person },
        ...(caseId ? { Case__c: caseId } : {}),
        ...(from ? { From__c: from } : {}),
      }
      const scope = scopeOf(orgId, userId)
      const { id } = act(() => {
        const row = createRow(scope, store, fields)
        for (const file of files) attachFile(scope, row.id, file)
        return row
      })
      ring(orgOf(orgId), id)
      return { id }
    },
  }
}

export type SalesforceActs = ReturnType<typeof createSalesforceActs>
