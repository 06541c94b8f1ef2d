/** What a machine can say of a change in seconds, without a database: `npm run verify`. */
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')

/** What is wrong, in lines to print; nothing where all is well. */
type Check = { name: string; run: () => Promise<string> | string }

const checks: Check[] = [
  { name: 'format and lint', run: () => command('biome', ['ci', '--colors=off']) },
  { name: 'types', run: () => command('tsc', ['--noEmit', '--pretty', 'false', '-p', '.']) },
  { name: 'types of the console', run: () => command('tsc', ['--noEmit', '--pretty', 'false', '-p', 'console']) },
  {
    name: 'types of the HubSpot card',
    run: () => command('tsc', ['--noEmit', '--pretty', 'false', '-p', 'src/connectors/hubspot/app']),
  },
  { name: 'modules', run: () => command('vitest', ['run', '--project', 'unit', 'tests/boundaries.test.ts']) },
  { name: 'links in documents', run: deadLinks },
  { name: 'exact versions', run: looseVersions },
  { name: 'lock file without hosts', run: lockedHosts },
]

const results = await Promise.all(checks.map(perform))
if (results.includes(false)) process.exitCode = 1

/** One line as soon as the answer is there; the output only of what failed. */
async function perform({ name, run }: Check): Promise<boolean> {
  const began = performance.now()
  const problem = (await run()).trim()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${problem ? 'FAILED' : 'ok    '} ${name} (${seconds} s)\n${problem ? `\n${problem}\n\n` : ''}`)
  return problem === ''
}

function command(name: string, args: string[]): Promise<string> {
  return new Promise(resolve => {
    // CI: plain output, of failures only.
    const env = { ...process.env, CI: '1', NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(name, args, { cwd: root, env, shell: process.platform === 'win32' })
    const output: string[] = []
    child.stdout.on('data', chunk => output.push(String(chunk)))
    child.stderr.on('data', chunk => output.push(String(chunk)))
    child.on('error', error => resolve(`${name} could not be started: ${error.message}`))
    child.on('close', code => resolve(code === 0 ? '' : output.join('') || `${name} ended with ${code}`))
  })
}

function deadLinks(): string {
  return ours('**/*.md')
    .flatMap(file => {
      const text = withoutCode(read(file))
      const links = [...text.matchAll(/\]\(<?([^)\s>]+)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)="([^"]+)"/gm)]
      return links
        .map(([, inline, listed, html]) => inline ?? listed ?? html ?? '')
        .filter(link => !/^([a-z][a-z+.-]*:|#|\/\/)/i.test(link))
        .filter(link => !existsSync(path.join(root, path.dirname(file), decodeURI(link.replace(/[#?].*$/, '')))))
        .map(link => `${file}: ${link} leads nowhere`)
    })
    .join('\n')
}

/** Code in documents shows links; it does not make them. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '')
}

/** A range lets two machines install two programs. */
function looseVersions(): string {
  return ours('**/package.json')
    .flatMap(file => {
      const manifest: Record<string, Versions | undefined> = JSON.parse(read(file))
      return ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']
        .flatMap(list => versionsIn(manifest[list] ?? {}))
        .filter(([, version]) => !/^(\d+\.\d+\.\d+(-[\w.]+)?|\$[\w@/.-]+)$/.test(version))
        .map(([name, version]) => `${file}: ${name} is ${version}; give one exact version`)
    })
    .join('\n')
}

/** An override may be of one package's own; `$name` is the version that the manifest itself gives, and is looked at there. */
type Versions = { [name: string]: string | Versions }

function versionsIn(list: Versions): [string, string][] {
  return Object.entries(list).flatMap(([name, version]) =>
    typeof version === 'string' ? [[name, version] as [string, string]] : versionsIn(version),
  )
}

/** An address in the lock file ties everybody to the registry, or the mirror, of whoever wrote it. */
function lockedHosts(): string {
  return ours('**/package-lock.json')
    .flatMap(file => {
      const { packages }: { packages: Record<string, { resolved?: string; link?: boolean }> } = JSON.parse(read(file))
      return Object.entries(packages)
        .filter(([, entry]) => entry.resolved !== undefined && !entry.link)
        .map(([name, { resolved }]) => `${file}: ${name} is resolved to ${resolved}`)
    })
    .join('\n')
}

/** Files of ours, not of what is installed or built. */
function ours(pattern: string): string[] {
  const skipped = new Set(['node_modules', 'dist', '.data', '.git', '.wrangler'])
  return globSync(pattern, { cwd: root, exclude: name => skipped.has(path.basename(name)) }).sort()
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}
