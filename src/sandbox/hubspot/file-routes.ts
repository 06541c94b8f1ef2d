import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { refuse } from './door.ts'
import { notFound } from './errors.ts'
import { newId, type Portal } from './state.ts'

/** A signed link is good for an hour; those of attachments too. */
const LINK_LIFE_MS = 3_600_000

type Upload = { name: string; mimeType: string; data: string }

export function keepUpload(runtime: Runtime, portal: Portal, file: Upload): { id: string; url: string } {
  const id = newId(runtime.world.hubspot)
  portal.files.set(id, file)
  return { id, url: linkTo(runtime, portal, id) }
}

/** Files by their signed links, and the links by their ids. */
export function mountFiles(app: Hono<SandboxEnv>, runtime: Runtime) {
  app.get('/hubspot/files/:portal{\\d+}/:id', c => {
    if (Number(c.req.query('until') ?? 0) < runtime.clock.now()) return c.text('Request has expired', 403)
    const file = c.get('portal').files.get(c.req.param('id'))
    if (!file) return c.text('No such key', 404)
    return c.body(Buffer.from(file.data, 'base64'), 200, { 'content-type': file.mimeType })
  })
  app.get('/hubspot/files/files/:id/signed-url', c => {
    const [portal, id] = [c.get('portal'), c.req.param('id')]
    const file = portal.files.get(id)
    if (!file) return refuse(c, notFound())
    const expiresAt = new Date(runtime.clock.now() + LINK_LIFE_MS).toISOString()
    return c.json({ url: linkTo(runtime, portal, id), name: file.name, expiresAt })
  })
}

function linkTo({ clock, origin }: Runtime, { portalId }: Portal, id: string): string {
  return `${origin.url}/hubspot/files/${portalId}/${id}?until=${clock.now() + LINK_LIFE_MS}`
}
