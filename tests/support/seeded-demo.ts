import { openSandbox, seedDemo } from '../../src/node/demo.ts'
import { createHub } from '../../src/node/hub.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import type { TestDatabase } from './database.ts'
import { testConfig } from './hub-config.ts'

/** The workspace of the demo, made by a hub that is gone before the test begins. `url`: where the one under test will be. */
export async function seedDemoFor(url: string, { db }: TestDatabase, sandbox: Sandbox, sandboxUrl: string) {
  const onError = (error: unknown) => {
    throw error
  }
  const hub = createHub({ config: testConfig(url, sandboxUrl), db, onError, background: false })
  await hub.start()
  openSandbox(sandbox, url)
  await seedDemo(hub, sandbox)
  await hub.stop()
}
