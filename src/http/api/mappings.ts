/** Mappings of a connection: the active one, its draft, its versions, and what can be seen before it is applied. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { stopsRow } from '../../core/drift.ts'
import type { Language } from '../../core/errors.ts'
import { AppError } from '../../core/errors.ts'
import { explainFinding } from '../../core/mapping/explain.ts'
import { fileFormats, LONGEST_FILE } from '../../core/mapping/file.ts'
import { explainPause } from '../../core/mapping/pause.ts'
import { mappedKinds, mappingRow, mappingShape } from '../../core/mapping/row.ts'
import { explainSuggestion } from '../../core/mapping/suggest.ts'
import { countConflicts } from '../../db/conflicts.ts'
import { connectionById } from '../../db/connections.ts'
import { openDrift } from '../../db/drift.ts'
import { mappingIn, mappingVersions, pausesOf } from '../../db/mappings.ts'
import * as edit from '../../sync/edit-mapping.ts'
import * as look from '../../sync/look-at-mapping.ts'
import { activeMapping, ofConnection } from '../../sync/mapping.ts'
import { readNewRows, resumeRow } from '../../sync/read-new-rows.ts'
import { syncContextOf } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import {
  appliedShape,
  fieldsShape,
  findingShape,
  previewShape,
  readShape,
  showVersion,
  suggestionShape,
  versionShape,
  wholeMapping,
} from './mapping-shapes.ts'
import { idParam, jsonBody, route } from './shapes.ts'
import { type Vars, within } from './within.ts'

const params = { params: idParam }
const ofKind = z.object({ kind: z.enum(mappedKinds) })
const fileQuery = z.object({
  format: z.enum(fileFormats).default('yaml'),
  version: z
    .union([z.enum(['active', 'draft']), z.coerce.number().int().min(1)])
    .default('active')
    .openapi({ description: '`active`, `draft`, or the number of a version' }),
})
const previewQuery = ofKind.extend({ recordId: z.uuid(), of: z.enum(['draft', 'active']).default('draft') })
const applyBody = z.object({
  backfill: z
    .boolean()
    .default(false)
    .openapi({ description: 'Tell the CRM of all linked records by it, in the background' }),
  editedAt: z.iso
    .datetime()
    .optional()
    .openapi({ description: 'Of the draft that was looked at: another is not applied' }),
})
const at = '/connections/{id}/mapping'

const routes = {
  one: route(
    'connections.read',
    'get',
    at,
    'What is mapped, the draft, and rows that stand still',
    params,
    wholeMapping,
  ),
  edit: route(
    ...(['connections.manage', 'put', `${at}/draft`, 'Begin or replace the draft'] as const),
    { ...params, ...jsonBody(mappingShape) },
    versionShape,
  ),
  discard: route('connections.manage', 'delete', `${at}/draft`, 'Discard the draft', params, versionShape),
  check: route(
    ...([
      'connections.read',
      'get',
      `${at}/check`,
      'What is wrong with the draft, or else with the active one',
    ] as const),
    params,
    z.object({ items: z.array(findingShape), blocks: z.boolean() }),
  ),
  apply: route(
    ...(['connections.manage', 'post', `${at}/apply`, 'The draft becomes active'] as const),
    { ...params, ...jsonBody(applyBody) },
    appliedShape,
  ),
  undo: route(
    ...(['connections.manage', 'post', `${at}/undo`, 'The version before becomes active again, as a new one'] as const),
    { ...params, ...jsonBody(applyBody.pick({ backfill: true })) },
    appliedShape,
  ),
  versions: route(
    ...(['connections.read', 'get', `${at}/versions`, 'Versions, newest first'] as const),
    params,
    z.object({ items: z.array(versionShape) }),
  ),
  file: route(
    ...(['connections.read', 'get', `${at}/file`, 'A version as a file'] as const),
    { ...params, query: fileQuery },
    z.object({ format: z.enum(fileFormats), text: z.string() }),
  ),
  load: route(
    ...(['connections.manage', 'put', `${at}/file`, 'Begin or replace the draft from a file'] as const),
    { ...params, ...jsonBody(z.object({ format: z.enum(fileFormats), text: z.string().max(LONGEST_FILE) })) },
    versionShape,
  ),
  fields: route(
    ...(['connections.read', 'get', `${at}/fields`, 'Fields of both sides, as they are now'] as const),
    { ...params, query: ofKind },
    fieldsShape,
  ),
  suggestions: route(
    ...(['connections.read', 'get', `${at}/suggestions`, 'Pairs that may belong together; none is applied'] as const),
    { ...params, query: ofKind },
    z.object({ items: z.array(suggestionShape) }),
  ),
  preview: route(
    ...(['connections.read', 'get', `${at}/preview`, 'Both sides of a record, and what each row makes of it'] as const),
    { ...params, query: previewQuery },
    z.object({ items: z.array(previewShape) }),
  ),
  read: route(
    ...([
      'connections.manage',
      'post',
      `${at}/read`,
      'Go on reading what the CRM holds in newly mapped fields',
    ] as const),
    params,
    readShape,
  ),
  resume: route(
    ...(['connections.manage', 'post', `${at}/rows/resume`, 'Let a row go on that stands still'] as const),
    { ...params, ...jsonBody(ofKind.extend({ rowId: mappingRow.shape.id })) },
    readShape,
  ),
}

export const mappings = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.one, async c => c.json(await whole(c.var, c.req.valid('param').id, languageFor(c)), 200))
  .openapi(routes.edit, async c => {
    const { ctx, actor } = spoken(c.var)
    return c.json(showVersion(await edit.editDraft(ctx, c.req.valid('param').id, c.req.valid('json'), actor)), 200)
  })
  .openapi(routes.discard, async c => {
    const { ctx, actor } = spoken(c.var)
    return c.json(showVersion(await edit.discardDraft(ctx, c.req.valid('param').id, actor)), 200)
  })
  .openapi(routes.check, async c => {
    const { id } = c.req.valid('param')
    const { draft, active } = await whole(c.var, id, languageFor(c))
    const findings = await look.checkMapping(spoken(c.var).ctx, id, mappingShape.parse((draft ?? active).mapping))
    const items = findings.map(finding => ({ ...finding, ...explainFinding(finding, languageFor(c)) }))
    return c.json({ items, blocks: items.some(({ level }) => level === 'error') }, 200)
  })
  .openapi(routes.apply, async c => {
    const { ctx, actor } = spoken(c.var)
    const { backfill, editedAt } = c.req.valid('json')
    const chosen = { backfill, editedAt: editedAt ? new Date(editedAt) : undefined }
    return c.json(showApplied(await edit.applyDraft(ctx, c.req.valid('param').id, chosen, actor)), 200)
  })
  .openapi(routes.undo, async c => {
    const { ctx, actor } = spoken(c.var)
    return c.json(showApplied(await edit.undoMapping(ctx, c.req.valid('param').id, c.req.valid('json'), actor)), 200)
  })
  .openapi(routes.versions, async c => {
    const { id } = c.req.valid('param')
    const rows = await within(c.var, async tx => {
      if (!(await connectionById(tx, id))) throw new AppError('not found', { what: 'connection' })
      return mappingVersions(tx, id, 200)
    })
    return c.json({ items: rows.map(showVersion) }, 200)
  })
  .openapi(routes.file, async c => {
    const { format, version } = c.req.valid('query')
    const text = await edit.exportMapping(spoken(c.var).ctx, c.req.valid('param').id, version, format)
    return c.json({ format, text }, 200)
  })
  .openapi(routes.load, async c => {
    const { ctx, actor } = spoken(c.var)
    return c.json(showVersion(await edit.importDraft(ctx, c.req.valid('param').id, c.req.valid('json'), actor)), 200)
  })
  .openapi(routes.fields, async c => {
    const { ctx } = spoken(c.var)
    const { ours, ...rest } = await look.mappableFields(ctx, c.req.valid('param').id, c.req.valid('query').kind)
    const language = languageFor(c)
    return c.json({ ours: ours.map(({ labels, ...field }) => ({ ...field, label: labels[language] })), ...rest }, 200)
  })
  .openapi(routes.suggestions, async c => {
    const found = await look.suggestRows(spoken(c.var).ctx, c.req.valid('param').id, c.req.valid('query').kind)
    return c.json({ items: found.map(each => showSuggestion(each, languageFor(c))) }, 200)
  })
  .openapi(routes.preview, async c => {
    const { kind, recordId, of } = c.req.valid('query')
    const record = { kind, id: recordId }
    const items = await look.previewMapping(spoken(c.var).ctx, c.req.valid('param').id, record, of, c.var.caller.sees)
    const shown = items.map(({ row, ours, theirs, writes, reads }) => ({
      ...{ rowId: row.id, ours: row.ours, direction: row.direction, pausedReason: row.pausedReason ?? null },
      ...{ values: { ours, theirs }, writes, reads },
    }))
    return c.json({ items: shown }, 200)
  })
  .openapi(routes.read, async c => {
    const { kind } = await readNewRows(spoken(c.var).ctx, c.req.valid('param').id)
    return c.json({ isRead: kind === 'done' }, 200)
  })
  .openapi(routes.resume, async c => {
    const { ctx, actor } = spoken(c.var)
    const { kind } = await resumeRow(ctx, c.req.valid('param').id, c.req.valid('json'), actor)
    return c.json({ isRead: kind === 'done' }, 200)
  })

function spoken({ runtime, caller }: Vars) {
  return { ctx: syncContextOf(runtime, caller), actor: caller.actor }
}

function whole(vars: Vars, connectionId: string, language: Language) {
  return within(vars, async tx => {
    const row = await connectionById(tx, connectionId)
    if (!row) throw new AppError('not found', { what: 'connection' })
    const [mapping, active, draft, pauses, conflicts, drift] = await Promise.all([
      ...([activeMapping(tx, ofConnection(row)), mappingIn(tx, row.id, 'active')] as const),
      ...([mappingIn(tx, row.id, 'draft'), pausesOf(tx, row.id), countConflicts(tx, row.id)] as const),
      openDrift(tx, row.id),
    ])
    const plain = (rows: typeof mapping.contact) => rows.map(({ pausedReason: _, ...rest }) => rest)
    return {
      active: {
        version: active ? showVersion(active) : null,
        mapping: { contact: plain(mapping.contact), ticket: plain(mapping.ticket) },
      },
      draft: draft ? { version: showVersion(draft), mapping: mappingShape.parse(draft.rows) } : null,
      paused: pauses.map(({ kind, rowId, reason, at: since }) => {
        const held = mapping[kind].find(each => each.id === rowId)
        const cause = drift.find(each => held && stopsRow(each, held, kind))
        return { kind, rowId, reason: explainPause(reason, cause, language), at: since.toISOString() }
      }),
      conflicts: [...conflicts],
    }
  })
}

function showApplied({ version, told, isRead }: edit.Applied) {
  return { version: showVersion(version), told, isRead }
}

function showSuggestion(suggestion: Parameters<typeof explainSuggestion>[0], language: Language) {
  const { pausedReason: _, ...row } = suggestion.row
  return { row, score: suggestion.score, reason: suggestion.reason, sentence: explainSuggestion(suggestion, language) }
}
