import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { newId } from './state.ts'
import { attachmentView } from './tickets.ts'

/** Files that are to hang on a comment are uploaded first, and named by a token. */
export function mountUploads(app: Hono<SandboxEnv>, { origin }: Runtime) {
  app.post('/zendesk/api/v2/uploads', async c => {
    const account = c.get('zendesk')
    const bytes = Buffer.from(await c.req.arrayBuffer())
    const file = {
      ...{ id: newId(account), fileName: c.req.query('filename') ?? 'file', size: bytes.length },
      ...{ contentType: c.req.header('content-type') ?? 'application/binary', data: bytes.toString('base64') },
    }
    const token = randomBytes(12).toString('hex')
    account.uploads.set(token, file)
    return c.json({ upload: { token, attachment: attachmentView(file, origin.url) } }, 201)
  })
}

/** An attachment's address carries its own permission, so it stands before the door. */
export function mountAttachments(app: Hono<SandboxEnv>, { world }: Runtime) {
  app.get('/zendesk/attachments/token/:id{\\d+}/', c => {
    const id = Number(c.req.param('id'))
    for (const account of world.zendesk.accounts.values()) {
      const hung = [...account.tickets.values()].flatMap(({ comments }) => comments.flatMap(each => each.attachments))
      const file = hung.find(each => each.id === id) ?? [...account.uploads.values()].find(each => each.id === id)
      if (file) return c.body(Buffer.from(file.data, 'base64'), 200, { 'content-type': file.contentType })
    }
    return c.text('Not found', 404)
  })
}
