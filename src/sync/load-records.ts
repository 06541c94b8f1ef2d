import type { ObjectKind } from '../connectors/contract.ts'
import type { ContactRecord } from '../core/contact.ts'
import type { Language } from '../core/errors.ts'
import type { MessageRecord } from '../core/message.ts'
import { describeMessage } from '../core/rendering.ts'
import { explainFailure } from '../core/send-errors.ts'
import type { TicketRecord } from '../core/ticket.ts'
import type { Queryable } from '../db/client.ts'
import { contactRecords, type MessageFacts, messageFacts, ticketRecords } from '../db/records.ts'
import { workspaceById } from '../db/workspaces.ts'

export type SyncRecord =
  | { kind: 'contact'; record: ContactRecord }
  | { kind: 'ticket'; record: TicketRecord }
  | { kind: 'message'; record: MessageRecord }

/** Records as they are now, by id; those that no longer exist are absent. Messages in the order of their time. */
export async function loadRecords(
  sql: Queryable,
  kind: ObjectKind,
  ids: string[],
  workspaceId: string,
): Promise<Map<string, SyncRecord>> {
  switch (kind) {
    case 'contact':
      return new Map((await contactRecords(sql, ids)).map(record => [record.id, { kind, record }]))
    case 'ticket':
      return new Map((await ticketRecords(sql, ids)).map(record => [record.id, { kind, record }]))
    case 'message': {
      const [workspace, facts] = await Promise.all([workspaceById(sql, workspaceId), messageFacts(sql, ids)])
      const language = workspace?.language ?? 'es'
      return new Map(facts.map(fact => [fact.id, { kind, record: toRecord(fact, language) }]))
    }
  }
}

function toRecord(fact: MessageFacts, language: Language): MessageRecord {
  const { kind: _, content: __, failureCode, sourceConnectionId, sourceRemoteId, ...record } = fact
  const source =
    sourceConnectionId && sourceRemoteId ? { connectionId: sourceConnectionId, remoteId: sourceRemoteId } : null
  const failureReason = explainFailure(failureCode, record.failureReason, language)
  return { ...record, failureReason, language, text: describeMessage(fact, language), source }
}
