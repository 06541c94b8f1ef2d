import type { AssociationType } from './associations.ts'
import { link, resolveInline } from './associations.ts'
import { type Outcome, type Refusal, Refused, validation } from './errors.ts'
import { type Claims, commitWrite, lookUp, missingRecord, type Prepared, prepareWrite, type Scope } from './records.ts'
import type { CrmRecord, Store } from './state.ts'
import { unknownProperties, type Values } from './values.ts'
import { recordView } from './views.ts'

type Input = {
  id?: string
  idProperty?: string | undefined
  properties: Values
  associations?: { to: { id: string }; types: AssociationType[] }[] | undefined
  objectWriteTraceId?: string | undefined
}
type Link = { to: CrmRecord; toStore: Store; typeIds: number[] }
type Ready = { prepared: Prepared; links: Link[]; isNew?: boolean }
type Step = { input: Input; outcome: Outcome<Ready> }

export type BatchAnswer = { status: 200 | 201 | 207; body: Record<string, unknown> }

export function batchCreate(scope: Scope, store: Store, inputs: Input[], fail: number[]): BatchAnswer {
  return run(scope, store, inputs, fail, 201, (input, claims) => prepareCreate(scope, store, input, claims))
}

export function batchUpdate(scope: Scope, store: Store, inputs: Input[], fail: number[]): BatchAnswer {
  refuseDuplicates(inputs)
  return run(scope, store, inputs, fail, 200, (input, claims) => {
    const record = lookUp(store, input.id ?? '', input.idProperty)
    if (!record) return { ok: false, refusal: missingRecord(store, input.id ?? '') }
    return ready(prepareWrite(scope, store, input.properties, record, claims))
  })
}

export function batchUpsert(scope: Scope, store: Store, inputs: Input[], fail: number[]): BatchAnswer {
  refuseDuplicates(inputs)
  const odd = inputs.find(input => !store.unique.has(input.idProperty ?? ''))
  if (odd) throw new Refused(validation(`Property "${odd.idProperty}" is not a unique property of ${store.singular}`))
  return run(scope, store, inputs, fail, 200, (input, claims) => {
    const idProperty = input.idProperty ?? ''
    const record = lookUp(store, input.id ?? '', idProperty)
    const values = record ? input.properties : { [idProperty]: input.id ?? '', ...input.properties }
    return ready(prepareWrite(scope, store, values, record, claims), !record)
  })
}

/** One record, by the same rules. */
export function prepareCreate(scope: Scope, store: Store, input: Input, claims: Claims): Outcome<Ready> {
  const outcome = prepareWrite(scope, store, input.properties, undefined, claims)
  if (!outcome.ok) return outcome
  const links: Link[] = []
  for (const association of input.associations ?? []) {
    const resolved = resolveInline(scope.portal, store, association)
    if (!resolved.ok) return resolved
    links.push(resolved.value)
  }
  return { ok: true, value: { prepared: outcome.value, links } }
}

export function commitReady(scope: Scope, store: Store, { prepared, links }: Ready): CrmRecord {
  const record = commitWrite(scope, store, prepared)
  for (const { to, toStore, typeIds } of links) link(store, record, toStore, to, typeIds)
  return record
}

/** Everything is checked before anything is written: without trace ids a batch happens whole or not at all. */
function run(
  scope: Scope,
  store: Store,
  inputs: Input[],
  fail: number[],
  status: 200 | 201,
  prepare: (input: Input, claims: Claims) => Outcome<Ready>,
): BatchAnswer {
  const startedAt = scope.clock.iso()
  const unknown = unknownProperties(scope.portal, store, inputs)
  if (unknown) throw new Refused(unknown)
  const claims: Claims = new Set()
  const steps: Step[] = inputs.map((input, index) => ({
    input,
    outcome: fail.includes(index) ? { ok: false, refusal: PLANNED } : prepare(input, claims),
  }))
  const failed = steps.flatMap(({ input, outcome }) => (outcome.ok ? [] : [{ input, refusal: outcome.refusal }]))
  refuseWhole(inputs, failed)
  const results = steps.flatMap(({ input, outcome }) => {
    if (!outcome.ok) return []
    const record = commitReady(scope, store, outcome.value)
    const { isNew } = outcome.value
    return [
      {
        ...recordView(store, record),
        ...(isNew === undefined ? {} : { new: isNew }),
        ...(input.objectWriteTraceId === undefined ? {} : { objectWriteTraceId: input.objectWriteTraceId }),
      },
    ]
  })
  const times = { requestedAt: startedAt, startedAt, completedAt: scope.clock.iso() }
  if (failed.length === 0) return { status, body: { status: 'COMPLETE', results, ...times } }
  const errors = failed.map(({ input, refusal }) => itemError(input, refusal))
  return { status: 207, body: { status: 'COMPLETE', results, numErrors: errors.length, errors, ...times } }
}

const PLANNED: Refusal = {
  status: 400,
  category: 'VALIDATION_ERROR',
  message: 'This input was told to fail by a planned fault.',
}

/** Partial answers are only given to those who number their inputs. */
function refuseWhole(inputs: Input[], failed: { refusal: Refusal }[]) {
  const [first] = failed
  if (first && inputs.some(input => input.objectWriteTraceId === undefined)) throw new Refused(first.refusal)
}

function refuseDuplicates(inputs: Input[]) {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { id = '', idProperty = '' } of inputs) {
    const key = `${idProperty}\0${id}`
    if (seen.has(key)) twice.add(id)
    seen.add(key)
  }
  if (twice.size > 0) throw new Refused(validation(`Duplicate IDs found in batch input: [${[...twice].join(', ')}]`))
}

function itemError(input: Input, { category, message, errors, context }: Refusal) {
  return {
    status: 'error',
    category,
    message,
    ...(errors ? { errors } : {}),
    context: {
      ...context,
      ...(input.id === undefined ? {} : { ids: [input.id] }),
      ...(input.objectWriteTraceId === undefined ? {} : { objectWriteTraceId: [input.objectWriteTraceId] }),
    },
  }
}

function ready(outcome: Outcome<Prepared>, isNew?: boolean): Outcome<Ready> {
  if (!outcome.ok) return outcome
  return { ok: true, value: { prepared: outcome.value, links: [], ...(isNew === undefined ? {} : { isNew }) } }
}
