/** Requests of every kind that the OpenAPI document knows, made of the document itself: a new route is walked by itself. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../src/db/client.ts'

type Schema = {
  type?: string | string[]
  format?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
  default?: unknown
  minimum?: number
  exclusiveMinimum?: number
  minLength?: number
  pattern?: string
}
type Operation = {
  'x-permission'?: string
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}
export type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export type WalkedRoute = { method: string; path: string; permission: string | undefined; operation: Operation }

export function routesOf(document: Document): WalkedRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, permission: operation['x-permission'], operation },
    })),
  )
}

/** `id` gives the value of each id that the request names, by the name of the parameter or field; `q` is what is searched for, where something is. */
export function requestOf(
  document: Document,
  { path, operation }: WalkedRoute,
  id: (name: string) => string,
  q = 'walker',
) {
  const parameters = operation.parameters ?? []
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(id(name)))
  const query = parameters.filter(each => each.in === 'query' && (each.required || each.name === 'q'))
  const search = query.map(({ name, schema }) => `${name}=${encodeURIComponent(String(made(schema, name)))}`).join('&')
  const content = operation.requestBody?.content['application/json']
  return { path: search ? `${filled}?${search}` : filled, body: content ? made(content.schema, 'body') : undefined }

  function made(schema: Schema, name: string, depth = 0): unknown {
    if (depth > 8) return null
    if (schema.$ref) {
      const target = document.components.schemas[schema.$ref.split('/').at(-1) ?? '']
      return target ? made(target, name, depth + 1) : null
    }
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return schema.enum[0]
    const [choice] = schema.anyOf ?? schema.oneOf ?? []
    if (choice) return made(choice, name, depth + 1)
    if (schema.allOf) {
      return Object.assign({}, ...schema.allOf.map(each => made(each, name, depth + 1) as object))
    }
    switch ([schema.type].flat()[0]) {
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            // What is not asked for is left away, but ids are tried.
            .filter(([key, each]) => schema.required?.includes(key) || /Ids?$/.test(key) || isId(each))
            .map(([key, each]) => [key, made(each, key, depth + 1)]),
        )
      case 'array':
        return schema.items ? [made(schema.items, name, depth + 1)] : []
      case 'integer':
      case 'number':
        return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1
      case 'boolean':
        return true
      case 'string':
        return textOf(schema, name)
      default:
        return null
    }
  }

  function textOf(schema: Schema, name: string): string {
    if (isId(schema) || /Id$/.test(name)) return id(name)
    if (name === 'q') return q
    if (schema.format === 'email') return 'walker@example.com'
    if (schema.format === 'date-time') return '2026-12-01T10:00:00.000Z'
    if (schema.format === 'uri') return 'https://walker.example.com/hook'
    return 'walker'.padEnd(schema.minLength ?? 6, 'x')
  }
}

const isId = (schema: Schema) => schema.format === 'uuid'

/** Of every table that belongs to workspaces. */
export async function tenantTables(owner: Db): Promise<string[]> {
  const rows = await owner<{ tableName: string }[]>`
    select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'workspace_id' and t.table_type = 'BASE TABLE' order by 1`
  return rows.map(row => row.tableName)
}

/** What nobody else may read: in every text of the rows below. */
export const SECRET = 'AJENO-7f3a'

type Column = { name: string; type: string; nullable: boolean; defaulted: boolean; target: string | null }

/**
 * A row of the workspace in every table that has none. Values are made up by their types, references lead to rows of the same
 * workspace. Returns the tables where that was not possible.
 */
export async function fillWorkspace(owner: Db, workspaceId: string): Promise<string[]> {
  let left = await tenantTables(owner)
  for (let before = -1; before !== left.length; ) {
    before = left.length
    const still: string[] = []
    for (const table of left) if (!(await fillTable(owner, table, workspaceId))) still.push(table)
    left = still
  }
  return left
}

async function fillTable(owner: Db, table: string, workspaceId: string): Promise<boolean> {
  const known = await owner`select 1 from ${owner(table)} where workspace_id = ${workspaceId} limit 1`
  if (known.length > 0) return true
  const columns = await owner<Column[]>`
    select a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable,
      a.atthasdef or a.attgenerated <> '' or a.attidentity <> '' as defaulted,
      (select f.confrelid::regclass::text from pg_constraint f
        where f.conrelid = a.attrelid and f.contype = 'f' and f.conkey = array[a.attnum] limit 1) as target
    from pg_attribute a where a.attrelid = ${`public.${table}`}::regclass and a.attnum > 0 and not a.attisdropped`
  const values: Record<string, unknown> = {}
  for (const { name, type, nullable, defaulted, target } of columns) {
    if (name === 'workspace_id') values[name] = workspaceId
    else if (target?.includes('.')) continue
    else if (target) {
      const [row] = await owner`select id from ${owner(target)} where workspace_id = ${workspaceId} limit 1`
      if (row) values[name] = row.id
      else if (!nullable) return false
    } else if (name === 'id') values[name] = randomUUID()
    else if (nullable ? type === 'text' : !defaulted) values[name] = madeUp(type, name)
  }
  const names = Object.keys(values)
  const list = names.map(name => `"${name}"`).join(', ')
  const places = names.map((_, nth) => `$${nth + 1}`).join(', ')
  try {
    await owner.unsafe(`insert into ${table} (${list}) values (${places})`, Object.values(values) as never[])
    return true
  } catch {
    return false
  }
}

function madeUp(type: string, name: string): unknown {
  if (type === 'uuid') return randomUUID()
  if (type === 'text') return `${SECRET} ${name}`
  if (type === 'boolean') return false
  if (type.startsWith('timestamp')) return new Date('2026-11-01T10:00:00Z').toISOString()
  if (type === 'date') return '2026-11-01'
  if (type === 'jsonb') return '{}'
  if (type.endsWith('[]')) return '{}'
  if (type === 'bytea') return '\\x00'
  return 1
}

/** One id of each table, by the table. */
export async function idsOf(owner: Db, workspaceId: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const table of await tenantTables(owner)) {
    const [column] = await owner`
      select 1 from information_schema.columns where table_schema = 'public' and table_name = ${table} and column_name = 'id'`
    if (!column) continue
    const [row] = await owner<
      { id: string }[]
    >`select id from ${owner(table)} where workspace_id = ${workspaceId} limit 1`
    if (row) ids.set(table, String(row.id))
  }
  return ids
}

/** All that a workspace has, as one word for each table: it changes with any of it. */
export async function stateOf(owner: Db, workspaceId: string): Promise<Record<string, string>> {
  const state: Record<string, string> = {}
  for (const table of await tenantTables(owner)) {
    const [row] = await owner`
      select md5(coalesce(string_agg(r::text, '|' order by r::text), '')) as sum from ${owner(table)} r
      where workspace_id = ${workspaceId}`
    state[table] = row?.sum
  }
  return state
}

export type Asked = { status: number; code: string | undefined; text: string }

export async function ask(
  { url, document }: { url: string; document: Document },
  route: WalkedRoute,
  credentials: Record<string, string>,
  id: (name: string) => string,
  q?: string,
): Promise<Asked> {
  const { path, body } = requestOf(document, route, id, q)
  const answer = await fetch(url + path, {
    method: route.method,
    redirect: 'manual',
    headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // Streams do not end by themselves.
  if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    await answer.body?.cancel()
    return { status: answer.status, code: undefined, text: '' }
  }
  const text = await answer.text()
  return { status: answer.status, code: /"code":"(\w+)"/.exec(text)?.[1], text }
}

export const describeAsked = ({ method, path }: WalkedRoute, { status, code, text }: Asked) =>
  `${method} ${path} ${status} ${code ?? ''} ${text.slice(0, 160)}`

/**
 * Asks every route for what is another workspace's, by the ids in its path and in its body. Returns what was told of it, or
 * found: there should be nothing.
 */
export async function walkForeign(
  world: { url: string; document: Document },
  foreign: Map<string, string>,
  credentials: Record<string, string>,
): Promise<string[]> {
  const bad: string[] = []
  for (const route of routesOf(world.document).filter(each => each.permission !== 'anyone')) {
    const hasId = route.path.includes('{')
    const table = tableOf(route.path, foreign.keys())
    const ids = hasId && !table ? [...foreign.values()] : [foreign.get(table ?? '') ?? randomUUID()]
    for (const id of ids) {
      const asked = await ask(world, route, credentials, name => (hasId ? id : (namedIn(foreign, name) ?? id)))
      const isHidden = !asked.text.includes(SECRET) && asked.status < 500
      // A body that the walk could not make up is refused before anything is looked for.
      const isGone = !hasId || asked.status === 404 || (asked.status === 422 && route.method !== 'GET')
      if (!isHidden || !isGone) bad.push(describeAsked(route, asked))
    }
  }
  return bad
}

/** A field such as `agentId` names a row of the other workspace's agents. */
export function namedIn(foreign: Map<string, string>, field: string): string | undefined {
  const word = field.replace(/Ids?$/, '').toLowerCase()
  const noun = { owner: 'agent', member: 'agent' }[word] ?? word
  return [...foreign].find(([table]) => table.replaceAll('_', '').replace(/s$/, '') === noun)?.[1]
}

/** Which table the ids of a path are of; undefined where no table is called so. */
export function tableOf(path: string, tables: Iterable<string>): string | undefined {
  const [, segment = ''] = /\/([\w-]+)\/\{\w+\}/.exec(path) ?? []
  const word = segment.replaceAll('-', '_')
  const other: Record<string, string> = { people: 'agents', keys: 'api_keys', agents: 'agents' }
  return [...tables].find(table => table === word || table === other[word])
}
