/** A simulated mail service that speaks as Resend does: nothing leaves the machine, and `/mail` shows what came. */
import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { loopbackOnly } from '../control/loopback.ts'
import type { SandboxEnv } from '../runtime.ts'

export type SimulatedMail = { id: string; at: string; from: string; to: string[]; subject: string; text: string }

/** As many as a page shows; what is older goes. */
const KEPT = 200

const posted = z.object({
  ...{ from: z.string(), to: z.union([z.string().transform(one => [one]), z.array(z.string())]) },
  ...{ subject: z.string(), text: z.string() },
})

export type Mails = {
  /** Newest first. */
  sent(): SimulatedMail[]
  /** The service is out of order, or works again. */
  fail(failing: boolean): void
}

export function mountMail(app: Hono<SandboxEnv>, clock: Clock): Mails {
  const mails: SimulatedMail[] = []
  let isFailing = false
  let count = 0

  app.post('/mail/emails', async c => {
    if (!/^Bearer \S/.test(c.req.header('authorization') ?? '')) return refuse(c, 401, 'missing_api_key')
    if (isFailing) return refuse(c, 500, 'application_error')
    const mail = posted.safeParse(await c.req.json().catch(() => undefined)).data
    if (!mail) return refuse(c, 422, 'validation_error')
    const id = `mail-${++count}`
    mails.unshift({ id, at: clock.iso(), ...mail })
    mails.length = Math.min(mails.length, KEPT)
    return c.json({ id })
  })
  app.use('/control/mail', loopbackOnly)
  app.get('/control/mail', c => c.json({ items: mails }))
  app.use('/mail', loopbackOnly)
  app.get('/mail', c => c.html(pageOf(mails)))

  return {
    sent: () => [...mails],
    fail(failing) {
      isFailing = failing
    },
  }
}

function refuse(c: Context, status: 401 | 422 | 500, name: string) {
  return c.json({ statusCode: status, name, message: name }, status)
}

function pageOf(mails: SimulatedMail[]) {
  return html`<!doctype html><html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Correos</title><link rel="stylesheet" href="/page/style.css"></head><body><main>
    <h1>Correos · Mails · E-mails</h1>
    ${mails.map(
      ({ at, to, subject, text }) => html`<article><h2>${subject}</h2><p>${to.join(', ')} · ${at}</p>
        <pre style="white-space:pre-wrap">${linked(text)}</pre></article>`,
    )}
    </main></body></html>`
}

function linked(text: string) {
  return text.split(/(https?:\/\/\S+)/).map((part, nth) => (nth % 2 ? html`<a href="${part}">${part}</a>` : part))
}
