/** The app as it is uploaded to Zendesk: checked by what Zendesk asks of a manifest and its translations, and put in an archive. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { icon } from './icon.ts'
import { type Entry, zip } from './zip.ts'

const FOLDER = path.join(import.meta.dirname, '../../src/connectors/zendesk/app')

/** https://developer.zendesk.com/documentation/apps/app-developer-guide/manifest/ */
const manifest = z.strictObject({
  name: z.string().min(1),
  author: z.strictObject({ name: z.string().min(1), email: z.email(), url: z.url().optional() }),
  defaultLocale: z.string().min(2),
  private: z.literal(true),
  location: z.strictObject({
    support: z.strictObject({
      ticket_sidebar: z.strictObject({ url: z.url({ protocol: /^https$/ }), flexible: z.boolean() }),
    }),
  }),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  frameworkVersion: z.literal('2.0'),
  signedUrls: z.literal(true),
  domainWhitelist: z.array(z.string().regex(/^[a-z0-9.-]+(:\d+)?$/)).min(1),
})
const translation = z.strictObject({
  app: z.strictObject({
    name: z.string().min(1),
    short_description: z.string().min(1).max(80),
    long_description: z.string().min(1),
    installation_instructions: z.string().min(1),
  }),
})

/** The archive. Throws where something is missing, or not as Zendesk wants it. */
export function packageApp(appUrl: string, connectionId: string): Buffer {
  z.uuid('The connection is named by its id').parse(connectionId)
  const origin = new URL(appUrl)
  const given = JSON.parse(read('manifest.json')) as z.input<typeof manifest>
  const url = `${origin.origin}/embed/zendesk/app/${connectionId}`
  const filled = manifest.parse({
    ...given,
    author: { ...given.author, url: origin.origin },
    location: { support: { ticket_sidebar: { ...given.location.support.ticket_sidebar, url } } },
    domainWhitelist: [origin.host],
  })
  const languages = readdirSync(path.join(FOLDER, 'translations')).sort()
  if (!languages.includes(`${filled.defaultLocale}.json`)) throw new Error('The default language has no translation')
  const entries: Entry[] = [
    { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(filled, null, 2)) },
    ...languages.map(file => {
      const text = read(`translations/${file}`)
      translation.parse(JSON.parse(text))
      return { name: `translations/${file}`, bytes: Buffer.from(text) }
    }),
    { name: 'assets/logo.png', bytes: icon(320) },
    { name: 'assets/logo-small.png', bytes: icon(128) },
  ]
  return zip(entries)
}

function read(file: string): string {
  return readFileSync(path.join(FOLDER, file), 'utf8')
}
