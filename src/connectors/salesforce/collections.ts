/**
 * Writes any number of records, of all our objects at once: collections of 200 of one object, five of them in a composite, which
 * is one call. What hangs on a record that is written with it names it by its external id.
 */
import type { Failure } from '../../core/failure.ts'
import type { PushItem, PushResult } from '../contract.ts'
import { composite, type Subrequest } from './client.ts'
import { errorsOf, failureOf, itemFailure, lostCall, type Purpose, waitForParent } from './failure.ts'
import type { SObject } from './records.ts'
import { type compositeAnswer, type SalesforceError, saveResult } from './schema.ts'
import type { SalesforceContext } from './settings.ts'
import { chunks } from './soql.ts'

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm */
const RECORDS = 200
/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm */
const COLLECTIONS = 5

/** `by`: the id of a record that is known, or the external id of one that may be new. */
export type Write = {
  item: PushItem
  type: SObject | 'Account'
  by: 'Id' | (string & {})
  fields: Record<string, unknown>
  /** By which it is known, where what is written is another's record: a person account's contact. */
  remoteId?: string
  /** Whether assignment rules choose its owner. */
  isAssigned?: boolean
}
export type Written = { write: Write; result: PushResult }

/** In the order in which they hang on each other. After a failure that would meet the rest too, the rest is not sent. */
export async function writeAll(ctx: SalesforceContext, writes: Write[]): Promise<Written[]> {
  const written: Written[] = []
  let stop: Failure | undefined
  for (const collections of chunks(collectionsOf(writes), COLLECTIONS)) {
    if (stop) written.push(...failAll(collections.flat(), stop))
    else {
      const done = await writeComposite(ctx, collections)
      written.push(...done.written)
      stop = done.stop
    }
  }
  return written
}

export function failed({ recordId }: PushItem, failure: Failure): PushResult {
  return { recordId, kind: 'failed', failure }
}

const ORDER: Write['type'][] = ['Account', 'Contact', 'Lead', 'Case']

function collectionsOf(writes: Write[]): Write[][] {
  const place = ({ type }: Write) => (ORDER.includes(type) ? ORDER.indexOf(type) : ORDER.length)
  const sorted = writes.toSorted((a, b) => place(a) - place(b))
  const groups = Map.groupBy(sorted, ({ type, by, isAssigned }) => `${type} ${by} ${isAssigned ?? false}`)
  return [...groups.values()].flatMap(group => chunks(group, RECORDS))
}

async function writeComposite(ctx: SalesforceContext, collections: Write[][]) {
  const subrequests = collections.map(subrequestOf)
  const answer = await composite(ctx, 'create', subrequests, collections.flat().length)
  if (answer.kind === 'refused') {
    const { failure } = answer
    return { written: failAll(collections.flat(), failure), stop: stopperOf(failure) }
  }
  const written: Written[] = []
  for (const [nth, writes] of collections.entries()) {
    const sub = answer.value.compositeResponse.find(({ referenceId }) => referenceId === subrequests[nth]?.referenceId)
    written.push(...(await attribute(ctx, writes, sub)))
  }
  return { written, stop: undefined }
}

function subrequestOf(writes: Write[], nth: number): Subrequest {
  const [{ type, by, isAssigned } = { type: '', by: 'Id', isAssigned: false }] = writes
  const records = writes.map(({ fields }) => ({ attributes: { type }, ...fields }))
  return {
    ...{
      method: 'PATCH',
      path: `/composite/sobjects${by === 'Id' ? '' : `/${type}/${by}`}`,
      referenceId: `part${nth}`,
    },
    body: { allOrNone: false, records },
    // Without the first Salesforce assigns anew what is created or changed; with the second a rule that only warns does not refuse.
    httpHeaders: {
      'Sforce-Auto-Assign': isAssigned ? 'TRUE' : 'FALSE',
      'Sforce-Duplicate-Rule-Header': 'allowSave=true',
    },
  }
}

type Subresponse = (typeof compositeAnswer)['_output']['compositeResponse'][number]

/** Every record got its result; where the collection was refused as a whole, it is searched for whose fault it is. */
async function attribute(ctx: SalesforceContext, writes: Write[], sub: Subresponse | undefined): Promise<Written[]> {
  const message = 'Salesforce answered the composite without a word on these records'
  if (!sub) return failAll(writes, { kind: 'ambiguous', message })
  if (sub.httpStatusCode >= 300) {
    const failure = failureOf(sub.httpStatusCode, sub.body, 'create')
    if (failure.kind !== 'rejected' || writes.length === 1) return failAll(writes, failure)
    const [some, others] = parted(writes, errorsOf(sub.body))
    if (others.length === 0) return failAll(some, failure)
    return [...(await writeAll(ctx, some)), ...(await writeAll(ctx, others))]
  }
  const results = saveResult.array().safeParse(sub.body).data
  return writes.map(write => {
    const result = results?.[writes.length === results.length ? writes.indexOf(write) : -1]
    if (!result)
      return { write, result: failed(write.item, lostCall({ kind: 'ambiguous', message }, purposeOf(write))) }
    if (!result.success) return { write, result: failed(write.item, refusalOf(write, result.errors)) }
    const remoteId = write.remoteId ?? result.id ?? write.item.remoteId ?? ''
    return { write, result: { recordId: write.item.recordId, kind: 'stored', remoteId, version: null } }
  })
}

/** By whether they carry a field that the object does not have, else in two. */
function parted(writes: Write[], errors: SalesforceError[]): [Write[], Write[]] {
  const absent = /No such column '(\w+)'/.exec(errors[0]?.message ?? '')?.[1]
  const carries = ({ fields }: Write) => absent !== undefined && absent in fields
  const some = writes.filter(carries)
  if (some.length > 0) return [some, writes.filter(write => !carries(write))]
  const middle = Math.ceil(writes.length / 2)
  return [writes.slice(0, middle), writes.slice(middle)]
}

/** A parent that is named by its key and was refused itself is not the child's fault. */
function refusalOf(write: Write, errors: SalesforceError[]): Failure {
  const lost = errors.find(({ message }) => /^Foreign key external ID: .* not found/.test(message))
  return lost ? waitForParent(lost.message) : itemFailure(errors, purposeOf(write))
}

function failAll(writes: Write[], failure: Failure): Written[] {
  return writes.map(write => ({ write, result: failed(write.item, lostCall(failure, purposeOf(write))) }))
}

/** Why whatever is sent next would not be stored either. */
function stopperOf(failure: Failure): Failure {
  if (failure.kind === 'unauthorized' || failure.kind === 'retry after') return failure
  return { kind: 'retry after', afterMs: 5_000, message: `Not sent: the call before it failed (${failure.message})` }
}

function purposeOf({ by }: Write): Purpose {
  return by === 'Id' ? 'update' : 'create'
}
