/** E-mails of notifications: each taken by one process, tried again with longer waits, and given up after a day. */
import type { Mailer } from '../core/mail.ts'
import { nextMailTry, noticeSentence } from '../core/notification.ts'
import { ticketNumber } from '../core/ticket.ts'
import type { Db } from '../db/client.ts'
import { type NotificationRow, settleMail, takeDueMails } from '../db/notifications.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { workspaceById } from '../db/workspaces.ts'

type Context = { db: Db; workspaceId: string; now: Date; mailer: Mailer | undefined; appUrl: string }

/** Mails of one pass, and how long they are in the hand of whoever took them; ms. */
const BATCH = 50
const IN_HAND_MS = 5 * 60_000
const MINUTE_MS = 60_000

/** A mail goes outside any transaction; a crash between sending and noting it sends it twice. */
export async function sendNotificationMails(ctx: Context): Promise<{ sent: number; failed: number }> {
  const { db, workspaceId, now, mailer, appUrl } = ctx
  const until = new Date(now.getTime() + IN_HAND_MS)
  const [due, language] = await inWorkspace(db, workspaceId, async tx => {
    const [rows, workspace] = await Promise.all([takeDueMails(tx, now, until, BATCH), workspaceById(tx, workspaceId)])
    return [[...rows], workspace?.language ?? 'es'] as const
  })
  const counts = { sent: 0, failed: 0 }
  for (const row of due) {
    const number = row.ticketNumber === null ? '' : ticketNumber(row.ticketNumber)
    const subject = noticeSentence(row.kind, number, row.data, language)
    const text = row.ticketId ? `${subject}\n\n${appUrl}/inbox/${row.ticketId}` : subject
    const error = await trySend(() =>
      mailer
        ? mailer.send({ to: row.email, subject, text })
        : Promise.reject(new Error('no mail service is configured')),
    )
    counts[error === null ? 'sent' : 'failed']++
    await inWorkspace(db, workspaceId, tx => settleMail(tx, row.id, settled(row, now, error)))
  }
  return counts
}

async function trySend(send: () => Promise<void>): Promise<string | null> {
  try {
    await send()
    return null
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 500) : String(error)
  }
}

function settled(row: NotificationRow, now: Date, error: string | null) {
  if (error === null) return { mailAt: null, mailError: null, mailedAt: now }
  const wait = nextMailTry((now.getTime() - row.createdAt.getTime()) / MINUTE_MS)
  return { mailAt: wait === null ? null : new Date(now.getTime() + wait * MINUTE_MS), mailError: error, mailedAt: null }
}
