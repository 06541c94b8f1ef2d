/**
 * `npm run build:edge`: bundles the Worker into dist/ as `wrangler deploy` would, without an account or a network, and
 * holds it to its budgets: what is uploaded, and what starting it costs in workerd.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { buildConsole } from '../src/node/build-console.ts'

/** Bytes; Cloudflare takes 3 MB on the free plan. */
const SIZE_BUDGET = 1_500_000

/** Milliseconds; Cloudflare takes a second. */
const STARTUP_BUDGET = 300

/** Starts that are measured; the one in the middle counts. */
const STARTS = 5

const root = path.join(import.meta.dirname, '..')
const dist = path.join(root, 'dist')
const bundle = path.join(dist, 'worker.bundle')
const profile = path.join(dist, 'startup.cpuprofile')

const cpuProfile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

// What an earlier build left there is not of this one.
rmSync(dist, { recursive: true, force: true })
await buildConsole(() => {})
wrangler('deploy', '--dry-run', '--minify', '--outdir', dist, '--outfile', bundle)
const size = bundleSize()
const startup = Array.from({ length: STARTS }, startupMs).sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0

const withinSize = tell('gzip', size / 1000, SIZE_BUDGET / 1000, 'kB')
const withinStartup = tell('start-up in workerd', startup, STARTUP_BUDGET, 'ms')
if (!withinSize || !withinStartup) process.exitCode = 1

/** Everything that is uploaded; maps are kept apart. */
function bundleSize(): number {
  const modules = readdirSync(dist).filter(name => /\.(m?js|wasm)$/.test(name))
  return modules.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(dist, name)), { level: 9 }).length, 0)
}

/** Time that is not idle between the first and the last sample of the profile, as V8 took it while the Worker started. */
function startupMs(): number {
  wrangler('check', 'startup', '--worker', bundle, '--outfile', profile)
  const { nodes, samples, timeDeltas } = cpuProfile.parse(JSON.parse(readFileSync(profile, 'utf8')))
  const idle = new Set(nodes.filter(node => node.callFrame.functionName === '(idle)').map(node => node.id))
  const busy = samples.map((node, n) => (idle.has(node) ? 0 : (timeDeltas[n] ?? 0)))
  return busy.reduce((sum, delta) => sum + delta, 0) / 1000
}

function tell(what: string, value: number, budget: number, unit: string): boolean {
  const within = value <= budget
  process.stdout.write(
    `${within ? 'ok    ' : 'FAILED'} ${what}: ${value.toFixed(0)} ${unit} of at most ${budget.toFixed(0)} ${unit}\n`,
  )
  return within
}

/** Its output only where it failed. */
function wrangler(...args: string[]) {
  const env = { ...process.env, XDG_CONFIG_HOME: path.join(root, '.data', 'wrangler') }
  const { status, stdout, stderr, error } = spawnSync('wrangler', args, {
    ...{ cwd: root, env, encoding: 'utf8' },
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  process.stderr.write(`wrangler ${args[0]} failed:\n${error?.message ?? ''}${stdout}${stderr}\n`)
  process.exit(1)
}
