/** Thumbnails beside the live path: decoding a picture takes the better part of a second, in which nothing else would run. */
import { Worker } from 'node:worker_threads'

/** A picture that takes longer is none that we want to show; ms. */
const DEADLINE_MS = 20_000

export function makeThumbnailInThread(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./thumbnail-thread.ts', import.meta.url), { workerData: bytes })
    const timer = setTimeout(() => void thread.terminate(), DEADLINE_MS)
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`The thread ended with ${code}`))
    })
  })
}
