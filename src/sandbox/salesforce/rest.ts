/** The REST resources below `/services/data/vNN.0`, also where a composite asks for them. */
import { createAll, deleteAll, updateAll, upsertAll } from './collections.ts'
import { SfRefused } from './errors.ts'
import { picklistValuesOf, recordTypeInfos } from './fields.ts'
import { runQuery, shape } from './run-query.ts'
import { runSearch } from './search.ts'
import { storeNamed } from './state.ts'
import { usageOf } from './usage.ts'
import type { Input } from './values.ts'
import { createRow, findRow, type Scope } from './write.ts'

export type RestCall = {
  method: string
  /** With its query. */
  path: string
  body: unknown
  failIndexes?: readonly number[]
}
export type RestAnswer = { status: number; body: unknown }

const SUBREQUESTS = 25
/** Collections and queries among them. */
const LARGE = 5

/** Throws SfRefused. */
export function answerRest(scope: Scope, call: RestCall): RestAnswer {
  const url = new URL(call.path, 'https://salesforce.invalid')
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const [head = '', ...rest] = parts
  const { method } = call
  switch (head) {
    case 'query':
    case 'queryAll': {
      const now = scope.clock.now()
      const deleted = head === 'queryAll'
      return ok(runQuery({ org: scope.org, now, deleted }, url.searchParams.get('q') ?? ''))
    }
    case 'search':
      return ok(runSearch(scope.org, scope.clock.now(), url.searchParams.get('q') ?? ''))
    case 'limits': {
      const { used, max } = usageOf(scope.org, scope.clock.now())
      return ok({ DailyApiRequests: { Max: max, Remaining: Math.max(0, max - used) } })
    }
    case 'ui-api':
      return answerPicklists(scope, rest)
    case 'sobjects':
      return answerObject(scope, method, rest, call.body)
    case 'composite':
      if (rest.length === 0 && method === 'POST') return answerComposite(scope, call)
      if (rest[0] === 'sobjects') return answerCollection(scope, call, rest.slice(1), url)
  }
  throw notFound()
}

function answerObject(scope: Scope, method: string, [name = '', id, ...more]: string[], body: unknown): RestAnswer {
  const store = storeNamed(scope.org, name)
  if (!store || more.length > 0) throw notFound()
  if (id === 'describe' && method === 'GET') {
    const { name, label, prefix: keyPrefix, fields } = store
    return ok({ name, label, keyPrefix, fields: [...fields.values()], recordTypeInfos: recordTypeInfos(store) })
  }
  if (id === undefined && method === 'POST') {
    const row = createRow(scope, store, body as Input)
    return { status: 201, body: { id: row.id, success: true, errors: [] } }
  }
  const row = id === undefined ? undefined : findRow(store, id)
  if (!row || row.deleted || method !== 'GET') throw notFound()
  const all = [...store.fields.keys()].map(field => [field])
  return ok(shape({ org: scope.org, now: scope.clock.now(), deleted: false }, store, row, all))
}

/** `object-info/<object>/picklist-values/<record type>` */
function answerPicklists({ org }: Scope, [, name = '', , recordType]: string[]): RestAnswer {
  const store = storeNamed(org, name)
  const type = store?.recordTypes?.find(({ id }) => id === recordType)
  if (!store || !type) throw notFound()
  return ok(picklistValuesOf(store, type))
}

function answerCollection(scope: Scope, call: RestCall, [type, key]: string[], url: URL): RestAnswer {
  const { records = [] } = (call.body ?? {}) as { records?: Input[] }
  const { failIndexes } = call
  switch (call.method) {
    case 'DELETE':
      return ok(deleteAll(scope, (url.searchParams.get('ids') ?? '').split(',')))
    case 'POST':
      return ok(createAll(scope, records, failIndexes))
    case 'PATCH':
      if (type === undefined) return ok(updateAll(scope, records, failIndexes))
      if (key !== undefined) return ok(upsertAll(scope, type, key, records, failIndexes))
  }
  throw notFound()
}

type Subrequest = { method: string; url: string; referenceId: string; body?: unknown }

function answerComposite(scope: Scope, { body, failIndexes }: RestCall): RestAnswer {
  const { compositeRequest = [] } = (body ?? {}) as { compositeRequest?: Subrequest[] }
  const large = compositeRequest.filter(({ url }) => /\/(composite\/sobjects|query|queryAll)\b/.test(url)).length
  if (compositeRequest.length > SUBREQUESTS) {
    throw new SfRefused(400, 'LIMIT_EXCEEDED', `Limit of ${SUBREQUESTS} reached for: SUBREQUESTS`)
  }
  if (large > LARGE) {
    throw new SfRefused(400, 'LIMIT_EXCEEDED', `Limit of ${LARGE} reached for: COLLECTION_AND_QUERY_SUBREQUESTS`)
  }
  const compositeResponse = compositeRequest.map(({ method, url, referenceId, body }, at) => {
    const answer = settle(() => {
      const [, path] = /^\/services\/data\/v\d+\.0(\/.*)$/.exec(url) ?? []
      if (path === undefined || path === '/composite') throw notFound()
      return answerRest(scope, { method, path, body, ...(at === 0 && failIndexes ? { failIndexes } : {}) })
    })
    return { body: answer.body, httpHeaders: {}, httpStatusCode: answer.status, referenceId }
  })
  return ok({ compositeResponse })
}

function settle(act: () => RestAnswer): RestAnswer {
  try {
    return act()
  } catch (error) {
    if (error instanceof SfRefused) return { status: error.status, body: error.errors }
    throw error
  }
}

const ok = (body: unknown): RestAnswer => ({ status: 200, body })

function notFound(): SfRefused {
  return new SfRefused(404, 'NOT_FOUND', 'The requested resource does not exist')
}
