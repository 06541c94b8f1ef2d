/** The console's files, as they were built into dist/console: hashed ones for ever, the page itself asked for each time. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'

const dist = path.join(import.meta.dirname, '../../dist/console')

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Scripts, styles and calls of our own origin alone; styles may stand in the page, as overlays write some. */
export const PAGE_HEADERS = {
  'content-security-policy': [
    ...[
      "default-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
    ],
    ...["object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
  ].join('; '),
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
}

/** The file of a path; for a page of the console, which the browser makes itself, the one page. Null where it is not ours. */
export function consoleFile(request: Request): Response | null {
  const { pathname } = new URL(request.url)
  const wantsPage = request.headers.get('accept')?.includes('text/html') ?? false
  const file = path.join(dist, path.normalize(decodeURIComponent(pathname)))
  const isFile = file.startsWith(dist + path.sep) && existsSync(file) && statSync(file).isFile()
  if (isFile) return answer(file, pathname.startsWith('/assets/'), request.method)
  const page = path.join(dist, 'index.html')
  return wantsPage && existsSync(page) ? answer(page, false, request.method) : null
}

function answer(file: string, isForever: boolean, method: string): Response {
  const headers = new Headers(PAGE_HEADERS)
  headers.set('content-type', types[path.extname(file)] ?? 'application/octet-stream')
  headers.set('content-length', String(statSync(file).size))
  headers.set('cache-control', isForever ? 'public, max-age=31536000, immutable' : 'no-cache')
  const body = method === 'HEAD' ? null : (Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>)
  return new Response(body, { headers })
}
