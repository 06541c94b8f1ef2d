/** Lower case, no accents, words apart by one space: "¿DEVOLUCIÓN?" and "devolucion" are the same. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
