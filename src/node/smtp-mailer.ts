/** Mails by SMTP. */
import { createTransport } from 'nodemailer'
import type { Mailer } from '../core/mail.ts'

export type SmtpConfig = { url: string; from: string }

const DEADLINE_MS = 10_000

export function createSmtpMailer({ url, from }: SmtpConfig): Mailer {
  const deadlines = { connectionTimeout: DEADLINE_MS, greetingTimeout: DEADLINE_MS, socketTimeout: DEADLINE_MS }
  const transport = createTransport({ url, ...deadlines }, { from })
  return {
    async send(mail) {
      await transport.sendMail(mail)
    },
  }
}
