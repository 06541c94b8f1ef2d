/** A mail service by HTTP, as Resend has it (POST /emails with from, to, subject, text); for runtimes without SMTP. */
import type { Mailer } from '../core/mail.ts'

export type HttpMailConfig = { apiUrl: string; apiKey: string; from: string }

const DEADLINE_MS = 10_000

export function createHttpMailer({ apiUrl, apiKey, from }: HttpMailConfig, send: typeof fetch): Mailer {
  return {
    async send({ to, subject, text }) {
      const answer = await send(`${apiUrl}/emails`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ from, to: [to], subject, text }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      const said = await answer.text()
      if (!answer.ok) throw new Error(`The mail service answered ${answer.status}: ${said.slice(0, 300)}`)
    },
  }
}
