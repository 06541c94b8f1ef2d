/** The page that stands in a CRM: who looks and what at, for the script that shows it (console/embed). */

/** `record`: which of theirs it is of; null where the page asks the CRM that holds it. */
export type EmbedPage = {
  connector: string
  session: string
  record: { objectType: string; objectId: string } | null
}

/** What the script and its styles are called in dist/console; see console/vite.config.ts. */
const FILES = { script: '/frame/app.js', style: '/frame/app.css' }

/** Zendesk's side of its pages: https://developer.zendesk.com/api-reference/apps/apps-core-api/core_api/ */
const ZENDESK = 'https://static.zdassets.com'

export function showPage({ connector, session, record }: EmbedPage): string {
  const facts = {
    ...{ session, connector },
    ...(record ? { 'object-type': record.objectType, 'object-id': record.objectId } : {}),
  }
  const metas = Object.entries(facts).map(([name, value]) => `<meta name="${name}" content="${escaped(value)}">`)
  const theirs =
    connector === 'zendesk' ? `<script src="${ZENDESK}/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"></script>` : ''
  return `<!doctype html><html lang="es" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Buzón</title>
<link rel="stylesheet" href="${FILES.style}">${metas.join('')}
${theirs}<script type="module" src="${FILES.script}"></script></head><body><div id="root"></div></body></html>`
}

/** `frameAncestors`: whose pages may hold it. Overlays write styles into the page; customers' pictures come from the hub. */
export function pageHeaders(connector: string, frameAncestors: string): Record<string, string> {
  const scripts = connector === 'zendesk' ? `'self' ${ZENDESK}` : "'self'"
  return {
    'cache-control': 'no-store',
    'content-security-policy': [
      ...["default-src 'none'", `script-src ${scripts}`, "style-src 'self' 'unsafe-inline'", "connect-src 'self'"],
      ...["img-src 'self' data: blob:", "media-src 'self' blob:", "font-src 'self'", "base-uri 'none'"],
      ...["form-action 'none'", `frame-ancestors ${frameAncestors}`],
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

const escaped = (text: string) => text.replace(/[&"<>]/g, sign => `&#${sign.charCodeAt(0)};`)
