import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { isUsable, maySee, tokenOf } from './accounts.ts'
import { type GraphError, graphError, invalidParameter, invalidToken, unknownObject } from './errors.ts'
import { addressOf, downloadOf, fileById, isAddressGood, keepFile, sizeOfFile } from './files.ts'
import type { Phone } from './state.ts'

const MB = 1024 * 1024

/** What the upload takes, with its limit (Meta, "Media › Supported media types"). */
const LIMITS: Record<string, number> = {
  ...Object.fromEntries(
    ['audio/aac', 'audio/mp4', 'audio/mpeg', 'audio/amr', 'audio/ogg', 'audio/opus'].map(mime => [mime, 16 * MB]),
  ),
  ...Object.fromEntries(
    [
      ...[
        'application/vnd.ms-powerpoint',
        'application/msword',
        'application/pdf',
        'text/plain',
        'application/vnd.ms-excel',
      ],
      ...['wordprocessingml.document', 'presentationml.presentation', 'spreadsheetml.sheet'].map(
        part => `application/vnd.openxmlformats-officedocument.${part}`,
      ),
    ].map(mime => [mime, 100 * MB]),
  ),
  ...{
    'image/jpeg': 5 * MB,
    'image/png': 5 * MB,
    'image/webp': 500 * 1024,
    'video/mp4': 16 * MB,
    'video/3gpp': 16 * MB,
  },
}

/** Files: uploaded, looked up and downloaded, each with the number's token. */
export function mountFiles(app: Hono<SandboxEnv>, runtime: Runtime) {
  const { world, clock, bus } = runtime

  app.post('/whatsapp/:version{v\\d+\\.0}/:id/media', async c => {
    const phone = world.whatsapp.phones.get(c.req.param('id'))
    const token = tokenFor(c)
    if (!isUsable(token, clock.now())) return refuse(c, invalidToken())
    if (!phone || !maySee(token, phone.wabaId)) return refuse(c, unknownObject(c.req.param('id')))
    const form = await c.req.formData().catch(() => undefined)
    const file = form?.get('file')
    if (form?.get('messaging_product') !== 'whatsapp')
      return refuse(c, graphError(400, 100, '(#100) The parameter messaging_product is required.'))
    if (!(file instanceof File)) return refuse(c, graphError(400, 100, '(#100) The parameter file is required.'))
    const mimeType = (file.type || String(form.get('type') ?? '')).toLowerCase()
    const limit = LIMITS[mimeType.split(';')[0]?.trim() ?? '']
    if (limit === undefined) {
      const types = Object.keys(LIMITS).join(', ')
      const words = `Param file must be a file with one of the following types: ${types}. Received file of type '${mimeType}'.`
      return refuse(c, graphError(400, 100, `(#100) ${words}`))
    }
    if (file.size > limit)
      return refuse(
        c,
        graphError(400, 131053, '(#131053) Media upload error', {
          details: `File size must be at most ${limit} bytes`,
        }),
      )
    const data = Buffer.from(await file.arrayBuffer()).toString('base64')
    const kept = keepFile(runtime, phone, { mimeType, fileName: file.name, data, uploaded: true })
    bus.changed()
    return c.json({ id: kept.id })
  })

  app.get('/whatsapp/:version{v\\d+\\.0}/:id{\\d+}', async (c, next) => {
    const known = world.whatsapp.files.get(c.req.param('id'))
    if (!known) return next()
    const phone = world.whatsapp.phones.get(known.phoneNumberId)
    const token = tokenFor(c)
    if (!isUsable(token, clock.now())) return refuse(c, invalidToken())
    const file = fileById(world.whatsapp, known.id, clock.now())
    const asked = c.req.query('phone_number_id')
    const isTheirs = asked === undefined || asked === known.phoneNumberId
    if (!file || !phone || !isTheirs || !maySee(token, phone.wabaId)) return refuse(c, unknownObject(known.id))
    return c.json({
      url: addressOf(runtime, phone, file, 'getMedia'),
      mime_type: file.mimeType,
      sha256: file.sha256,
      file_size: sizeOfFile(file),
      id: file.id,
      messaging_product: 'whatsapp',
    })
  })

  app.get('/whatsapp/attachments/', c => {
    const { mid = '', ext = '', hash = '' } = c.req.query()
    const file = fileById(world.whatsapp, mid, clock.now())
    const phone = file && world.whatsapp.phones.get(file.phoneNumberId)
    const token = tokenFor(c)
    if (!isUsable(token, clock.now())) return c.body(null, 401)
    if (!file || !phone || !maySee(token, phone.wabaId)) return c.body(null, 404)
    if (!isAddressGood(phone, mid, ext, hash, clock.now())) return c.body(null, 404)
    const pieces = downloadOf(file)
    const { outgoing } = c.env as { outgoing?: { destroy(): void } }
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = pieces.next()
        if (value === 'stalls') return new Promise<void>(() => {})
        if (value === 'breaks off') outgoing?.destroy()
        else if (done) controller.close()
        else controller.enqueue(value)
      },
    })
    const headers = { 'content-type': file.mimeType, 'content-length': String(sizeOfFile(file)) }
    return c.body(body, 200, headers)
  })

  function tokenFor(c: Context) {
    return tokenOf(world.whatsapp, /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1])
  }
}

/** A message may name a file only by an id that is still good, and of this number. */
export function refuseFile(runtime: Runtime, phone: Phone, body: Record<string, unknown>): GraphError | undefined {
  const part = body[String(body.type)]
  if (typeof part !== 'object' || part === null || !('id' in part) || typeof part.id !== 'string') return undefined
  if (!['image', 'video', 'audio', 'document', 'sticker'].includes(String(body.type))) return undefined
  const file = fileById(runtime.world.whatsapp, part.id, runtime.clock.now())
  if (file?.phoneNumberId === phone.phoneNumberId) return undefined
  return invalidParameter(`Param ${body.type}['id'] is not a valid whatsapp business account media attachment ID`)
}

function refuse(c: Context, error: GraphError) {
  return c.json(error.body, error.status)
}
