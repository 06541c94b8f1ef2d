/**
 * WhatsApp bodies without the people in them: phone numbers, names, texts, ids, places and links become others of the same
 * shape, the same one each time it occurs, so that what a recording proves is proved by its masked copy too.
 */
import { createHmac } from 'node:crypto'

/** `secret` is of one recording, and thrown away with it: nobody can ask what a number has become. */
export function createMask(secret: string): (body: unknown) => unknown {
  /** Numbers that follow from the secret and what is masked; as many as are asked for. */
  function stream(value: string): (n: number) => number {
    const bytes: number[] = []
    return n => {
      for (let block = bytes.length / 32; bytes.length <= n; block++) {
        bytes.push(...createHmac('sha256', secret).update(`${block} ${value}`).digest())
      }
      return bytes[n] ?? 0
    }
  }

  function mask(value: unknown, key: string): unknown {
    if (typeof value === 'string') return maskString(value, key)
    if (typeof value === 'number') return maskNumber(value, key)
    if (Array.isArray(value)) return value.map(item => mask(item, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mask(item, name)]))
  }

  function maskString(value: string, key: string): string {
    if (isVocabulary(key, value) || (isTime(key) && /^\d{10}$/.test(value))) return value
    if (/^[\d\s()+.-]{6,}$/.test(value)) return maskPhone(value)
    const inside = key === 'response_json' ? parsed(value) : undefined
    if (inside !== undefined) return JSON.stringify(mask(inside, ''))
    const [, prefix = '', rest = ''] = /^(wamid\.|wacid\.|https?:\/\/)?(.*)$/s.exec(value) ?? []
    return prefix + maskCharacters(rest)
  }

  function maskNumber(value: number, key: string): number {
    if (key === 'latitude' || key === 'longitude') return (stream(`${key} ${value}`)(0) - 128) / 2 + 0.25
    if (isTime(key) || key === 'code' || !Number.isSafeInteger(value) || Math.abs(value) < 1_000_000) return value
    return Number(maskPhone(String(value)))
  }

  /**
   * Digits are masked by themselves, so that `+52 1 55…` and `5215…` become one number too. What comes and goes in the
   * numbers of Mexico, Argentina and Brazil stays where it is: the spellings of one number are still those of one.
   */
  function maskPhone(value: string): string {
    const digits = value.replace(/\D/g, '')
    const local = digits.slice(-8)
    const front = digits.slice(0, -8)
    const [, country = '', area = '', extra = ''] = /^(521|549|\d{0,2})(\d*?)(9?)$/.exec(front) ?? []
    const masked = [...country, ...maskDigits(area, 'area'), ...extra, ...maskDigits(local, 'local')]
    let n = 0
    return value.replace(/\d/g, () => masked[n++] ?? '0')
  }

  /** Each becomes another. The first of eight stays mobile or landline, 6–9 or 2–5: Brazil's tell by it. */
  function maskDigits(digits: string, kind: string): string {
    const at = stream(`${kind} ${digits}`)
    return [...digits]
      .map((digit, n) => {
        if (kind === 'local' && n === 0 && /[2-9]/.test(digit))
          return String(turn(Number(digit), at(n), digit >= '6' ? 6 : 2, 4))
        return String(turn(Number(digit), at(n), 0, 10))
      })
      .join('')
  }

  /** Letters become others of their case, digits others; spaces, signs and emoji are the shape, and stay. */
  function maskCharacters(text: string): string {
    const at = stream(text)
    return Array.from(text, (character, n) => {
      if (/[0-9]/.test(character)) return String(turn(Number(character), at(n), 0, 10))
      const first = /[a-z]/.test(character) ? 97 : 65
      if (/[a-zA-Z]/.test(character)) return String.fromCharCode(turn(character.charCodeAt(0), at(n), first, 26))
      return /\p{L}|\p{N}/u.test(character) ? otherLetter(character, at(n)) : character
    }).join('')
  }

  return body => mask(body, '')
}

/** Another of the `count` values from `first` on, never the same. */
function turn(value: number, by: number, first: number, count: number): number {
  return first + ((value - first + 1 + (by % (count - 1))) % count)
}

const LETTERS = 'áéíóúñãõçü'

function otherLetter(character: string, by: number): string {
  const others = [...LETTERS].filter(letter => letter !== character.toLowerCase())
  return others[by % others.length] ?? 'ñ'
}

function isTime(key: string): boolean {
  return /(^|_)(timestamp|time|expiration)$/.test(key)
}

/** Keys whose values are Meta's own words. */
const words: ReadonlySet<string> = new Set([
  ...['object', 'field', 'messaging_product', 'type', 'event', 'status', 'mime_type', 'category', 'pricing_model'],
  ...['direction', 'action', 'origin', 'media_type', 'source_type', 'recipient_type', 'decision', 'old_status'],
  ...['new_status', 'new_quality_score', 'previous_quality_score', 'new_category', 'previous_category'],
  ...['correct_category', 'alert_severity', 'alert_status', 'alert_type', 'entity_type', 'restriction_type'],
  ...['current_limit', 'waba_ban_state', 'previous_owner_role', 'new_owner_role', 'sdp_type', 'value', 'response'],
  ...['message_template_language', 'phase'],
])

function isVocabulary(key: string, value: string): boolean {
  return words.has(key) && /^[a-z][a-z0-9_ ./;=+-]{0,59}$/i.test(value) && !/\d{5}/.test(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
