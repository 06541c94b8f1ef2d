/** Files: uploaded to be sent, looked at, asked for again; and one message with its file. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError } from '../../core/errors.ts'
import { inOneLine, invalidInput } from '../../core/invalid-input.ts'
import { explainMediaProblem, isMediaKind, type MediaProblem, mediaKinds } from '../../core/media.ts'
import { mediaInSight } from '../../db/media.ts'
import { messageInSight } from '../../db/messages.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { retryMedia } from '../../inbox/retry-media.ts'
import { uploadMedia } from '../../inbox/upload-media.ts'
import { inboxContext } from '../auth.ts'
import { languageFor, problem } from '../errors.ts'
import { invalid } from '../invalid.ts'
import { fileOfForm } from '../multipart.ts'
import type { HttpEnv } from '../runtime.ts'
import { filesOfMessages, mediaShape, showMedia } from './media-shape.ts'
import { idParam, ofPermission, problemShape, route } from './shapes.ts'
import { messageShape, showMessage } from './tickets.ts'

const routes = {
  message: route(
    ...(['tickets.read', 'get', '/messages/{id}', 'A message with its file'] as const),
    { params: idParam },
    messageShape,
  ),
  one: route(
    ...(['tickets.read', 'get', '/media/{id}', 'A file: what it is, and whether it is here'] as const),
    { params: idParam },
    mediaShape,
  ),
  retry: route(
    ...(['tickets.reply', 'post', '/media/{id}/retry', 'Ask WhatsApp again for a file that did not come'] as const),
    { params: idParam },
    mediaShape,
    202,
  ),
}

const uploadedShape = mediaShape.extend({
  repackedFrom: z
    .string()
    .nullable()
    .openapi({ description: 'The type it came as, where WhatsApp would not play that' }),
})

export const files = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.message, async c => {
    const { language, workspaceId } = c.var.caller
    return inWorkspace(c.var.runtime.services.db, workspaceId, async tx => {
      const row = await messageInSight(tx, c.var.caller.sees, c.req.valid('param').id)
      if (!row) throw new AppError('not found', { what: 'message' })
      const shown = await filesOfMessages(c.var, tx, [row])
      return c.json(showMessage(row, language, shown.get(row.id)), 200)
    })
  })
  .openapi(routes.one, async c => {
    const { db } = c.var.runtime.services
    const { id } = c.req.valid('param')
    const row = await inWorkspace(db, c.var.caller.workspaceId, tx => mediaInSight(tx, c.var.caller.sees, id))
    if (!row) throw new AppError('not found', { what: 'file' })
    return c.json(await showMedia(c.var, row), 200)
  })
  .openapi(routes.retry, async c => {
    const row = await retryMedia(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(await showMedia(c.var, row), 202)
  })

const uploads = ofPermission('tickets.reply')

files.post('/media', uploads.middleware, upload)

// By hand: a documented body would be read whole before anybody looks at it.
files.openAPIRegistry.registerPath({
  ...{ method: 'post', path: '/media', summary: 'Upload a file to be sent' },
  ...{ security: uploads.security, 'x-permission': uploads['x-permission'] },
  description:
    'In the field `file`. The type is told by the bytes. Send it with `{type, media: {id}}`. Recordings of browsers (WebM with Opus) are repacked as Ogg.',
  request: {
    query: z.object({ as: z.enum(mediaKinds).optional() }),
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({ file: z.string().openapi({ type: 'string', format: 'binary' }) }),
        },
      },
    },
  },
  responses: {
    201: { description: 'Stored', content: { 'application/json': { schema: uploadedShape } } },
    401: { description: 'No valid API key', content: { 'application/problem+json': { schema: problemShape } } },
    422: {
      description: 'WhatsApp would not take it; with what to do',
      content: { 'application/problem+json': { schema: problemShape } },
    },
  },
})

async function upload(c: Context<HttpEnv>) {
  const as = c.req.query('as')
  if (as !== undefined && !isMediaKind(as)) {
    throw invalidInput('as', 'must be one of {words}', { words: mediaKinds.join(', ') })
  }
  const form = await fileOfForm(c.req.raw)
  if (!form) return refuse(c, [{ rule: 'no file', facts: {} }])
  const { name: fileName, mime, body } = form
  const context = { ...inboxContext(c.var.runtime, c.var.caller), blobs: c.var.runtime.services.blobs }
  const uploaded = await uploadMedia(context, { body, fileName, mime, as })
  if (uploaded.kind === 'refused') return refuse(c, uploaded.problems)
  return c.json({ ...(await showMedia(c.var, uploaded.file)), repackedFrom: uploaded.repackedFrom }, 201)
}

function refuse(c: Context<HttpEnv>, found: MediaProblem[]) {
  const language = languageFor(c)
  const errors = found.map(each => ({ field: 'file', message: explainMediaProblem(each, language) }))
  const answer = problem(c, new AppError('invalid input', { problems: inOneLine(errors) }), errors)
  // What has not been read of it would stand in front of the next request.
  answer.headers.set('connection', 'close')
  return answer
}
