import { randomBytes } from 'node:crypto'

/**
 * One spelling for the numbers that WhatsApp writes in two ways: Mexico with and without the mobile 1, Brazil with and
 * without the ninth digit, Argentina with and without the 9.
 */
export function sameNumber(input: string): string {
  const digits = input.replace(/\D/g, '')
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`
  if (/^55\d{2}9[6-9]\d{7}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5)
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`
  return digits
}

/** Looks like a real id: a small binary frame around the customer's number and a random tail, in base64. */
export function newWamid(customerNumber: string, direction: 'in' | 'out'): string {
  const number = Buffer.from(customerNumber, 'latin1')
  const tail = direction === 'in' ? `3A${randomHex(9)}` : randomHex(9)
  const frame = Buffer.concat([
    Buffer.from([0x1c, 0x18, number.length]),
    number,
    Buffer.from([0x15, 0x02, 0x00, direction === 'in' ? 0x12 : 0x11, 0x18, tail.length]),
    Buffer.from(tail, 'latin1'),
    Buffer.from([0x00]),
  ])
  return `wamid.${frame.toString('base64')}`
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase()
}
