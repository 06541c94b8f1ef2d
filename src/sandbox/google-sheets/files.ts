/** Files of Drive: made, changed, and told to whoever watches. */
import { randomBytes } from 'node:crypto'
import type { Runtime } from '../runtime.ts'
import { applyRequests } from './edit.ts'
import { type Channel, type DriveFile, newSheet, type Spreadsheet } from './state.ts'

/** Changes within it are one notification. */
const COALESCE_MS = 20

/** `byApp`: by the API, and so for the app to see. */
export type NewFile = {
  title: string
  owner: string
  byApp?: boolean
  locale?: string
  timeZone?: string
  sheets?: string[]
}

export function makeFile({ world, clock, bus }: Runtime, given: NewFile): DriveFile {
  const { title, owner, byApp, locale = 'es_ES', timeZone = 'Europe/Madrid', sheets = ['Hoja 1'] } = given
  const spreadsheet: Spreadsheet = {
    ...{ spreadsheetId: randomBytes(22).toString('base64url'), title, locale, timeZone, metadata: [], nextId: 1_000 },
    sheets: sheets.map((name, nth) => newSheet(nth, name)),
  }
  const picked = new Set(byApp ? [owner] : [])
  const file = { spreadsheet, owner, shared: new Map(), picked, version: 1, modifiedAt: clock.now(), trashed: false }
  world.google.files.set(spreadsheet.spreadsheetId, file)
  bus.changed()
  return file
}

/** Edits by the API and by people alike; who watches is told. Throws `GoogleRefused`. */
export function editFile(
  runtime: Runtime,
  file: DriveFile,
  requests: readonly unknown[],
  refusedRows?: readonly number[],
) {
  const { spreadsheet, replies } = applyRequests(file.spreadsheet, requests, refusedRows)
  file.spreadsheet = spreadsheet
  touch(runtime, file)
  return replies
}

export function touch(runtime: Runtime, file: DriveFile) {
  const { world, clock, bus, courier } = runtime
  file.version += 1
  file.modifiedAt = clock.now()
  world.google.changes.push({ fileId: file.spreadsheet.spreadsheetId, at: clock.now() })
  for (const channel of world.google.channels.values()) {
    if (channel.fileId !== null && channel.fileId !== file.spreadsheet.spreadsheetId) continue
    if (channel.expiresAt <= clock.now() || waiting.has(channel)) continue
    waiting.add(channel)
    courier.later(COALESCE_MS, () => {
      waiting.delete(channel)
      notify(runtime, channel, channel.fileId === null ? 'change' : 'update')
    })
  }
  bus.changed()
}

const waiting = new WeakSet<Channel>()

/** Headers and nothing else: https://developers.google.com/workspace/drive/api/guides/push */
export function notify({ courier, origin }: Runtime, channel: Channel, state: 'sync' | 'update' | 'change') {
  const path = channel.fileId === null ? 'changes' : `files/${channel.fileId}`
  courier.send({
    ...{ vendor: 'google', url: channel.address, secret: '', body: '' },
    headers: {
      'x-goog-channel-id': channel.id,
      'x-goog-channel-token': channel.token,
      'x-goog-channel-expiration': new Date(channel.expiresAt).toUTCString(),
      'x-goog-resource-id': channel.resourceId,
      'x-goog-resource-uri': `${origin.url}/google/drive/v3/${path}?alt=json`,
      'x-goog-resource-state': state,
      'x-goog-message-number': String(channel.messageNumber++),
      ...(state === 'update' ? { 'x-goog-changed': 'content,properties' } : {}),
    },
  })
}
