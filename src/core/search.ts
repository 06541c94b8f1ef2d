/** What somebody types to find something, and the part of a text where it is. */

/** Words as Postgres looks for them: letters and digits; a number however it is written is one word. At most eight. */
export function searchWords(text: string): string[] {
  const isNumber = /^[+\d][\d\s().-]*$/.test(text.trim()) && text.replace(/\D/g, '').length >= 4
  const words = isNumber ? [text.replace(/\D/g, '')] : text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return [...new Set(words.filter(word => word.length > 0))].slice(0, 8)
}

/** Without accents and case. */
export function bare(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
}

/** Characters of a snippet. */
const WIDTH = 140

/** The part of the text around the first word that begins as one of these does; its beginning where none does. */
export function snippet(text: string, words: readonly string[]): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  if (flat.length <= WIDTH) return flat
  const stems = words.map(word => bare(word).slice(0, Math.max(4, word.length - 3)))
  const hit = [...flat.matchAll(/[\p{L}\p{N}]+/gu)].find(([word]) => stems.some(stem => bare(word).startsWith(stem)))
  const from = Math.max(0, Math.min((hit?.index ?? 0) - 40, flat.length - WIDTH))
  return `${from > 0 ? '…' : ''}${flat.slice(from, from + WIDTH)}${from + WIDTH < flat.length ? '…' : ''}`
}
