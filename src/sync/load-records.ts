import type { ObjectKind } from '../connectors/contract.ts'
import type { ContactRecord } from '../core/contact.ts'
import type { Language } from '../core/errors.ts'
import type { MessageRecord } from '../core/message.ts'
import { carriedFile } from '../core/outbound.ts'
import { describeMessage } from '../core/rendering.ts'
import { explainFailure } from '../core/send-errors.ts'
import type { TicketRecord } from '../core/ticket.ts'
import type { Queryable } from '../db/client.ts'
import { conflictingFields } from '../db/conflicts.ts'
import { contactRecords, type MessageFacts, messageFacts, noteFacts, ticketRecords } from '../db/records.ts'
import { workspaceById } from '../db/workspaces.ts'

/** `inConflict`: fields of ours that wait for a person's decision, by the connection they are in conflict with. */
export type SyncRecord =
  | { kind: 'contact'; record: ContactRecord; inConflict?: InConflict[] }
  | { kind: 'ticket'; record: TicketRecord; inConflict?: InConflict[] }
  | { kind: 'message'; record: MessageRecord }

type InConflict = { connectionId: string; field: string }

/**
 * Records as they are now, by id; those that no longer exist are absent. Messages, private notes among them, in the order of
 * their time.
 */
export async function loadRecords(
  sql: Queryable,
  kind: ObjectKind,
  ids: string[],
  workspaceId: string,
): Promise<Map<string, SyncRecord>> {
  switch (kind) {
    case 'contact': {
      const [records, waiting] = await Promise.all([contactRecords(sql, ids), conflictingFields(sql, ids)])
      return new Map(records.map(record => [record.id, { kind, record, ...conflictsOf(waiting, record.id) }]))
    }
    case 'ticket': {
      const [records, waiting] = await Promise.all([ticketRecords(sql, ids), conflictingFields(sql, ids)])
      return new Map(records.map(record => [record.id, { kind, record, ...conflictsOf(waiting, record.id) }]))
    }
    case 'message': {
      const [workspace, facts] = await Promise.all([workspaceById(sql, workspaceId), messageFacts(sql, ids)])
      const language = workspace?.language ?? 'es'
      const known = new Set(facts.map(({ id }) => id))
      const others = ids.filter(id => !known.has(id))
      const notes = others.length > 0 ? await noteFacts(sql, others) : []
      const said = [...facts, ...notes].sort((a, b) => a.at.getTime() - b.at.getTime())
      return new Map(said.map(fact => [fact.id, { kind, record: toRecord(fact, language) }]))
    }
  }
}

function conflictsOf(waiting: readonly (InConflict & { recordId: string })[], recordId: string) {
  const inConflict = waiting.filter(each => each.recordId === recordId)
  return inConflict.length > 0 ? { inConflict } : {}
}

function toRecord(fact: MessageFacts, language: Language): MessageRecord {
  const { kind: _, content: __, failureCode, sourceConnectionId, sourceRemoteId, ...record } = fact
  const source =
    sourceConnectionId && sourceRemoteId ? { connectionId: sourceConnectionId, remoteId: sourceRemoteId } : null
  const failureReason = explainFailure(failureCode, record.failureReason, language)
  const fileId = record.fileId ?? carriedFile(fact)
  return { ...record, fileId, failureReason, language, text: describeMessage(fact, language), source }
}
