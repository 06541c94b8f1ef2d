/** Webhook requests as bytes, made and signed before the clock starts. */
import { createHmac } from 'node:crypto'

export const APP_SECRET = 'bench-app-secret'

export type Batch = {
  phoneNumberId: string
  count: number
  /** Tells this batch's message ids from all others. */
  name: string
  /** Written by so many people in turn, the first being number `firstPerson`. */
  people: number
  firstPerson: number
}

const TEXTS = [
  'Hola, ¿a qué hora abren mañana?',
  'Buenas tardes, quiero saber si ya salió mi pedido 20418.',
  '¿Tienen la pintura blanca de 19 litros? Necesito dos cubetas para el jueves.',
  'Gracias 🙌',
  'Me llegó una pieza equivocada, les mando la foto en un momento.',
]

/** One text message each, in the shape and the size (about 450 bytes) in which the Cloud API sends them. */
export function requests({ phoneNumberId, count, name, people, firstPerson }: Batch): Buffer[] {
  const second = Math.floor(Date.now() / 1000)
  return Array.from({ length: count }, (_, n) => {
    const person = firstPerson + (n % people)
    const from = `52155${String(10_000_000 + person)}`
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '900100',
          changes: [
            {
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '525510002000', phone_number_id: phoneNumberId },
                contacts: [{ profile: { name: `Cliente ${person}` }, wa_id: from }],
                messages: [
                  {
                    from,
                    id: `wamid.HBgNNTIxNTU${name}${String(n).padStart(8, '0')}`,
                    timestamp: String(second),
                    text: { body: TEXTS[n % TEXTS.length] },
                    type: 'text',
                  },
                ],
              },
              field: 'messages',
            },
          ],
        },
      ],
    })
    const signature = createHmac('sha256', APP_SECRET).update(body).digest('hex')
    const head = [
      'POST /hooks/whatsapp HTTP/1.1',
      'Host: 127.0.0.1',
      'User-Agent: facebookexternalua',
      'Accept: */*',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Hub-Signature-256: sha256=${signature}`,
    ].join('\r\n')
    return Buffer.from(`${head}\r\n\r\n${body}`)
  })
}
