/** What people write in Salesforce to be sent: outbound messages that are queued and have no key of ours yet. */
import { RemoteCallError, type RemoteChange, type RepliesAbility } from '../contract.ts'
import { composite } from './client.ts'
import { toInstant } from './records.ts'
import { type SalesforceRecord, saveResult } from './schema.ts'
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

/** Once one is taken it gets our key, and once it is refused another status. */
export const WAITING_REPLIES = `${select(fields, MESSAGE)} WHERE Direction__c = 'Outbound' AND Status__c = 'Queued' AND ${MESSAGE_KEY} = null ORDER BY CreatedDate, Id LIMIT 200`

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
    attachments: [],
    author: { remoteId: textOf(found.CreatedById), name: textOf(within(found.CreatedBy, 'Name')) },
    at: new Date(toInstant(String(found.CreatedDate))),
  }
}

export const salesforceReplies: RepliesAbility<SalesforceContext> = {
  attachment() {
    return Promise.reject(new RemoteCallError({ kind: 'gone', message: 'Answers from Salesforce have no files' }))
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

function within(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? (value as Record<string, unknown>)[name] : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
