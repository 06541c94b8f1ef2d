/** The service alone, as a process that a test may kill at any moment. Settings come by HUB_* variables. */
import { serve } from '@hono/node-server'
import { createHub } from '../../src/node/hub.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { testConfig } from './hub-config.ts'

const { HUB_PORT, HUB_DATABASE, HUB_SANDBOX, HUB_MEDIA } = process.env
if (!HUB_PORT || !HUB_DATABASE || !HUB_SANDBOX) throw new Error('HUB_PORT, HUB_DATABASE and HUB_SANDBOX are needed')

const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
const tested = testConfig(`http://127.0.0.1:${HUB_PORT}`, HUB_SANDBOX)
const config = HUB_MEDIA ? { ...tested, media: { dir: HUB_MEDIA, s3: undefined } } : tested
const hub = createHub({ config, db: openDatabase(HUB_DATABASE), onError })
await new Promise<void>(resolve => {
  serve({ fetch: hub.app.fetch, port: Number(HUB_PORT), hostname: '127.0.0.1' }, () => resolve())
})
await hub.start()
process.stdout.write('ready\n')
