/**
 * What SDKs bring along for a runtime without `fetch`, on Workers: the platform's own. `wrangler.toml` puts this in the place of
 * undici and node-fetch, which would be a megabyte that is never called: every connector's calls go through `ctx.fetch`.
 */

export const { fetch, Request, Response, Headers, FormData } = globalThis
export default globalThis.fetch

/** undici's: connections are the platform's affair, so that there is nothing to set. */
export class Agent {}
export class ProxyAgent {}
export class EnvHttpProxyAgent {}

/** undici's: what no socket of ours can throw. */
export const errors = { SocketError: class SocketError extends Error {} }
