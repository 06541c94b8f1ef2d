/** Template calls of a WhatsApp Business Account (Meta, "Business Management API › Message templates"). */
import { z } from 'zod'
import type { TemplateStatus } from '../../core/template.ts'
import { type ParameterFormat, type TemplateComponent, templateComponent, templateStatus } from '../../core/template.ts'
import { type CallFailure, toFailure } from './client.ts'
import { callGraph, readGraphAnswer, type WhatsAppApi } from './graph.ts'

export type WabaAccount = { wabaId: string; token: string }

/** A template as Meta lists it. */
export type RemoteTemplate = {
  remoteId: string
  name: string
  language: string
  category: string
  status: TemplateStatus
  rejectionReason: string | null
  quality: string | null
  parameterFormat: ParameterFormat
  components: TemplateComponent[]
}

const PAGE = 100
/** 6,000 templates are the most that an account may have. */
const MOST_PAGES = 100

/** All of them, page by page. */
export async function readTemplates(
  api: WhatsAppApi,
  { wabaId, token }: WabaAccount,
): Promise<{ kind: 'read'; templates: RemoteTemplate[] } | CallFailure> {
  const fields = 'id,name,language,category,status,rejected_reason,quality_score,parameter_format,components'
  const templates: RemoteTemplate[] = []
  let after = ''
  for (let n = 0; n < MOST_PAGES; n++) {
    const next = after ? `&after=${encodeURIComponent(after)}` : ''
    const path = `${wabaId}/message_templates?fields=${fields}&limit=${PAGE}${next}`
    const answer = await callGraph(api, token, 'GET', path)
    if (answer.kind !== 'ok') return toFailure(answer)
    const page = pageShape.safeParse(answer.body).data
    if (!page) return { kind: 'ambiguous', code: null, reason: 'WhatsApp listed templates in another shape' }
    templates.push(...page.data.flatMap(item => fromRemote(item) ?? []))
    after = page.paging?.cursors?.after ?? ''
    if (!after || !page.paging?.next) return { kind: 'read', templates }
  }
  return { kind: 'read', templates }
}

const pageShape = z.object({
  data: z.array(z.unknown()),
  paging: z
    .looseObject({
      cursors: z.looseObject({ after: z.string().optional() }).optional(),
      next: z.string().optional(),
    })
    .optional(),
})

const text = z.string().optional().catch(undefined)
const remote = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  name: z.string(),
  language: z.string(),
  category: text,
  status: text,
  rejected_reason: text,
  quality_score: z.looseObject({ score: text }).optional().catch(undefined),
  parameter_format: text,
  components: z.array(z.unknown()).optional().catch(undefined),
})

/** Null for what cannot be one; a component that makes no sense is left out. */
function fromRemote(item: unknown): RemoteTemplate | null {
  const given = remote.safeParse(item).data
  if (!given) return null
  const { id, name, language, rejected_reason, quality_score } = given
  const quality = quality_score?.score?.toLowerCase()
  return {
    ...{ remoteId: id, name, language, category: (given.category ?? 'utility').toLowerCase() },
    status: templateStatus(given.status ?? ''),
    rejectionReason: rejected_reason && rejected_reason !== 'NONE' ? rejected_reason : null,
    quality: quality && quality !== 'unknown' ? quality : null,
    parameterFormat: given.parameter_format?.toUpperCase() === 'NAMED' ? 'named' : 'positional',
    components: (given.components ?? []).flatMap(part => templateComponent.safeParse(part).data ?? []),
  }
}

export type NewTemplate = {
  name: string
  language: string
  category: string
  parameterFormat: ParameterFormat
  components: Record<string, unknown>[]
}

/** A file of some megabytes. ms */
const UPLOAD_DEADLINE_MS = 60_000

/**
 * What a reviewer sees in a template's header. `handle` names it in the template's example; it is no file that could be sent.
 * The upload is the app's (Meta, "Graph API › Resumable Upload API").
 */
export async function putSample(
  api: WhatsAppApi,
  { appId, token }: { appId: string; token: string },
  file: { name: string; mime: string; data: Uint8Array<ArrayBuffer> },
): Promise<{ kind: 'put'; handle: string } | CallFailure> {
  const asked = { file_name: file.name, file_length: String(file.data.byteLength), file_type: file.mime }
  const begun = await callGraph(api, token, 'POST', `${appId}/uploads?${new URLSearchParams(asked)}`)
  if (begun.kind !== 'ok') return toFailure(begun)
  const session = uploadSession.safeParse(begun.body).data
  if (!session) return { kind: 'ambiguous', code: null, reason: 'WhatsApp began no upload' }
  const done = await readGraphAnswer(() =>
    api.fetch(`${api.baseUrl}/${api.version}/${session.id}`, {
      method: 'POST',
      headers: { authorization: `OAuth ${token}`, file_offset: '0', 'content-type': file.mime },
      body: file.data,
      signal: AbortSignal.timeout(UPLOAD_DEADLINE_MS),
    }),
  )
  if (done.kind !== 'ok') return toFailure(done)
  const put = uploaded.safeParse(done.body).data
  return put ? { kind: 'put', handle: put.h } : { kind: 'ambiguous', code: null, reason: 'WhatsApp named no handle' }
}

const uploadSession = z.object({ id: z.string().regex(/^upload:[^/]+$/) })
const uploaded = z.object({ h: z.string().min(1) })

export type Submitted = { kind: 'submitted'; remoteId: string; status: TemplateStatus; category: string } | CallFailure

/** Makes it and hands it in for review. */
export async function createTemplate(
  api: WhatsAppApi,
  { wabaId, token }: WabaAccount,
  template: NewTemplate,
): Promise<Submitted> {
  const { name, language, category, parameterFormat, components } = template
  const answer = await callGraph(api, token, 'POST', `${wabaId}/message_templates`, {
    ...{ name, language, components },
    ...{ category: category.toUpperCase(), parameter_format: parameterFormat },
  })
  if (answer.kind !== 'ok') return toFailure(answer)
  const made = created.safeParse(answer.body).data
  if (!made) return { kind: 'ambiguous', code: null, reason: 'WhatsApp took the template without an id' }
  const status = templateStatus(made.status ?? 'PENDING')
  return { kind: 'submitted', remoteId: made.id, status, category: (made.category ?? category).toLowerCase() }
}

const created = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  status: text,
  category: text,
})

/** Changes it and hands it in for review again: once a day, ten times in 30 days. */
export async function editTemplate(
  api: WhatsAppApi,
  token: string,
  remoteId: string,
  change: { category?: string | undefined; components?: Record<string, unknown>[] | undefined },
): Promise<{ kind: 'done' } | CallFailure> {
  const answer = await callGraph(api, token, 'POST', remoteId, {
    ...(change.category ? { category: change.category.toUpperCase() } : {}),
    ...(change.components ? { components: change.components } : {}),
  })
  return answer.kind === 'ok' ? { kind: 'done' } : toFailure(answer)
}

/** This language only: by its name alone Meta would delete all languages. */
export async function deleteTemplate(
  api: WhatsAppApi,
  { wabaId, token }: WabaAccount,
  { remoteId, name }: { remoteId: string; name: string },
): Promise<{ kind: 'done' } | CallFailure> {
  const path = `${wabaId}/message_templates?hsm_id=${encodeURIComponent(remoteId)}&name=${encodeURIComponent(name)}`
  const answer = await callGraph(api, token, 'DELETE', path)
  return answer.kind === 'ok' ? { kind: 'done' } : toFailure(answer)
}
