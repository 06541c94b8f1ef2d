/**
 * In organizations with person accounts some contacts are the other side of an account: they are read and related as contacts, and
 * written as accounts alone. https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_guidelines_personaccounts.htm
 */
import { query } from './client.ts'
import type { Write } from './collections.ts'
import { QUERY_VALUES } from './read.ts'
import type { SalesforceContext } from './settings.ts'
import { among, chunks } from './soql.ts'

/** Writes of contacts that are person accounts, as those of their accounts. The others are as they were. Throws RemoteCallError. */
export async function asPersonAccounts(ctx: SalesforceContext, writes: Write[]): Promise<Write[]> {
  const contacts = writes.filter(({ type, by }) => type === 'Contact' && by === 'Id')
  if (contacts.length === 0) return writes
  const accounts = await accountsOf(
    ctx,
    contacts.map(({ fields }) => String(fields.Id)),
  )
  return writes.map(write => {
    const contactId = write.type === 'Contact' && write.by === 'Id' ? String(write.fields.Id) : ''
    const accountId = accounts.get(contactId)
    if (!accountId) return write
    return { ...write, type: 'Account', fields: { ...toAccount(write.fields), Id: accountId }, remoteId: contactId }
  })
}

/** Of contacts that are person accounts, their accounts. Throws RemoteCallError. */
export async function accountsOf(ctx: SalesforceContext, contactIds: string[]): Promise<Map<string, string>> {
  const accounts = new Map<string, string>()
  if (!ctx.settings.personAccounts) return accounts
  for (const ids of chunks(contactIds, QUERY_VALUES)) {
    const where = `${among('Id', ids)} AND IsPersonAccount = true`
    const { records } = await query(ctx, `SELECT Id, AccountId FROM Contact WHERE ${where}`)
    for (const { Id, AccountId } of records) accounts.set(String(Id), String(AccountId))
  }
  return accounts
}

/** Fields that both sides have by the same name. */
const SAME = new Set([
  ...['Id', 'FirstName', 'LastName', 'MiddleName', 'Suffix', 'Salutation', 'Phone', 'Fax', 'Description', 'OwnerId'],
])

/** A contact's fields as its account has them: `Email` is `PersonEmail`, `Size__c` is `Size__pc`. */
export function toAccount(fields: Record<string, unknown>): Record<string, unknown> {
  const named = (name: string) =>
    name.endsWith('__c') ? name.replace(/__c$/, '__pc') : SAME.has(name) ? name : `Person${name}`
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [named(name), value]))
}
