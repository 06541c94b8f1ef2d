/** Writes any number of items in batches of 100, and says of each what became of it. */
import type { Failure } from '../../core/failure.ts'
import type { PushItem, PushResult } from '../contract.ts'
import type { BatchAnswer, Properties } from './client.ts'
import { isConflict, itemFailure, type Purpose } from './failure.ts'
import type { HubSpotError, HubSpotObject } from './schema.ts'

export const BATCH_SIZE = 100

type Input = { objectWriteTraceId: string; id?: string; properties: Properties }
export type Write<In extends Input> = { item: PushItem; input: In }

export type Batch<In extends Input> = {
  purpose: Purpose
  send(inputs: In[]): Promise<BatchAnswer>
  /** Unique property by which a result is recognised when it comes without its trace id. */
  key?: string
  /** A taken unique value is answered for the whole batch at once, for the caller to look up; else it is searched for. */
  conflicts?: 'whole'
}

/** Any number of writes, one call after the other. After a failure that would meet the rest too, the rest is not sent. */
export async function writeAll<In extends Input>(writes: Write<In>[], batch: Batch<In>): Promise<PushResult[]> {
  const results: PushResult[] = []
  let stop: Failure | undefined
  for (const part of chunks(writes, BATCH_SIZE)) {
    const done = stop ? fail(part, stop) : await writePart(part, batch)
    results.push(...done)
    stop ??= stopper(done)
  }
  return results
}

/** Whether a record was refused because a unique value of it is another's. */
export function wasTaken(result: PushResult): boolean {
  return result.kind === 'failed' && isConflict(result.failure)
}

/** Cuts a list into pieces of at most `size`. */
export function chunks<T>(list: T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size))
  return pieces
}

async function writePart<In extends Input>(writes: Write<In>[], batch: Batch<In>): Promise<PushResult[]> {
  if (writes.length === 0) return []
  const answer = await batch.send(writes.map(({ input }) => input))
  if (answer.kind === 'answered') return attribute(writes, answer, batch)
  const { failure, error } = answer
  if (writes.length === 1 || !isOfItems(failure) || (batch.conflicts === 'whole' && isConflict(failure))) {
    return fail(writes, failure)
  }
  // HubSpot refuses a whole batch for one bad item: set it apart where the error names it, else halve until it is alone.
  const named = culprits(writes, error)
  if (named.size > 0) {
    const rest = writes.filter(write => !named.has(write))
    return [...fail([...named], failure), ...(await writePart(rest, batch))]
  }
  const middle = Math.ceil(writes.length / 2)
  const first = await writePart(writes.slice(0, middle), batch)
  const stop = stopper(first)
  const second = writes.slice(middle)
  return [...first, ...(stop ? fail(second, stop) : await writePart(second, batch))]
}

/** A refusal that may be the fault of one item. */
function isOfItems(failure: Failure): boolean {
  return failure.kind === 'rejected' || failure.kind === 'gone'
}

/** Every item got its results or its error; those that got neither are unknown. */
function attribute<In extends Input>(
  writes: Write<In>[],
  { results, errors }: { results: HubSpotObject[]; errors: HubSpotError[] },
  batch: Batch<In>,
): PushResult[] {
  const outcome = new Map<Write<In>, PushResult>()
  for (const result of results) {
    const write = writeOf(writes, result, batch.key)
    if (write) outcome.set(write, stored(write.item, result))
  }
  const unnamed: HubSpotError[] = []
  for (const error of errors) {
    const named = culprits(writes, error)
    if (named.size === 0) unnamed.push(error)
    for (const write of named) outcome.set(write, failed(write.item, itemFailure(error, batch.purpose)))
  }
  // One error, or one kind of error, left for those without an answer.
  const [only, other] = unnamed
  const rest =
    only && (!other || unnamed.every(({ message }) => message === only.message))
      ? itemFailure(only, batch.purpose)
      : unanswered(batch.purpose)
  return writes.map(write => outcome.get(write) ?? failed(write.item, rest))
}

function writeOf<In extends Input>(writes: Write<In>[], result: HubSpotObject, key: string | undefined) {
  const { objectWriteTraceId: trace } = result
  if (trace) return writes.find(({ input }) => input.objectWriteTraceId === trace)
  const byId = writes.find(({ input }) => input.id === result.id)
  if (byId) return byId
  if (key) return writes.find(({ input }) => (input.properties[key] ?? input.id) === result.properties[key])
  return writes.length === 1 ? writes[0] : undefined
}

/** The items an error speaks of: by trace id, by record id, or all that carry a property the account does not have. */
function culprits<In extends Input>(writes: Write<In>[], error: HubSpotError): Set<Write<In>> {
  const contexts = [error.context, ...(error.errors ?? []).map(({ context }) => context)]
  const traces = new Set(contexts.flatMap(context => context?.objectWriteTraceId ?? []))
  const ids = new Set(contexts.flatMap(context => [...(context?.ids ?? []), ...(context?.id ?? [])]))
  const absent = new Set(
    (error.errors ?? [])
      .filter(({ code }) => code === 'PROPERTY_DOESNT_EXIST')
      .flatMap(({ context }) => context?.propertyName ?? []),
  )
  const byTrace = writes.filter(({ input }) => traces.has(input.objectWriteTraceId))
  if (byTrace.length > 0) return new Set(byTrace)
  return new Set(
    writes.filter(
      ({ input }) =>
        (input.id !== undefined && ids.has(input.id)) || Object.keys(input.properties).some(name => absent.has(name)),
    ),
  )
}

function unanswered(purpose: Purpose): Failure {
  const message = 'HubSpot answered the batch without a word on this item'
  return purpose === 'create' ? { kind: 'ambiguous', message } : { kind: 'retry after', afterMs: 5_000, message }
}

/** Why nothing of this was stored, if it would also meet whatever is sent next. */
function stopper(results: PushResult[]): Failure | undefined {
  const failures = results.flatMap(result => (result.kind === 'failed' ? [result.failure] : []))
  const [failure] = failures
  if (!failure || failures.length < results.length || failures.some(({ kind }) => kind !== failure.kind))
    return undefined
  if (failure.kind === 'unauthorized' || failure.kind === 'retry after') return failure
  if (failure.kind !== 'ambiguous') return undefined
  return { kind: 'retry after', afterMs: 5_000, message: `Not sent: the batch before it failed (${failure.message})` }
}

function fail<In extends Input>(writes: Write<In>[], failure: Failure): PushResult[] {
  return writes.map(({ item }) => failed(item, failure))
}

export function failed({ recordId }: PushItem, failure: Failure): PushResult {
  return { recordId, kind: 'failed', failure }
}

export function stored({ recordId }: PushItem, result: Pick<HubSpotObject, 'id' | 'updatedAt'>): PushResult {
  return { recordId, kind: 'stored', remoteId: result.id, version: result.updatedAt ?? null }
}

/** It was there before us, and nothing was written. */
export function met(recordId: string, remoteId: string): PushResult {
  return { recordId, kind: 'stored', remoteId, version: null, met: true }
}
