/** Builds the console into dist/console, where its sources are here and something of them is newer than what was built. */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PAGE_HEADERS } from './console.ts'

const root = path.join(import.meta.dirname, '../..')
const stamp = path.join(root, 'dist/console/.built')

/** `onStep` is told, in a sentence, that it takes some seconds. Installations without Vite keep what they were given. */
export async function buildConsole(onStep: (step: string) => void): Promise<void> {
  const config = path.join(root, 'console/vite.config.ts')
  const canBuild = existsSync(config) && existsSync(path.join(root, 'node_modules/vite'))
  if (!canBuild) return
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  onStep('Building the console (once, some seconds)…')
  const { build } = await import('vite')
  await build({ configFile: config, logLevel: 'warn' })
  // Workers serve the files by themselves, with what stands there.
  const lines = Object.entries(PAGE_HEADERS).map(([name, value]) => `  ${name}: ${value}`)
  writeFileSync(path.join(root, 'dist/console/_headers'), ['/*', ...lines, ''].join('\n'))
  // There, the rules of holidays are a file too; see src/worker/holidays.ts.
  const rules = JSON.parse(readFileSync(path.join(root, 'node_modules/date-holidays/data/holidays.json'), 'utf8'))
  mkdirSync(path.join(root, 'dist/console/data'), { recursive: true })
  writeFileSync(path.join(root, 'dist/console/data/holidays.json'), JSON.stringify(rules))
  writeFileSync(stamp, wanted)
}

/** Of every file that goes into it, and of the versions it is built with. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'package-lock.json')))
  for (const file of globSync('console/**/*.{ts,tsx,css,html,svg}', { cwd: root }).sort()) {
    hash.update(file).update(readFileSync(path.join(root, file)))
  }
  return hash.digest('hex')
}
