/** Reading what may be of any shape: what is not as expected is absent. */
export type Loose = Record<string, unknown>

export function asObject(value: unknown): Loose {
  return isObject(value) ? value : {}
}

export function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text or a number, as text; empty for everything else. */
export function string(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** A number, also where it is written as text; undefined for everything else. */
export function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined
}

/** These keys, where they say something. */
export function pick(part: Loose, keys: string[]): Loose {
  return defined(Object.fromEntries(keys.map(key => [key, part[key]])))
}

/** Without what is absent: undefined, null and the empty text. */
export function defined(values: Loose): Loose {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}
