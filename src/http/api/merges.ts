/** Contacts that are one person: suggestions, merges, and their undoing. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import {
  explainOutcome,
  explainSuggestion,
  remoteOutcomes,
  suggestionReasons,
  suggestionStates,
} from '../../core/contact-merge.ts'
import { AppError, type Language } from '../../core/errors.ts'
import { invalidInput } from '../../core/invalid-input.ts'
import type { SuggestionRow } from '../../db/arrivals.ts'
import type { Queryable } from '../../db/client.ts'
import { type MergeRow, mergedInto, mergesOf, survivorOf, survivorsOf } from '../../db/contact-merges.ts'
import { contactsById } from '../../db/contacts.ts'
import { listSuggestions, suggestionById } from '../../db/merge-suggestions.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { dismissSuggestion } from '../../inbox/dismiss-suggestion.ts'
import { mergeContacts } from '../../inbox/merge-contacts.ts'
import { undoMerge } from '../../inbox/undo-merge.ts'
import { inboxContext } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const person = z.object({ id: z.uuid(), name: z.string().nullable(), phone: z.string().nullable() })

export const suggestionShape = z
  .object({
    id: z.uuid(),
    /** As they are today: contacts that were merged since are those that they became. */
    contacts: z.array(person),
    reason: z.enum(suggestionReasons),
    sentence: z.string(),
    /** `{channelId, wamid}` of the message that says so, or `{connectionId, remoteId}` of the record in a CRM. */
    source: z.record(z.string(), z.string()),
    at: instant,
    state: z.enum(suggestionStates),
    decidedAt: instant,
    decidedBy: z.unknown(),
    mergeId: z.uuid().nullable(),
  })
  .openapi('MergeSuggestion')

export const mergeShape = z
  .object({
    id: z.uuid(),
    survivorId: z.uuid(),
    mergedId: z.uuid(),
    at: instant,
    by: z.unknown(),
    undoneAt: instant,
    undoneBy: z.unknown(),
    /** How much was moved. */
    moved: z.object({
      identities: z.number().int(),
      conversations: z.number().int(),
      tickets: z.number().int(),
      links: z.number().int(),
    }),
    /** What became of the two records in each CRM that had one of the merged contact. */
    remote: z.array(z.object({ connectionId: z.uuid(), outcome: z.enum(remoteOutcomes), sentence: z.string() })),
  })
  .openapi('Merge')

const mergeBody = z.object({
  contactId: z.uuid().openapi({ description: 'The contact that becomes part of the one in the path' }),
})
const survivorBody = z.object({
  survivorId: z.uuid().optional().openapi({ description: 'Which of the two stays; without it the older one' }),
})

const routes = {
  suggestions: route(
    ...(['contacts.read', 'get', '/merge-suggestions', 'Contacts that may be one person, newest first'] as const),
    { query: pageQuery.extend({ state: z.enum(suggestionStates).default('open'), contactId: z.uuid().optional() }) },
    pageOf(suggestionShape),
  ),
  accept: route(
    ...(['contacts.merge', 'post', '/merge-suggestions/{id}/merge', 'They are one person: merge them'] as const),
    { params: idParam, ...jsonBody(survivorBody) },
    mergeShape,
  ),
  dismiss: route(
    ...([
      'contacts.merge',
      'post',
      '/merge-suggestions/{id}/dismiss',
      'They are two people: do not suggest it again',
    ] as const),
    { params: idParam },
    suggestionShape,
  ),
  merge: route(
    ...(['contacts.merge', 'post', '/contacts/{id}/merge', 'Make another contact part of this one'] as const),
    { params: idParam, ...jsonBody(mergeBody) },
    mergeShape,
  ),
  merges: route(
    ...(['contacts.read', 'get', '/contacts/{id}/merges', 'Merges of a contact, newest first'] as const),
    { params: idParam },
    z.object({ items: z.array(mergeShape) }),
  ),
  undo: route(
    ...(['contacts.merge', 'post', '/merges/{id}/undo', 'Part the two contacts again'] as const),
    { params: idParam },
    mergeShape,
  ),
}

export const merges = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.suggestions, async c => {
    const { limit, cursor, state, contactId } = c.req.valid('query')
    const language = languageFor(c)
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const contactIds = contactId ? { contactIds: await familyOf(tx, contactId) } : {}
      const page = { limit: limit + 1, after: readCursor(cursor) }
      const rows = await listSuggestions(tx, { state, ...contactIds }, page)
      const show = await suggestionShower(tx, rows, language)
      return c.json(
        toPage(rows, limit, row => ({ at: row.createdAt, id: row.id }), show),
        200,
      )
    })
  })
  .openapi(routes.accept, async c => {
    const { id } = c.req.valid('param')
    const { survivorId } = c.req.valid('json')
    const { db } = c.var.runtime.services
    const row = await inWorkspace(db, c.var.caller.workspaceId, tx => suggestionById(tx, id))
    if (!row) throw new AppError('not found', { what: 'merge suggestion' })
    if (row.state !== 'open') throw new AppError('already decided', { state: row.state })
    const { contactA, contactB } = row
    if (survivorId && survivorId !== contactA && survivorId !== contactB) {
      throw invalidInput('survivorId', 'must be one of the two contacts')
    }
    // Ids grow with time: the lesser is the older.
    const pair = survivorId === contactB ? [contactB, contactA] : [contactA, contactB]
    const [stays = '', goes = ''] = pair
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(showMerge(await mergeContacts(ctx, { survivorId: stays, mergedId: goes }), languageFor(c)), 200)
  })
  .openapi(routes.dismiss, async c => {
    const row = await dismissSuggestion(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx =>
      c.json((await suggestionShower(tx, [row], languageFor(c)))(row), 200),
    )
  })
  .openapi(routes.merge, async c => {
    const pair = { survivorId: c.req.valid('param').id, mergedId: c.req.valid('json').contactId }
    const merge = await mergeContacts(inboxContext(c.var.runtime, c.var.caller), pair)
    return c.json(showMerge(merge, languageFor(c)), 200)
  })
  .openapi(routes.merges, async c => {
    const { id } = c.req.valid('param')
    return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
      const rows = await mergesOf(tx, [id])
      if (rows.length === 0 && !(await survivorOf(tx, id))) throw new AppError('not found', { what: 'contact' })
      return c.json({ items: rows.map(row => showMerge(row, languageFor(c))) }, 200)
    })
  })
  .openapi(routes.undo, async c => {
    const merge = await undoMerge(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(showMerge(merge, languageFor(c)), 200)
  })

/** A contact with those it was made of. */
async function familyOf(tx: Queryable, id: string): Promise<string[]> {
  const survivor = (await survivorOf(tx, id)) ?? id
  return [survivor, ...(await mergedInto(tx, survivor))]
}

export async function suggestionShower(tx: Queryable, rows: SuggestionRow[], language: Language) {
  const ids = rows.flatMap(row => [row.contactA, row.contactB])
  const became = await survivorsOf(tx, ids)
  const contacts = new Map(
    (await contactsById(tx, [...new Set([...ids, ...became.values()])])).map(row => [row.id, row]),
  )
  return (row: SuggestionRow): z.infer<typeof suggestionShape> => {
    const { id, reason, source, state, decidedBy, mergeId } = row
    const people = [row.contactA, row.contactB].map(asked => {
      const contact = contacts.get(row.state === 'open' ? (became.get(asked) ?? asked) : asked)
      return { id: contact?.id ?? asked, name: contact?.name ?? null, phone: contact?.phone ?? null }
    })
    return {
      ...{
        id,
        contacts: people,
        reason,
        sentence: explainSuggestion(reason, language),
        source,
        state,
        decidedBy,
        mergeId,
      },
      ...{ at: iso(row.at), decidedAt: iso(row.decidedAt) },
    }
  }
}

function showMerge(row: MergeRow, language: Language): z.infer<typeof mergeShape> {
  const { id, survivorId, mergedId, actor, undoneBy, moved } = row
  return {
    ...{ id, survivorId, mergedId, at: iso(row.at), by: actor, undoneAt: iso(row.undoneAt), undoneBy },
    moved: {
      identities: moved.identities.length,
      conversations: moved.conversations.length + moved.joined.length,
      tickets: moved.tickets.length,
      links: moved.links.length,
    },
    remote: Object.entries(row.remote).map(([connectionId, outcome]) => ({
      ...{ connectionId, outcome, sentence: explainOutcome(outcome, row.undoneAt !== null, language) },
    })),
  }
}
