import net, { type AddressInfo } from 'node:net'

/** A port of 127.0.0.1 that nobody had a moment ago. */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
