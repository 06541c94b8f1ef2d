/**
 * Carries any number of records of all kinds into the spreadsheet: one call reads what must be known of it, and one writes all
 * of it or nothing.
 */
import type { Failure } from '../../core/failure.ts'
import { type ObjectKind, type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { planArchived } from './archived.ts'
import { batchUpdate, demand, type Request } from './client.ts'
import { culpritOf } from './failure.ts'
import { readTabs, type Tab } from './grid.ts'
import { KEY_FIELDS, keyCells, misplaced, putBack } from './misplaced.ts'
import { type Pushed, planPush, type Write, wantedFor } from './plan-push.ts'
import { bulk, type Compiled, oneByOne } from './requests.ts'
import { rotated, rotation } from './rotate.ts'
import type { SheetsContext, TabName } from './settings.ts'

type Results = Record<ObjectKind, PushResult[]>
const KINDS = ['contact', 'ticket', 'message'] as const

/** Bytes of text in a call; Google advises 2 MB: https://developers.google.com/workspace/sheets/api/limits */
const LARGEST_CALL = 1_500_000

/** A row that moves in each of these moments is left to the next push. */
const MOST_TURNS = 3

const RESTORING = { purpose: 'update', items: 1, fields: 'spreadsheetId' } as const

/** Those of a kind alone. */
export async function pushRows(ctx: SheetsContext, kind: ObjectKind, items: PushItem[]): Promise<PushResult[]> {
  const given = { contact: [], ticket: [], message: [], [kind]: items }
  return (await pushTogether(ctx, given))[kind]
}

/** One result for each item. */
export async function pushTogether(ctx: SheetsContext, items: Record<ObjectKind, PushItem[]>): Promise<Results> {
  const results: Results = { contact: [], ticket: [], message: [] }
  const pushed: Pushed[] = KINDS.flatMap(kind => items[kind].map(item => ({ kind, item })))
  if (pushed.length === 0) return results
  try {
    const tabs = await readTabs(ctx, wantedFor(pushed))
    const plan = planPush(tabs, pushed)
    for (const { kind, result } of plan.results) results[kind].push(result)
    await writeAll(ctx, tabs, plan.writes, results)
    if (plan.away.length === 0) return results
    const thisMonth = tabs.get('message')?.month ?? ctx.now.toISOString().slice(0, 7)
    for (const archived of await planArchived(ctx, plan.away, thisMonth)) {
      for (const { kind, result } of archived.results) results[kind].push(result)
      await writeAll(ctx, archived.tabs, archived.writes, results)
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const told = new Set(KINDS.flatMap(kind => results[kind].map(({ recordId }) => `${kind} ${recordId}`)))
    for (const { kind, item } of pushed) {
      if (!told.has(`${kind} ${item.recordId}`)) results[kind].push(failed(item, error.failure))
    }
  }
  return results
}

/** In as many calls as they need. */
async function writeAll(ctx: SheetsContext, tabs: Map<TabName, Tab>, writes: Write[], results: Results) {
  let stop: Failure | undefined
  for (const part of parts(writes)) {
    const outcome = stop ? failAll(part, stop) : await writePart(ctx, tabs, part)
    for (const { kind, result } of outcome) results[kind].push(result)
    stop ??= stopper(outcome.map(({ result }) => result))
  }
}

/** Writes that fit into a call. */
function parts(writes: Write[]): Write[][] {
  const all: Write[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const write of writes) {
    const mine = [...write.cells.values()].reduce((sum, text) => sum + 60 + (text?.length ?? 0), 100)
    if (size + mine > LARGEST_CALL) {
      all.push([])
      size = 0
    }
    all.at(-1)?.push(write)
    size += mine
  }
  return all
}

type Outcome = { kind: ObjectKind; result: PushResult }[]

/** In one call; where Google refuses it for one of them, that one is set apart and the others are sent again. */
async function writePart(
  ctx: SheetsContext,
  tabs: Map<TabName, Tab>,
  part: Write[],
  first: Request[] = [],
  turn = 1,
): Promise<Outcome> {
  const outcome: Outcome = []
  let left = part
  let compile = bulk
  while (left.length > 0) {
    const between = rotation(ctx, tabs, left)
    const compiled = compile(left, { first, between })
    const { refused, wrong } = await send(ctx, left, compiled)
    if (!refused) {
      if (between.length > 0) rotated(ctx, tabs)
      return [...outcome, ...stored(left, wrong), ...(await again(ctx, wrong, turn))]
    }
    const at = culpritOf(refused)
    const named = at === undefined ? [] : (compiled.of[at] ?? [])
    const [culprit, ...others] = named
    if (!culprit) return [...outcome, ...fail(left, refused)]
    if (others.length > 0) compile = oneByOne
    else {
      outcome.push(...fail([culprit], refused))
      left = left.filter(write => write !== culprit)
    }
  }
  return outcome
}

const stored = (writes: Write[], wrong: Write[]): Outcome =>
  writes.filter(write => !wrong.includes(write)).map(({ kind, result }) => ({ kind, result }))

/** Rows that somebody moved in that very moment: the others' cells are given back, and these are written where they are now. */
async function again(ctx: SheetsContext, wrong: Write[], turn: number): Promise<Outcome> {
  if (wrong.length === 0) return []
  if (turn === MOST_TURNS)
    return fail(wrong, { kind: 'ambiguous', message: 'Rows are moved faster than they can be written' })
  const pushed = wrong.map(({ kind, item }) => ({ kind, item: { ...item, agreed: undefined } as PushItem }))
  const wanted = wantedFor(pushed).map(each => ({ ...each, fields: each.fields ?? [] }))
  const tabs = await readTabs(ctx, wanted)
  const { writes, results } = planPush(tabs, pushed)
  const first = putBack(wrong, tabs)
  if (writes.length === 0 && first.length > 0) await demand(batchUpdate(ctx, first, RESTORING))
  return [...results, ...(await writePart(ctx, tabs, writes, first, turn + 1))]
}

/** `refused`: why nothing of it was stored, or nothing is known of it. `wrong`: what went to other rows than it was meant for. */
async function send(ctx: SheetsContext, writes: Write[], { requests }: Compiled) {
  const purpose = writes.some(({ row }) => row === null) ? 'append' : 'update'
  const ranges = keyCells(writes)
  const answer = await batchUpdate(ctx, requests, { purpose, items: writes.length, ranges, fields: KEY_FIELDS })
  if (answer.kind === 'refused') return { refused: renamed(answer.failure) ?? answer.failure, wrong: [] }
  return { refused: undefined, wrong: misplaced(writes, answer.value.updatedSpreadsheet?.sheets ?? []) }
}

/** A tab got another name in that very moment, and the answer cannot be about it: nothing was stored. */
function renamed({ kind, message }: Failure): Failure | undefined {
  if (kind !== 'rejected' || !message.includes('Unable to parse range')) return undefined
  return { kind: 'retry after', afterMs: 1_000, message }
}

/** Of a call that got no answer, rows that were there may just be written again. */
function fail(writes: Write[], failure: Failure): Outcome {
  return writes.map(({ kind, item, row }) => {
    const { message } = failure
    const again: Failure = { kind: 'retry after', afterMs: 5_000, message, maybeStored: true }
    return { kind, result: failed(item, failure.kind === 'ambiguous' && row ? again : failure) }
  })
}

function failAll(writes: Write[], failure: Failure): Outcome {
  return writes.map(({ kind, item }) => ({ kind, result: failed(item, failure) }))
}

function failed({ recordId }: PushItem, failure: Failure): PushResult {
  return { recordId, kind: 'failed', failure }
}

/** What would meet the rest too: it is not sent. */
function stopper(results: PushResult[]): Failure | undefined {
  const failures = results.flatMap(result => (result.kind === 'failed' ? [result.failure] : []))
  const failure = failures.length === results.length ? failures.find(({ kind }) => kind !== 'rejected') : undefined
  if (failure?.kind !== 'ambiguous') return failure
  return { kind: 'retry after', afterMs: 5_000, message: `Not sent: the call before it failed (${failure.message})` }
}
