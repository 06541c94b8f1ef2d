/**
 * In organizations with person accounts some contacts are the other side of an account: they are read and related as contacts, and
 * written as accounts alone. https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_guidelines_personaccounts.htm
 */
import { RemoteCallError } from '../contract.ts'
import { query } from './client.ts'
import { failed, type Write, type Written } from './collections.ts'
import { QUERY_VALUES } from './read.ts'
import { ACCOUNT_KEY, type SalesforceContext } from './settings.ts'
import { among, chunks } from './soql.ts'

/**
 * Writes of contacts that are person accounts, or are to be, as those of their accounts. The others are as they were. Throws
 * RemoteCallError.
 */
export async function asPersonAccounts(ctx: SalesforceContext, given: Write[]): Promise<Write[]> {
  const isToBe = ({ type, by }: Write) =>
    ctx.settings.newPeople === 'PersonAccount' && type === 'Contact' && by !== 'Id'
  const writes = given.map(write => (isToBe(write) ? newPerson(ctx, write) : write))
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

/** The record type is what makes an account a person. */
function newPerson({ settings }: SalesforceContext, write: Write): Write {
  const { RecordTypeId: _, ...fields } = write.fields
  return {
    ...write,
    type: 'Account',
    by: ACCOUNT_KEY,
    fields: { ...toAccount(fields), RecordTypeId: settings.personType },
  }
}

/** Of new people Salesforce tells the account, and they are known by their contact. */
export async function withContactIds(ctx: SalesforceContext, written: Written[]): Promise<Written[]> {
  // What a plan would make has no account that could be asked.
  const accountOf = ({ write, result }: Written) =>
    write.by === ACCOUNT_KEY && result.kind === 'stored' && result.remoteId.startsWith('001') ? result.remoteId : null
  const ids = written.flatMap(each => accountOf(each) ?? [])
  if (ids.length === 0) return written
  const contacts = new Map<string, string>()
  let why = 'Salesforce has not told the contact of a person account'
  try {
    for (const part of chunks(ids, QUERY_VALUES)) {
      const { records } = await query(ctx, `SELECT Id, PersonContactId FROM Account WHERE ${among('Id', part)}`)
      for (const { Id, PersonContactId } of records) contacts.set(String(Id), String(PersonContactId))
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    why = error.failure.message
  }
  return written.map(each => {
    const accountId = accountOf(each)
    if (accountId === null || each.result.kind !== 'stored') return each
    const remoteId = contacts.get(accountId)
    // It is stored, and is read back by our key.
    if (!remoteId) return { ...each, result: failed(each.write.item, { kind: 'ambiguous', message: why }) }
    return { ...each, result: { ...each.result, remoteId } }
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
