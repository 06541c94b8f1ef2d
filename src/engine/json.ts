/** JSON as it comes from the SDK and the database: looked into with care, never trusted to be whole. */
export type Json = Record<string, unknown>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object, or an empty one. */
export function asJson(value: unknown): Json {
  return isJson(value) ? value : {}
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * RFC 8785: the form that the SDK computes signatures over. Sorted keys, no white space, `undefined` left out.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(entry => canonical(entry ?? null)).join(',')}]`
  if (!isJson(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .filter(key => value[key] !== undefined)
    .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`)
  return `{${fields.join(',')}}`
}
