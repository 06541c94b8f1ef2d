import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Config, readConfig, SANDBOX } from '../../src/config.ts'

/** The sandbox's configuration with addresses of the test's own. */
export function testConfig(appUrl: string, sandboxUrl: string): Config {
  const config = readConfig({})
  return {
    ...config,
    appUrl,
    whatsapp: { ...config.whatsapp, apiUrl: `${sandboxUrl}/whatsapp` },
    media: { dir: mediaDir(), s3: undefined },
    mail: { kind: 'http', apiUrl: `${sandboxUrl}/mail`, ...SANDBOX.mail },
    googleApiUrl: `${sandboxUrl}/google`,
    hubspotApiUrl: `${sandboxUrl}/hubspot`,
    salesforceLoginUrl: `${sandboxUrl}/salesforce`,
    zendeskUrl: `${sandboxUrl}/zendesk`,
  }
}

let made: string | undefined

/** One for all hubs of a process: files are apart by their workspaces. Made with the first file; gone with the process. */
function mediaDir(): string {
  if (!made) {
    const dir = path.join(tmpdir(), `buzon-media-${crypto.randomUUID()}`)
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    made = dir
  }
  return made
}
