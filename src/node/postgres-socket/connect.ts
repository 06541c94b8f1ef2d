/** Opens the TCP or TLS connection that postgres.js is given. */
import net from 'node:net'
import tls from 'node:tls'

/** `path`: of a Unix socket, instead of host and port. */
export type Target = { host: string; port: number; path?: string | undefined }

/** SSLRequest (PostgreSQL, "Message Formats"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 'S'.charCodeAt(0)

/** `tlsMode` as in the URL's `sslmode`; `verify-ca` and `verify-full` alone look at the certificate. */
export async function connect({ host, port, path }: Target, tlsMode: string, timeoutMs: number): Promise<net.Socket> {
  const socket = path ? net.connect(path) : net.connect({ host, port, noDelay: true })
  await event(socket, 'connect', timeoutMs)
  if (tlsMode === 'disable') return socket
  socket.write(SSL_REQUEST)
  const [answer] = (await event(socket, 'data', timeoutMs)) as [Buffer]
  if (answer[0] !== YES) {
    if (tlsMode === 'prefer' || tlsMode === 'allow') return socket
    socket.destroy()
    throw new Error(`Postgres at ${host} does not offer TLS, which sslmode=${tlsMode} asks for`)
  }
  const secure = tls.connect({
    socket,
    ...(net.isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: tlsMode.startsWith('verify'),
  })
  await event(secure, 'secureConnect', timeoutMs)
  return secure
}

/** The event's arguments. Rejects at an error, an end or the timeout, and then leaves no socket open. */
function event(socket: net.Socket, name: string, timeoutMs: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`Postgres did not answer within ${timeoutMs} ms`)), timeoutMs)
    const fail = (error: Error) => {
      clear()
      socket.destroy()
      reject(Object.assign(error, 'code' in error ? {} : { code: 'CONNECT_TIMEOUT' }))
    }
    const closed = () => fail(Object.assign(new Error('Postgres closed the connection'), { code: 'CONNECTION_CLOSED' }))
    const done = (...given: unknown[]) => {
      clear()
      resolve(given)
    }
    const clear = () => {
      clearTimeout(timer)
      socket.off('error', fail).off('close', closed).off(name, done)
    }
    socket.once('error', fail).once('close', closed).once(name, done)
  })
}
