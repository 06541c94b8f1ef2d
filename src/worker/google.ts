/** What Google's clients bring along and do not need on Workers; `wrangler.toml` puts this in its place. */

/** qs: the parameters of a request, a list as one parameter for each of its values. */
export function stringify(params: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) query.append(name, String(each))
  }
  return query.toString()
}

/** https-proxy-agent: a Worker has none. */
export class HttpsProxyAgent {}
