import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'

/** What the Node server puts beside the request; absent when the app is called without a socket. */
const socketSchema = z.object({
  incoming: z.object({ socket: z.object({ remoteAddress: z.string().optional() }) }),
})

/**
 * The control API can do anything to the simulation: only this machine may use it, and no web page of another site.
 * The host name is checked too, because a foreign page can point its own name at 127.0.0.1.
 */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const socket = socketSchema.safeParse(c.env)
  const address = socket.success ? (socket.data.incoming.socket.remoteAddress ?? '') : '127.0.0.1'
  const site = c.req.header('sec-fetch-site')
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (!isLoopback(address) || !LOCAL_NAMES.has(hostOf(c.req.url)) || foreign) {
    return c.json({ error: 'the control API answers this machine only' }, 403)
  }
  await next()
}

const LOCAL_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

function hostOf(url: string): string {
  return new URL(url).hostname
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address)
}
