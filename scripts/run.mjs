/**
 * Runs a command of this project with everything it needs: installs the locked dependencies when they are missing or
 * out of date, then starts the command on the project's own Node. Plain JavaScript without dependencies, because on a
 * fresh clone nothing else is there yet and `node` is whatever the machine has.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const bin = path.join(root, 'node_modules', '.bin')
const [command, ...args] = process.argv.slice(2)

/** Tools that would ask their makers for news or report on their use, wrangler and Inngest, do not. */
const QUIET = {
  DO_NOT_TRACK: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
}

/** What Node compiled is kept for the next start (Node.js, "Module compile cache"): a quarter of the time to the first answer. */
const COMPILED = { NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'compile') }

installIfNeeded()
requireNode()
run()

/** The stamp is written after a finished install, so that an interrupted one is done again. */
function installIfNeeded() {
  const stamp = path.join(root, 'node_modules', '.installed')
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Installing dependencies (once, about a minute)…\n')
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    process.stderr.write('npm ci failed; see the lines above.\n')
    process.exit(result.status ?? 1)
  }
  writeFileSync(stamp, wanted)
}

/** Node comes with the dependencies on Linux and Windows; elsewhere the machine's own must run TypeScript as it is. */
function requireNode() {
  if (existsSync(path.join(bin, process.platform === 'win32' ? 'node.cmd' : 'node'))) return
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 20)) return
  process.stderr.write(`Node ${process.versions.node} is too old: install Node 22.20 or newer.\n`)
  process.exit(1)
}

/**
 * Ctrl-C reaches the whole process group, so the child hears it too: this process only waits for it to finish its
 * clean-up. A signal sent to this process alone (an init system, `kill`) is passed on.
 */
function run() {
  const child = spawn(command ?? 'node', args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...QUIET, ...COMPILED, ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
  })
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT')
  })
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGHUP', () => child.kill('SIGHUP'))
  child.on('error', error => {
    process.stderr.write(`${command}: ${error.message}\n`)
    process.exit(127)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
}
