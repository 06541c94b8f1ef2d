/** The process is killed while a file comes in: its row says what is still to be done, and the next process does it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { createSandbox, type Listening, type Sandbox } from '../../src/sandbox/index.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { seedDemoFor } from '../support/seeded-demo.ts'
import { waitFor } from '../support/wait-for.ts'

let database: TestDatabase
let sandbox: Sandbox
let listening: Listening
let port: number
let folder: string
let child: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buzon-crash-'))
  database = await testDatabase()
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  port = await freePort()
  await seedDemoFor(`http://127.0.0.1:${port}`, database, sandbox, listening.url)
})

afterAll(async () => {
  child?.kill('SIGKILL')
  await listening?.close()
  await database?.close()
  await rm(folder, { recursive: true, force: true })
})

const row = async () => {
  const [found] = await database.owner<
    { state: string; attempts: number; sha256: string; blobKey: string; due: boolean }[]
  >`
    select state, attempts, sha256, blob_key, available_at <= now() as due from media`
  return found
}

it('is taken again, whole, and leaves no half behind', { timeout: 60_000 }, async () => {
  await start()
  // 600,000 bytes, of which nine in ten come and then nothing more.
  const file = { mimeType: 'application/x-own', patternBytes: 600_000, spoil: { how: 'stall' as const, times: 1 } }
  const message = { from: '5215530000001', name: 'Ana', type: 'document', file }
  sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [message] })
  await waitFor('the fetch to be under way', async () => (await kept()).some(name => name.endsWith('.half')))
  child?.kill('SIGKILL')
  expect(await row()).toMatchObject({ state: 'waiting', attempts: 1, due: false })

  // Minutes later nobody can have it in hand any more.
  await database.owner`update media set available_at = now()`
  await start()
  const stored = await waitFor('the file to be there', async () => {
    const now = await row()
    return now?.state === 'stored' ? now : undefined
  })
  const bytes = await readFile(path.join(folder, stored.blobKey))
  expect(bytes.length).toBe(600_000)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(stored.sha256)
  expect(await kept()).toEqual([stored.sha256])
})

async function kept(): Promise<string[]> {
  const folders = await readdir(folder)
  return (await Promise.all(folders.map(name => readdir(path.join(folder, name))))).flat()
}

async function start() {
  const script = path.resolve('tests/support/hub-process.ts')
  const settings = { HUB_PORT: String(port), HUB_DATABASE: database.url, HUB_SANDBOX: listening.url, HUB_MEDIA: folder }
  child = spawn(process.execPath, [script], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child?.stdout?.once('data', () => resolve())
    child?.once('exit', code => reject(new Error(`The hub ended with ${code}`)))
  })
  child.removeAllListeners('exit')
}
