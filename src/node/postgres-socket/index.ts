/** Connections to Postgres for postgres.js: its options `socket` and `ssl`. */
import { connect, type Target } from './connect.ts'
import { LastingSocket } from './lasting-socket.ts'

/** Time to connect, TLS included; ms. */
const TIMEOUT_MS = 15_000

/** What postgres.js has read from the URL. */
type Given = { host: string[]; port: number[]; path: string | false | undefined }

/** `url` may name several hosts; they are tried in turn. */
export function socketOptions(url: string) {
  const { searchParams } = new URL(url)
  const given = searchParams.get('sslmode') ?? searchParams.get('ssl') ?? 'disable'
  const tlsMode = { false: 'disable', true: 'require' }[given] ?? given
  let turn = 0
  return {
    ssl: false as const,
    socket: ({ host, port, path }: Given) => {
      const target: Target = {
        host: host[turn % host.length] ?? 'localhost',
        port: port[turn % port.length] ?? 5432,
        path: path || undefined,
      }
      const opening = connect(target, tlsMode, TIMEOUT_MS)
      opening.catch(() => turn++)
      return new LastingSocket(opening)
    },
  }
}
