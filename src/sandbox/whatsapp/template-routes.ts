import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { type GraphError, invalidParameter, invalidToken, unknownObject } from './errors.ts'
import { addTemplate, listPage, templatesOf } from './templates.ts'

const input = z.object({
  name: z.string().min(1).max(512),
  language: z.string().min(2),
  category: z.string().min(1),
  parameter_format: z.string().optional(),
  components: z.array(z.record(z.string(), z.unknown())).min(1),
})
const edit = z.object({
  category: z.string().optional(),
  components: z.array(z.record(z.string(), z.unknown())).optional(),
})

/** Ids of uploads carry one, in their query. */
const SIGNATURE = 'simulated'

const SAMPLES = /^(image\/(jpeg|png)|video\/mp4|application\/pdf)$/

/** Management of templates, by anybody with a token of a number of the account. */
export function mountTemplates(app: Hono<SandboxEnv>, { world, bus }: Runtime) {
  const list = '/whatsapp/:version{v\\d+\\.0}/:waba/message_templates'
  const state = () => world.whatsapp

  app.get(list, c => {
    if (!mayManage(c, c.req.param('waba'))) return refuse(c, invalidToken())
    const limit = Math.min(Number(c.req.query('limit') ?? 25), 100)
    return c.json(listPage(templatesOf(state(), c.req.param('waba')), limit, c.req.query('after'), c.req.url))
  })

  app.post(list, async c => {
    if (!mayManage(c, c.req.param('waba'))) return refuse(c, invalidToken())
    const given = input.safeParse(await c.req.json().catch(() => undefined))
    if (!given.success) return refuse(c, invalidParameter(z.prettifyError(given.error)))
    const template = addTemplate(state(), c.req.param('waba'), given.data)
    if ('body' in template) return refuse(c, template)
    bus.changed()
    return c.json({ id: template.id, status: template.status, category: template.category })
  })

  // A header's sample, for the review (Graph API, "Resumable Upload API"): begun by the app, then its bytes.
  app.post('/whatsapp/:version{v\\d+\\.0}/:app{\\d+}/uploads', c => {
    if (!isKnown(c)) return refuse(c, invalidToken())
    const { file_length: length = '', file_type: type = '' } = c.req.query()
    if (!/^\d+$/.test(length) || !SAMPLES.test(type)) return refuse(c, invalidParameter('file_length and file_type'))
    return c.json({ id: `upload:${length}?sig=${SIGNATURE}` })
  })

  app.post('/whatsapp/:version{v\\d+\\.0}/:upload{upload:\\d+}', async c => {
    const length = Number(c.req.param('upload').slice('upload:'.length))
    if (!isKnown(c) || c.req.query('sig') !== SIGNATURE) return refuse(c, invalidToken())
    const { byteLength } = await c.req.arrayBuffer()
    if (c.req.header('file_offset') !== '0' || byteLength !== length)
      return refuse(c, invalidParameter(`the upload has ${byteLength} of ${length} bytes`))
    return c.json({ h: `4::${btoa(String(length))}` })
  })

  app.delete(list, c => {
    const waba = c.req.param('waba')
    if (!mayManage(c, waba)) return refuse(c, invalidToken())
    const { name, hsm_id: id } = c.req.query()
    const found = templatesOf(state(), waba).filter(each => each.name === name && (id === undefined || each.id === id))
    if (found.length === 0) return refuse(c, unknownObject(id ?? name ?? ''))
    for (const template of found) state().templates.delete(template.id)
    bus.changed()
    return c.json({ success: true })
  })

  app.post('/whatsapp/:version{v\\d+\\.0}/:template{\\d+}', async c => {
    const template = state().templates.get(c.req.param('template'))
    if (!template) return refuse(c, unknownObject(c.req.param('template')))
    if (!mayManage(c, template.wabaId)) return refuse(c, invalidToken())
    const given = edit.safeParse(await c.req.json().catch(() => undefined))
    if (!given.success) return refuse(c, invalidParameter(z.prettifyError(given.error)))
    const { category, components } = given.data
    Object.assign(template, { status: 'PENDING' }, components ? { components } : {})
    if (category) template.category = category.toUpperCase()
    bus.changed()
    return c.json({ success: true })
  })

  function mayManage(c: Context, wabaId: string): boolean {
    return phonesOf(c).some(phone => phone.wabaId === wabaId)
  }

  function isKnown(c: Context): boolean {
    return phonesOf(c).length > 0
  }

  /** Whose token it is. */
  function phonesOf(c: Context) {
    const token = /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    return [...state().phones.values()].filter(phone => phone.token === token)
  }
}

function refuse(c: Context, error: GraphError) {
  return c.json(error.body, error.status)
}
