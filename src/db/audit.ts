/** The audit log: who did what to which record, and what it was before and is after. */
import type { Actor } from '../core/actor.ts'
import type { Queryable, Tx } from './client.ts'

export type AuditEntry = {
  /** In the past tense, such as `ticket resolved`. */
  action: string
  subjectKind: string
  subjectId: string
  /** What is to be known besides. No secrets. */
  data?: unknown
  /** The fields that differ, as they were and as they are (core/changes). No secrets. */
  before?: object
  after?: object
}

/** Actors of whom something was written. Each request has an actor of its own, even of the same person. */
const recorded = new WeakSet<Actor>()

/** Whether the verbs that this very actor called have written what they did. */
export const isRecorded = (actor: Actor): boolean => recorded.has(actor)

export function writeAudit(
  tx: Tx,
  ctx: { workspaceId: string; now: Date; actor: Actor },
  id: string,
  { action, subjectKind, subjectId, data = null, before, after }: AuditEntry,
) {
  recorded.add(ctx.actor)
  const json = (value: unknown) => (value === undefined ? null : tx.json(value as never))
  return tx`
    insert into audit (id, workspace_id, at, actor, action, subject_kind, subject_id, data, before, after)
    values (${id}, ${ctx.workspaceId}, ${ctx.now}, ${tx.json(ctx.actor as never)}, ${action}, ${subjectKind},
      ${subjectId}, ${tx.json(data as never)}, ${json(before)}, ${json(after)})`
}

export type AuditRow = {
  id: string
  at: Date
  actor: Actor
  action: string
  subjectKind: string
  subjectId: string
  data: unknown
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

export type AuditFilter = {
  action?: string | undefined
  subjectKind?: string | undefined
  subjectId?: string | undefined
  actorId?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
}

/** Newest first. The cursor is the last row of the page before. */
export function listAudit(
  sql: Queryable,
  filter: AuditFilter,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  const { action, subjectKind, subjectId, actorId, from, to } = filter
  return sql<AuditRow[]>`
    select id, at, actor, action, subject_kind, subject_id, data, before, after from audit where true
      ${action ? sql`and action = ${action}` : sql``}
      ${subjectKind ? sql`and subject_kind = ${subjectKind}` : sql``}
      ${subjectId ? sql`and subject_id = ${subjectId}` : sql``}
      ${actorId ? sql`and ${actorId} in (actor->>'agentId', actor->>'keyId', actor->>'connectionId')` : sql``}
      ${from ? sql`and at >= ${from}` : sql``} ${to ? sql`and at < ${to}` : sql``}
      ${page.after ? sql`and (at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by at desc, id desc limit ${page.limit}`
}
