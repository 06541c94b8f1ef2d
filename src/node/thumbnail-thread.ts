/** The thread in which a thumbnail is made: one picture, then it ends, and its memory with it. */
import { parentPort, workerData } from 'node:worker_threads'
import { makeThumbnail } from '../inbox/thumbnail.ts'
import { compileCodec } from './picture-codecs.ts'

parentPort?.postMessage(await makeThumbnail(workerData as Uint8Array, compileCodec))
