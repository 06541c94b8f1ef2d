/**
 * `/oauth/callback`: where a vendor sends an admin back. The state is the one that this session began with, whose secrets it
 * carried along in a sealed cookie; what came of it is said on a page, in their language.
 */
import { type Context, Hono } from 'hono'
import { AppError, errorSentence, type Language } from '../core/errors.ts'
import { endConsent, readConsent } from '../sync/consent.ts'
import { callerOf, syncContextOf } from './auth.ts'
import type { HttpEnv } from './runtime.ts'

export const CALLBACK_PATH = '/oauth/callback'
const COOKIE = 'buzon.consent'

export function consentCookie(appUrl: string, kept: string, lastsMs: number): string {
  const secure = appUrl.startsWith('https:') ? '; Secure' : ''
  // Lax, so that it comes along when the vendor sends them back.
  return `${COOKIE}=${encodeURIComponent(kept)}; Path=${CALLBACK_PATH}; Max-Age=${lastsMs / 1000}; HttpOnly; SameSite=Lax${secure}`
}

export const oauth = new Hono<HttpEnv>().get('/callback', async c => {
  c.header('set-cookie', consentCookie(c.var.runtime.appUrl, '', 0))
  c.header('cache-control', 'no-store')
  let language: Language = preferred(c.req.header('accept-language'))
  try {
    const { name, by } = await finish(c, spoken => {
      language = spoken
    })
    return page(c, 200, { language, title: texts[language].done, text: texts[language].connected(name, by) })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const text = errorSentence(error.code, error.facts, language)
    return page(c, error.code === 'connection failed' ? 422 : 403, { language, title: texts[language].failed, text })
  }
})

async function finish(c: Context<HttpEnv>, speak: (language: Language) => void) {
  const { runtime } = c.var
  const { services } = runtime
  const { code, state = '', error, error_description: described } = c.req.query()
  const kept = cookieOf(c.req.header('cookie'))
  const begun = kept ? await readConsent(services, kept, state, services.now()) : undefined
  if (!begun) throw new AppError('consent over')
  const caller = await callerOf(c, begun.workspaceId)
  speak(caller.language)
  if (caller.session?.id !== begun.sessionId) throw new AppError('consent over')
  if (!caller.permissions.has('connections.manage')) {
    throw new AppError('missing permission', { permission: 'connections.manage' })
  }
  if (!code) throw new AppError('consent denied', { reason: described ?? error ?? '' })
  const row = await endConsent(syncContextOf(runtime, caller), begun, code, caller.actor)
  return { name: row.name, by: row.connector }
}

function cookieOf(header: string | undefined): string | undefined {
  const part = (header ?? '').split(';').find(each => each.trim().startsWith(`${COOKIE}=`))
  return part && decodeURIComponent(part.trim().slice(COOKIE.length + 1))
}

const texts = {
  es: {
    done: 'Conexión lista',
    failed: 'No se pudo conectar',
    connected: (name: string, by: string) => `${name} (${by}) está conectado. Puedes cerrar esta página.`,
    back: 'Volver a Buzón',
  },
  en: {
    done: 'Connected',
    failed: 'It could not be connected',
    connected: (name: string, by: string) => `${name} (${by}) is connected. You may close this page.`,
    back: 'Back to Buzón',
  },
  pt: {
    done: 'Conexão pronta',
    failed: 'Não foi possível conectar',
    connected: (name: string, by: string) => `${name} (${by}) está conectado. Você pode fechar esta página.`,
    back: 'Voltar ao Buzón',
  },
} satisfies Record<Language, unknown>

function preferred(header: string | undefined): Language {
  const [first = ''] = (header ?? '').split(',')
  const language = first.trim().slice(0, 2).toLowerCase()
  return language === 'en' || language === 'pt' ? language : 'es'
}

function page(
  c: Context<HttpEnv>,
  status: 200 | 403 | 422,
  { language, title, text }: { language: Language; title: string; text: string },
) {
  const body = `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><h1>${escaped(title)}</h1><p>${escaped(text)}</p><p><a href="/">${texts[language].back}</a></p></html>`
  return c.html(body, status, {
    'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  })
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`)
}
