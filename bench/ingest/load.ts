/**
 * The load: keep-alive connections over bare sockets, one request under way on each, the next sent when the answer is
 * complete. On two cores a generator like autocannon takes from the server what is to be measured; this one writes
 * prepared bytes and reads no more of an answer than its status and its end.
 */
import net from 'node:net'
import { answer } from './calls.ts'
import { type Batch, requests } from './requests.ts'

export type LoadQuestion = { kind: 'prepare'; batch: Batch } | { kind: 'run'; port: number; connections: number }

export type LoadResult = {
  acknowledged: number
  refused: number
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** User and system time of the generator. */
  cpuMs: number
}

let prepared: Buffer[] = []

answer(async (question: LoadQuestion) => {
  if (question.kind === 'run') return run(question.port, question.connections)
  prepared = requests(question.batch)
  return prepared.length
})

async function run(port: number, connections: number): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => connect(port)))
  const queue = prepared
  prepared = []
  const took: number[] = []
  let refused = 0
  let next = 0
  const cpu = process.cpuUsage()
  const from = performance.now()
  await Promise.all(sockets.map(socket => drive(socket)))
  const seconds = (performance.now() - from) / 1000
  const { user, system } = process.cpuUsage(cpu)
  for (const socket of sockets) socket.destroy()
  took.sort((a, b) => a - b)
  return {
    acknowledged: took.length,
    refused,
    perSecond: took.length / seconds,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    cpuMs: (user + system) / 1000,
  }

  function drive(socket: net.Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let sentAt = 0
      let received = ''
      const send = () => {
        const request = queue[next++]
        if (!request) return resolve()
        sentAt = performance.now()
        socket.write(request)
      }
      socket.on('data', chunk => {
        received += chunk.toString('latin1')
        if (!isComplete(received)) return
        if (received.startsWith('HTTP/1.1 200')) took.push(performance.now() - sentAt)
        else refused++
        received = ''
        send()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('The server closed a connection')))
      send()
    })
  }
}

function connect(port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function isComplete(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  if (length !== undefined) return text.length >= head + 4 + Number(length)
  return text.endsWith('\r\n0\r\n\r\n') || !/\r\ntransfer-encoding: chunked/i.test(text)
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
