/** What people write in Salesforce to be sent: outbound messages that are queued and have no key of ours yet, with their files. */
import { RemoteCallError, type RemoteChange, type RepliesAbility, type ReplyAttachment } from '../contract.ts'
import { downloadFile, goneFile } from '../fetch.ts'
import { apiUrl, composite } from './client.ts'
import { NO_TOKEN } from './credentials.ts'
import { toInstant } from './records.ts'
import { linkedFiles, type SalesforceRecord, saveResult } from './schema.ts'
import { MESSAGE, MESSAGE_KEY, type SalesforceContext } from './settings.ts'
import { select } from './soql.ts'

const fields = [
  ...[
    'Id',
    'Body__c',
    'Contact__c',
    'Lead__c',
    'Case__c',
    'Case__r.ContactId',
    'From__c',
    'CreatedDate',
    'CreatedById',
  ],
  ...['CreatedBy.Name', `Contact__r.WA_Id__c`, 'Lead__r.WA_Id__c'],
]

/** Files that are linked to a record. https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentdocumentlink.htm */
const FILES = `(${select(
  ['LatestPublishedVersionId', 'Title', 'FileExtension', 'ContentSize'].map(name => `ContentDocument.${name}`),
  'ContentDocumentLinks',
)})`

/** Once one is taken it gets our key, and once it is refused another status. */
export const WAITING_REPLIES = `${select(fields, MESSAGE, FILES)} WHERE Direction__c = 'Outbound' AND Status__c = 'Queued' AND ${MESSAGE_KEY} = null ORDER BY CreatedDate, Id LIMIT 200`

export function toReply(found: SalesforceRecord): RemoteChange {
  const contactRemoteId =
    textOf(found.Contact__c) ?? textOf(within(found.Case__r, 'ContactId')) ?? textOf(found.Lead__c)
  return {
    ...{ kind: 'reply', remoteId: found.Id },
    to: {
      contactRemoteId,
      ticketRemoteId: textOf(found.Case__c),
      phone: textOf(within(found.Contact__r, 'WA_Id__c')) ?? textOf(within(found.Lead__r, 'WA_Id__c')),
    },
    from: { phone: textOf(found.From__c) },
    text: textOf(found.Body__c) ?? '',
    attachments: filesOf(found),
    author: { remoteId: textOf(found.CreatedById), name: textOf(within(found.CreatedBy, 'Name')) },
    at: new Date(toInstant(String(found.CreatedDate))),
  }
}

export const salesforceReplies: RepliesAbility<SalesforceContext> = {
  /** By a version's id: what is changed later is another version. */
  async attachment(ctx, attachment) {
    const { remoteId, name } = attachment
    if (!remoteId || !/^068\w{12,15}$/.test(remoteId)) throw goneFile(`The file ${name ?? ''} is not at Salesforce`)
    const authorization = `Bearer ${ctx.credentials.accessToken ?? NO_TOKEN}`
    const withAccess: typeof fetch = url => ctx.fetch(url, { headers: { authorization } })
    const url = apiUrl(ctx, `/sobjects/ContentVersion/${remoteId}/VersionData`)
    return downloadFile(withAccess, url, attachment)
  },

  async refuse(ctx, remoteId, reason) {
    const said = {
      attributes: { type: MESSAGE },
      Id: remoteId,
      Status__c: 'Failed',
      Failure_Reason__c: reason.slice(0, 255),
    }
    const body = { allOrNone: false, records: [said] }
    const part = { method: 'PATCH', path: '/composite/sobjects', referenceId: 'refusal', body } as const
    const answer = await composite(ctx, 'update', [part], 1)
    if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
    const [result] = saveResult.array().safeParse(answer.value.compositeResponse[0]?.body).data ?? []
    // One that is gone needs to be told nothing.
    if (result?.success || result?.errors.every(({ code }) => code === 'ENTITY_IS_DELETED')) return
    const message = result?.errors[0]?.message ?? 'Salesforce did not take the state of an answer'
    throw new RemoteCallError({ kind: 'retry after', afterMs: 30_000, message })
  },
}

function filesOf({ ContentDocumentLinks }: SalesforceRecord): ReplyAttachment[] {
  return linkedFiles.parse(ContentDocumentLinks).map(({ ContentDocument: file }) => ({
    ...{ remoteId: file.LatestPublishedVersionId, url: null, mimeType: null, bytes: file.ContentSize },
    name: file.FileExtension ? `${file.Title}.${file.FileExtension}` : file.Title,
  }))
}

function within(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
