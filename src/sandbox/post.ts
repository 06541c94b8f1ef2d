import * as http from 'node:http'
import * as https from 'node:https'

export type Poster = {
  /** The answer's status, or 0 when nobody answered in time. Redirects are not followed, as both vendors do. */
  post(url: string, headers: Record<string, string>, body: string, timeoutMs: number): Promise<number>
  close(): void
}

/** HTTP without comforts: several thousand posts a second matter more here. */
export function createPoster(): Poster {
  let agents = openAgents()

  function attempt(url: URL, headers: Record<string, string>, body: string, timeoutMs: number): Promise<number> {
    const secure = url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, timeout: timeoutMs, agent: secure ? agents.https : agents.http }
      const request = (secure ? https : http).request(url, options, response => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
        response.once('error', reject)
      })
      request.once('timeout', () => request.destroy(new Error('timeout')))
      request.once('error', error => reject(Object.assign(error, { stale: isStale(request, error) })))
      request.end(body)
    })
  }

  return {
    async post(address, headers, body, timeoutMs) {
      const url = new URL(address)
      const sized = { ...headers, 'content-length': String(Buffer.byteLength(body)) }
      try {
        return await attempt(url, sized, body, timeoutMs)
      } catch (error) {
        const stale = error instanceof Error && 'stale' in error && error.stale === true
        return stale ? await attempt(url, sized, body, timeoutMs).catch(() => 0) : 0
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
      agents = openAgents()
    },
  }
}

function openAgents() {
  return { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
}

/** The receiver closed a kept connection just as it was used again: nothing was delivered. */
function isStale(request: http.ClientRequest, error: Error): boolean {
  return request.reusedSocket && 'code' in error && error.code === 'ECONNRESET'
}
