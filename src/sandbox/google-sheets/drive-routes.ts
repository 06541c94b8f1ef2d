/** Drive API v3, as far as it tells that a file changed: https://developers.google.com/workspace/drive/api/guides/push */
import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { fileFor } from './door.ts'
import { invalid, missing } from './errors.ts'
import { notify } from './files.ts'
import { parseMask, pick } from './mask.ts'
import type { Account, Channel, DriveFile } from './state.ts'

const ROOT = '/google/drive/v3'
const HOUR_MS = 3_600_000
/** A channel for a file lives a day at the most, one for all changes a week; an hour where nothing is asked. */
const LONGEST_MS = { file: 24 * HOUR_MS, changes: 7 * 24 * HOUR_MS }

const asked = z.object({
  id: z.string().regex(/^[A-Za-z0-9\-_+/=]{1,64}$/),
  type: z.enum(['web_hook', 'webhook']),
  address: z.url(),
  token: z.string().max(256).default(''),
  expiration: z.coerce.number().optional(),
})

export function mountDrive(app: Hono<SandboxEnv>, runtime: Runtime) {
  const { world, clock } = runtime

  app.get(`${ROOT}/changes/startPageToken`, c => c.json({ startPageToken: String(world.google.changes.length + 1) }))
  app.get(`${ROOT}/changes`, c => {
    const from = Number(c.req.query('pageToken') ?? Number.NaN)
    if (!Number.isInteger(from) || from < 1) throw invalid('Invalid Value')
    const seen = world.google.changes.slice(from - 1).filter(({ fileId }) => mayRead(c.get('account'), fileId))
    const changes = seen.map(({ fileId, at }) => ({
      ...{ kind: 'drive#change', changeType: 'file', fileId, time: new Date(at).toISOString(), removed: false },
      file: viewOf(world.google.files.get(fileId) as DriveFile),
    }))
    return c.json({ changes, newStartPageToken: String(world.google.changes.length + 1) })
  })
  app.post(`${ROOT}/changes/watch`, c => watch(c, null))
  app.get(`${ROOT}/files/:id`, c => {
    const file = fileFor(runtime, c.get('account'), c.req.param('id'), 'read')
    return c.json(pick(viewOf(file), parseMask(c.req.query('fields') ?? 'kind,id,name,mimeType')) as object)
  })
  app.post(`${ROOT}/files/:id/watch`, c => {
    const id = c.req.param('id')
    fileFor(runtime, c.get('account'), id, 'read')
    return watch(c, id)
  })
  app.post(`${ROOT}/channels/stop`, async c => {
    const { id, resourceId } = z.object({ id: z.string(), resourceId: z.string() }).parse(await c.req.json())
    const channel = world.google.channels.get(id)
    if (channel?.resourceId !== resourceId) throw missing(`Channel '${id}' not found for project`)
    world.google.channels.delete(id)
    return c.body(null, 204)
  })

  async function watch(c: Context<SandboxEnv>, fileId: string | null) {
    const given = asked.safeParse(await c.req.json().catch(() => undefined))
    if (!given.success) throw invalid(z.prettifyError(given.error))
    const { id, address, token, expiration } = given.data
    const url = new URL(address)
    if (url.protocol !== 'https:' && !/^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname))
      throw invalid(`WebHook callback must be HTTPS: ${address}`)
    const known = world.google.channels.get(id)
    if (known && known.expiresAt > clock.now()) throw invalid(`Channel id ${id} not unique`)
    const longest = clock.now() + LONGEST_MS[fileId === null ? 'changes' : 'file']
    const channel: Channel = {
      ...{ id, fileId, address, token, account: c.get('account').email, messageNumber: 1 },
      resourceId: createHash('sha256')
        .update(fileId ?? 'changes')
        .digest('base64url')
        .slice(0, 27),
      expiresAt: Math.min(expiration ?? clock.now() + HOUR_MS, longest),
    }
    world.google.channels.set(id, channel)
    notify(runtime, channel, 'sync')
    return c.json({
      ...{ kind: 'api#channel', id, resourceId: channel.resourceId, token, expiration: String(channel.expiresAt) },
      resourceUri: `${runtime.origin.url}${ROOT}/${fileId === null ? 'changes' : `files/${fileId}`}?alt=json`,
    })
  }

  function mayRead({ email }: Account, fileId: string): boolean {
    const file = world.google.files.get(fileId)
    return file?.owner === email || Boolean(file?.shared.has(email))
  }
}

function viewOf({ spreadsheet, version, modifiedAt, trashed, owner }: DriveFile) {
  return {
    ...{ kind: 'drive#file', id: spreadsheet.spreadsheetId, name: spreadsheet.title, trashed },
    mimeType: 'application/vnd.google-apps.spreadsheet',
    ...{
      version: String(version),
      modifiedTime: new Date(modifiedAt).toISOString(),
      owners: [{ emailAddress: owner }],
    },
  }
}
