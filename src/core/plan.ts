/** What would be written to a CRM, told before it is. */
import { z } from 'zod'
import { backfillScope, type SyncKind } from './backfill.ts'

/** `outbox`: what waits. `backfill`: what a backfill would carry out. `mapping`: what the draft of the mapping would change. */
export const planRequest = z.discriminatedUnion('of', [
  z.object({ of: z.literal('outbox') }),
  z.object({ of: z.literal('backfill'), scope: backfillScope }),
  z.object({ of: z.literal('mapping') }),
])
export type PlanRequest = z.output<typeof planRequest>

/** `conflict`: a field waits for a person, and is left as it is there. */
export const planActs = ['create', 'update', 'conflict', 'skip'] as const
export type PlanAct = (typeof planActs)[number]

export type FieldChange = { field: string; from: string | null; to: string | null }

export type PlanItem = {
  kind: SyncKind
  recordId: string
  act: PlanAct
  fields: FieldChange[]
  /** Why it is skipped. */
  reason: string | null
  fingerprint: string
}

/** Calls of one kind that it would take. Reads are made to find that out, and again when it is applied. */
export type PlannedCalls = { method: string; path: string; calls: number; items: number; writes: boolean }

export type PlanSummary = {
  create: number
  update: number
  conflict: number
  skip: number
  /** Looked at, and equal on both sides. */
  unchanged: number
  calls: PlannedCalls[]
  /** Null where the connector cannot tell what writes would be answered. */
  writes: number | null
  /** False: there is more than a plan holds, and it would carry out no more than it holds. */
  isWhole: boolean
}
