/**
 * Which module may know which. A line that breaks the table is named by its address. To change the table, change it
 * here in a commit of its own, with the reason.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { connectors } from '../src/connectors/registry.ts'

const root = path.join(import.meta.dirname, '..')

/** What a module may import of ours, besides itself. `connectors/*` stands for every connector. */
const table: Record<string, readonly string[] | 'anything'> = {
  core: [],
  db: ['core'],
  inbox: ['core', 'db'],
  'connectors/contract': ['core'],
  'connectors/fetch': ['core', 'connectors/contract'],
  'connectors/*': ['core', 'connectors/contract', 'connectors/fetch'],
  'connectors/registry': ['connectors/contract', 'connectors/fetch', 'connectors/*'],
  sync: ['core', 'db', 'inbox', 'connectors/registry', 'connectors/contract'],
  functions: ['core', 'db', 'inbox', 'sync'],
  engine: ['db'],
  // Stores of files, which only the composition chooses.
  blobs: ['core'],
  // Services that send mails, likewise.
  mail: ['core'],
  http: ['core', 'db', 'inbox', 'sync', 'connectors/registry', 'connectors/contract'],
  sandbox: [],
  // These compose the rest.
  app: 'anything',
  worker: 'anything',
  node: 'anything',
  config: 'anything',
}

const composing = ['app', 'worker', 'node']

/** Packages that only some modules may know. */
const packages: { name: string; is: RegExp; knownTo: string[] }[] = [
  { name: 'inngest', is: /^inngest(\/|$)/, knownTo: ['functions', ...composing] },
  { name: 'hono', is: /^(hono|@hono\/[^/]+)(\/|$)/, knownTo: ['http', 'sandbox', ...composing] },
  { name: 'better-auth', is: /^better-auth(\/|$)/, knownTo: ['http', 'db'] },
  { name: 'SQL', is: /^(postgres|drizzle-orm)(\/|$)/, knownTo: ['db', 'engine', 'node'] },
]

/** Where Node's own modules may be used; everywhere else runs on Workers too. */
const nodeOnly = /^src\/(node\.ts$|node\/|engine\/|sandbox\/|db\/migrate\.ts$)/

/** Workers have it too: each request there has services of its own, which functions ask for while they run. */
const onWorkersToo = (from: string, specifier: string) => from === 'src/worker.ts' && specifier === 'node:async_hooks'

/** Who may read the environment, or hand it to `config`. */
const readsEnvironment = /^src\/(config|node|worker)\.ts$/

type Import = { from: string; line: number; specifier: string; typeOnly: boolean; target: string | null }

const files = sourceFiles('src')
const imports = files.flatMap(readImports)

describe('every import is in the table', () => {
  it('of our own modules', () => {
    const broken = imports.filter(({ from, target }) => target && !allowed(moduleOf(from), moduleOf(target)))
    expectNone(broken.map(describeImport))
  })

  it('of files that exist, inside src', () => {
    const lost = imports.filter(({ specifier, target }) => specifier.startsWith('.') && !files.includes(target ?? ''))
    expectNone(lost.map(describeImport))
  })

  it.each(packages)('of $name', ({ is, knownTo }) => {
    const broken = imports.filter(({ from, specifier }) => is.test(specifier) && !knownTo.includes(moduleOf(from)))
    expectNone(broken.map(describeImport))
  })

  it('of Node', () => {
    const broken = imports.filter(
      ({ from, specifier }) => specifier.startsWith('node:') && !nodeOnly.test(from) && !onWorkersToo(from, specifier),
    )
    expectNone(broken.map(describeImport))
  })
})

it('every module is in the table', () => {
  expectNone([...new Set(files.map(moduleOf))].filter(module => !isConnector(module) && !(module in table)))
})

it('no import leads back to where it began', () => {
  const next = Map.groupBy(
    imports.filter(item => !item.typeOnly && item.target),
    item => item.from,
  )
  expectNone(cycles(files, file => (next.get(file) ?? []).flatMap(item => item.target ?? [])))
})

it('only config reads the environment', () => {
  const lines = files
    .filter(file => !readsEnvironment.test(file))
    .flatMap(file =>
      read(file)
        .split('\n')
        .flatMap((line, n) =>
          /\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b/.test(line) ? [`${file}:${n + 1} ${line.trim()}`] : [],
        ),
    )
  expectNone(lines)
})

it('every connector folder is in the registry, under its own name', () => {
  expect(folders('src/connectors').sort()).toEqual(Object.keys(connectors).sort())
  for (const [name, connector] of Object.entries(connectors)) expect(connector.id).toBe(name)
})

it('every module and every connector has its README', () => {
  const modules = folders('src').filter(name => name !== 'node')
  const places = [...modules, ...folders('src/connectors').map(name => `connectors/${name}`)]
  expectNone(places.map(place => `src/${place}/README.md`).filter(file => !existsSync(path.join(root, file))))
})

describe('the console', () => {
  it('knows of the service its type alone', () => {
    const beyond = sourceFiles('console')
      .flatMap(readImports)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ from, specifier }) => !path.posix.join(path.posix.dirname(from), specifier).startsWith('console/'))
      .filter(({ specifier, typeOnly }) => !(typeOnly && specifier.endsWith('/src/app.ts')))
    expectNone(beyond.map(describeImport))
  })
})

describe('the checks themselves', () => {
  it.each([
    ["import { a } from './a.ts'", './a.ts', false],
    ["import type { A } from './a.ts'", './a.ts', true],
    ["export type { A } from './a.ts'", './a.ts', true],
    // Stays an import when the types are stripped.
    ["import { type A } from './a.ts'", './a.ts', false],
    ["import * as a from './a.ts'", './a.ts', false],
    ["import {\n  a,\n  b,\n} from './a.ts'", './a.ts', false],
    ["import './a.ts'", './a.ts', false],
    ["export * from './a.ts'", './a.ts', false],
    ["const a = await import('./a.ts')", './a.ts', false],
    ["let a: import('./a.ts').A", './a.ts', false],
    ["const a = require('postgres')", 'postgres', false],
  ])('see %j', (text, specifier, typeOnly) => {
    expect(importsIn('src/core/x.ts', text)).toMatchObject([{ specifier, typeOnly, line: 1 }])
  })

  it.each(["// import { a } from './a.ts'", "/**\n * import { a } from './a.ts'\n */", "const text = 'taken from'"])(
    'see nothing in %j',
    text => {
      expect(importsIn('src/core/x.ts', text)).toEqual([])
    },
  )

  it('know modules by their place', () => {
    expect(moduleOf('src/core/sla.ts')).toBe('core')
    expect(moduleOf('src/connectors/hubspot/map.ts')).toBe('connectors/hubspot')
    expect(moduleOf('src/connectors/fetch.ts')).toBe('connectors/fetch')
    expect(moduleOf('src/node.ts')).toBe('node')
    expect(moduleOf('src/node/launch.ts')).toBe('node')
  })

  it('tell what breaks the table', () => {
    expect(allowed('core', 'db')).toBe(false)
    expect(allowed('inbox', 'core')).toBe(true)
    expect(allowed('connectors/hubspot', 'connectors/fetch')).toBe(true)
    expect(allowed('connectors/hubspot', 'connectors/zendesk')).toBe(false)
    expect(allowed('connectors/registry', 'connectors/zendesk')).toBe(true)
    expect(allowed('sync', 'connectors/hubspot')).toBe(false)
    expect(allowed('http', 'config')).toBe(false)
    expect(allowed('node', 'config')).toBe(true)
  })

  it('find a circle', () => {
    const next: Record<string, string[]> = { a: ['b', 'c'], b: ['c'], c: ['d'], d: ['b'] }
    expect(cycles(['a', 'b', 'c', 'd'], file => next[file] ?? [])).toEqual(['b → c → d → b'])
  })
})

/** The addresses are the message, whole, whatever prints it. */
function expectNone(addresses: string[]) {
  expect(addresses, `\n${addresses.join('\n')}\n`).toEqual([])
}

function allowed(from: string, to: string): boolean {
  const may = ruleOf(from)
  return from === to || may === 'anything' || may.includes(to) || (isConnector(to) && may.includes('connectors/*'))
}

function ruleOf(module: string): readonly string[] | 'anything' {
  return table[isConnector(module) ? 'connectors/*' : module] ?? []
}

function isConnector(module: string): boolean {
  return module.startsWith('connectors/') && !(module in table)
}

/** `src/core/sla.ts` is of `core`; each connector, and each file beside them, is a module of its own. */
function moduleOf(file: string): string {
  const [, first = '', second] = file.replace(/\.tsx?$/, '').split('/')
  return first === 'connectors' && second ? `connectors/${second}` : first
}

function describeImport({ from, line, specifier }: Import): string {
  return `${from}:${line} imports ${specifier}`
}

function readImports(file: string): Import[] {
  return importsIn(file, read(file))
}

function importsIn(file: string, source: string): Import[] {
  const text = withoutComments(source)
  const statement = /^[ \t]*(?:import|export)\b(\s+type\b)?[^'"`;]*?\bfrom\s*'([^']+)'|^[ \t]*import\s*'([^']+)'/gm
  const call = /\b(?:import|require)\s*\(\s*'([^']+)'/g
  return [
    ...[...text.matchAll(statement)].map(match => found(match, match[2] ?? match[3], match[1] !== undefined)),
    ...[...text.matchAll(call)].map(match => found(match, match[1], false)),
  ]

  function found(match: RegExpExecArray, specifier = '', typeOnly: boolean): Import {
    const line = text.slice(0, match.index).split('\n').length
    const target = specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : null
    return { from: file, line, specifier, typeOnly, target }
  }
}

/** Comments become spaces, so that lines keep their numbers. */
function withoutComments(source: string): string {
  return source.replace(/^[ \t]*\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm, comment => comment.replace(/[^\n]/g, ' '))
}

/** Each circle once, as `a → b → a`. */
function cycles(names: string[], next: (name: string) => string[]): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (name: string, trail: string[]) => {
    const from = trail.indexOf(name)
    if (from >= 0) found.push([...trail.slice(from), name].join(' → '))
    if (from >= 0 || done.has(name)) return
    for (const other of next(name)) visit(other, [...trail, name])
    done.add(name)
  }
  for (const name of names) visit(name, [])
  return found
}

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => path.posix.join(folder, name.replaceAll('\\', '/')))
    .sort()
}

function folders(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8')
}
