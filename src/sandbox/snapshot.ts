import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { Bus } from './bus.ts'

/** State after the last change reaches the disk within this time. */
const WRITE_AFTER_MS = 300

/** A larger state is not written while a client waits. */
const LARGEST_AT_ONCE = 32 * 1024 * 1024

export type SnapshotWriter = {
  /** On disk when it returns, so that a crash of the process after it loses nothing; a large state follows later. */
  now(): void
  close(): void
}

/** Maps and Sets survive JSON as tagged arrays. */
export function encodeState(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { $map: [...value] }
    if (value instanceof Set) return { $set: [...value] }
    return value
  })
}

/** The counterpart of `encodeState`; the caller names the type because only it wrote the file. */
export function decodeState<T>(text: string): T {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if ('$map' in value) return new Map(value.$map as [unknown, unknown][])
    if ('$set' in value) return new Set(value.$set as unknown[])
    return value
  }) as T
}

/** Nothing when there is no file yet; an unreadable one is an error, because silence would lose the state. */
export function readSnapshot<T>(file: string): T | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return decodeState<T>(text)
}

/** Writes to a neighbour and renames it, so that a crash never leaves half a file. */
export function keepSnapshot(file: string, state: () => unknown, bus: Bus): SnapshotWriter {
  let timer: NodeJS.Timeout | undefined
  let writing = false
  let dirty = false
  let writes = 0
  let size = 0
  const temporary = `${file}.${process.pid}.tmp`

  function writeAtOnce() {
    writes++
    const text = encodeState(state())
    size = text.length
    const last = `${file}.${process.pid}.last.tmp`
    writeFileSync(last, text)
    renameSync(last, file)
  }

  async function write() {
    timer = undefined
    writing = true
    dirty = false
    const mine = ++writes
    try {
      const text = encodeState(state())
      size = text.length
      await writeFile(temporary, text)
      // What was written at once meanwhile is newer.
      if (!closed && mine === writes) await rename(temporary, file)
    } finally {
      writing = false
      if (dirty && !closed) schedule()
    }
  }

  function schedule() {
    dirty = true
    if (timer || writing) return
    timer = setTimeout(() => void write(), WRITE_AFTER_MS)
  }

  let closed = false
  const unsubscribe = bus.subscribe(schedule)
  return {
    now() {
      if (size < LARGEST_AT_ONCE) writeAtOnce()
    },
    close() {
      unsubscribe()
      clearTimeout(timer)
      closed = true
      writeAtOnce()
    },
  }
}
