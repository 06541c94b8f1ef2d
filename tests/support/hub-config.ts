import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Config, readConfig } from '../../src/config.ts'

/** The sandbox's configuration with addresses of the test's own. */
export function testConfig(appUrl: string, sandboxUrl: string): Config {
  const config = readConfig({})
  return {
    ...config,
    appUrl,
    whatsapp: { ...config.whatsapp, apiUrl: `${sandboxUrl}/whatsapp` },
    media: { dir: mediaDir(), s3: undefined },
    hubspotApiUrl: `${sandboxUrl}/hubspot`,
  }
}

let made: string | undefined

/** One for all hubs of a process: files are apart by their workspaces. Gone with it. */
function mediaDir(): string {
  if (!made) {
    const dir = mkdtempSync(path.join(tmpdir(), 'buzon-media-'))
    process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
    made = dir
  }
  return made
}
