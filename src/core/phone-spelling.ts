/** How people and CRMs write telephone numbers, and how one of ours is known among them. Pure. */

/** ITU-T E.164, country codes of one and of two digits; all others have three. */
const SHORT_CODES = new Set([
  ...['1', '7', '20', '27', '30', '31', '32', '33', '34', '36', '39', '40', '41', '43', '44', '45', '46', '47', '48'],
  ...['49', '51', '52', '53', '54', '55', '56', '57', '58', '60', '61', '62', '63', '64', '65', '66', '81', '82', '84'],
  ...['86', '90', '91', '92', '93', '94', '95', '98'],
])

/** The number without its country code. HubSpot indexes it so: https://community.hubspot.com "hs_searchable_calculated". */
export function nationalOf(digits: string): string {
  const length = [1, 2].find(length => SHORT_CODES.has(digits.slice(0, length))) ?? 3
  return digits.slice(length)
}

/** The digits that are certainly the same mobile number, written as of before or after its country added one. */
export function formsOf(digits: string): string[] {
  const [, mexican] = /^521?(\d{10})$/.exec(digits) ?? []
  if (mexican) return [`52${mexican}`, `521${mexican}`]
  const [, area, brazilian] = /^55(\d{2})9?([6-9]\d{7})$/.exec(digits) ?? []
  if (area) return [`55${area}9${brazilian}`, `55${area}${brazilian}`]
  const [, argentine] = /^549(\d{10})$/.exec(digits) ?? []
  return argentine ? [digits, `54${argentine}`] : [digits]
}

/** The spellings of a number that a text property may hold. */
export function spellingsOf(digits: string): string[] {
  return [digits, `+${digits}`, `00${digits}`, nationalOf(digits)]
}

/** Whether a value of theirs is this number: whole, or without the country code and perhaps with a trunk zero. */
export function isSpelling(value: string | null | undefined, digits: string): boolean {
  if (!value) return false
  const theirs = value.replace(/\D/g, '').replace(/^0+/, '')
  const isWhole = /^\s*(\+|00)/.test(value)
  return theirs === digits || (!isWhole && theirs.length >= SHORTEST && theirs === nationalOf(digits))
}

/** A shorter national number is too likely somebody else's in another country. */
const SHORTEST = 7
