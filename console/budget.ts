/** What comes first is held to its budget by the build itself: scripts of a way in, with all that they import before they run. */
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** `entries`: names of chunks that are fetched together; `most`: bytes, gzipped. */
type Budget = { what: string; entries: readonly string[]; most: number }

/** Fails the build over a budget, and says what each is. */
export function budgets(all: readonly Budget[]): Plugin {
  return {
    name: 'buzon-budgets',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter(each => each.type === 'chunk')
      const byFile = new Map(chunks.map(chunk => [chunk.fileName, chunk]))
      for (const { what, entries, most } of all) {
        const first = new Set<string>()
        const add = (file: string) => {
          if (first.has(file)) return
          first.add(file)
          byFile.get(file)?.imports.forEach(add)
        }
        for (const name of entries) {
          const found = chunks.find(chunk => chunk.name === name)
          if (!found) this.error(`There is no chunk ${name}`)
          add(found.fileName)
        }
        const bytes = [...first].reduce((sum, file) => sum + gzipSync(byFile.get(file)?.code ?? '').length, 0)
        const said = `${what}: ${kB(bytes)} of at most ${kB(most)} gzipped`
        if (bytes > most) this.error(said)
        this.info(said)
      }
    },
  }
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
