import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/**
 * Of whoever sent the request. What a proxy says of it counts where the proxy is on this machine or in its private network;
 * there, the last hop is the one that the proxy saw.
 */
export function clientAddress(c: Context): string {
  const peer = peerOf(c)
  if (!isPrivate(peer)) return peer
  return c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() || peer
}

function peerOf(c: Context): string {
  try {
    return getConnInfo(c).remote.address?.replace(/^::ffff:/, '') ?? '127.0.0.1'
  } catch {
    // Asked in process, without a socket.
    return '127.0.0.1'
  }
}

function isPrivate(address: string): boolean {
  return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|::1$|f[cd])/i.test(address)
}
