import { wakeTime } from './duration.ts'
import type { EngineFunction } from './function.ts'
import { textOf } from './json.ts'
import { toFilter, toListener, unheard } from './listen.ts'
import { cleanText, type Op } from './protocol.ts'
import { invokedEvent, newRun, type Report } from './schedule.ts'
import type { Claimed } from './store/claim.ts'
import type { NewItem } from './store/save.ts'
import type { NewRun } from './store/start-runs.ts'

/** An item to queue, and the run that it starts and waits for, if any. */
export type Planned = { item: NewItem; run?: NewRun }
type Context = { functions: Map<string, EngineFunction>; report: Report }

/** What an operation that a call reported is in the queue; a text says why it cannot be. */
export function planItem({ functions, report }: Context, call: Claimed, op: Op, now: Date): Planned | string {
  const step = { stepId: op.id, name: op.displayName, race: op.race }
  if (op.op === 'Sleep') {
    const at = wakeTime(op.name, now)
    return at
      ? { item: { ...step, kind: 'sleep', at } }
      : `sleeps for "${op.name}", which is neither a duration nor a date`
  }
  if (op.op === 'WaitForEvent') return planWait(call, op, step, now)
  if (op.op === 'InvokeFunction') return planInvoke(functions, report, call, op, step, now)
  return { item: { ...step, kind: 'call', at: now } }
}

type Step = Pick<NewItem, 'stepId' | 'name' | 'race'>

function planWait(call: Claimed, { name, opts }: Op, step: Step, now: Date): Planned | string {
  const at = wakeTime(String(opts.timeout), now)
  if (at === undefined) return `waits with timeout "${opts.timeout}", which is neither a duration nor a date`
  const refused = unheard(name)
  if (refused) return `waits for ${refused}, which the embedded engine does not support`
  try {
    const listener = toListener(toFilter(name, textOf(opts.if)), call.events[0] ?? {}, at)
    return { item: { ...step, kind: 'wait', at, listener } }
  } catch {
    return `waits for ${name} if "${opts.if}", which is not a CEL expression over event and async`
  }
}

/** Inngest's own, where the step gives none. */
const INVOKE_TIMEOUT = '365d'

function planInvoke(
  functions: Map<string, EngineFunction>,
  report: Report,
  call: Claimed,
  { id, opts }: Op,
  step: Step,
  now: Date,
): Planned | string {
  const functionId = cleanText(opts.function_id)
  const at = wakeTime(String(opts.timeout ?? INVOKE_TIMEOUT), now)
  if (at === undefined) return `invokes with timeout "${opts.timeout}", which is neither a duration nor a date`
  const fn = functions.get(functionId)
  if (fn === undefined) {
    const error = { name: 'Error', message: `The invoked function "${functionId}" is not served` }
    return { item: { ...step, kind: 'invoke', at: now, output: { error } } }
  }
  const message = `The invoked function "${functionId}" did not end before the timeout of the step`
  const error = { name: 'InngestInvokeTimeoutError', message }
  const event = invokedEvent(call, { id, opts }, functionId, now)
  return { item: { ...step, kind: 'invoke', at, output: { error } }, run: newRun(fn, [event], now, report) }
}
