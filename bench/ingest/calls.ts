/** Questions to a child process and its answers, over the channel that `fork` opens. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Child = {
  ask<T>(question: object): Promise<T>
  stop(): void
}

type Answer = { id: number; value?: unknown; error?: string }

/** Starts `file` of this folder. Its errors are shown as they come. */
export function startChild(file: string, flags: string[] = []): Child {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: flags })
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let next = 0
  child.on('message', ({ id, value, error }: Answer) => {
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.resolve(value as never)
    else call?.reject(new Error(error))
  })
  child.on('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code}`))
  })
  return {
    ask<T>(question: object) {
      return new Promise<T>((resolve, reject) => {
        const id = next++
        waiting.set(id, { resolve, reject })
        child.send({ id, question })
      })
    },
    stop() {
      if (child.connected) child.disconnect()
    },
  }
}

/** The other end: answers one question after the other, and ends with the parent. */
export function answer(act: (question: never) => Promise<unknown>) {
  process.on('message', async ({ id, question }: { id: number; question: unknown }) => {
    try {
      process.send?.({ id, value: await act(question as never) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) })
    }
  })
  process.on('disconnect', () => process.exit(0))
}
