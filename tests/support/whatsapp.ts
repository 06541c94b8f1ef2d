/** Webhook bodies in WhatsApp's shapes, with people and texts of our own. */
import { createHmac } from 'node:crypto'

export type Said = {
  from?: string
  id?: string
  text?: string
  at?: Date
  name?: string
  userId?: string
  raw?: object
}

let running = 0

/** One POST with these messages, as the Cloud API sends them. */
export function webhook(phoneNumberId: string, said: Said[], statuses: object[] = []): string {
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '900100',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '525510002000', phone_number_id: phoneNumberId },
              contacts: said.map(({ from, name = 'Ana Torres', userId }) => ({
                profile: { name },
                ...(from ? { wa_id: from } : {}),
                ...(userId ? { user_id: userId } : {}),
              })),
              messages: said.map(message),
              ...(statuses.length > 0 ? { statuses } : {}),
            },
          },
        ],
      },
    ],
  })
}

function message({ from, userId, id, text = 'Hola', at = new Date('2026-11-02T16:00:00Z'), raw }: Said) {
  return {
    ...(from ? { from } : {}),
    ...(userId ? { from_user_id: userId } : {}),
    id: id ?? `wamid.TEST${++running}`,
    timestamp: String(Math.floor(at.getTime() / 1000)),
    ...(raw ?? { type: 'text', text: { body: text } }),
  }
}

export function sign(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
