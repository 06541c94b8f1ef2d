/**
 * Postgres's arrays of one dimension. Their types have fixed numbers (pg_type.dat), so that no connection has to ask for
 * them before its first query; on Workers each request has connections of its own, and it would be a trip for each.
 */

type Element = { write: (value: unknown) => string; read: (text: string) => unknown }

const text: Element = { write: String, read: value => value }
const number: Element = { write: String, read: Number }
/** Written as their text, because postgres.js would take the first element for the type of all. */
const json: Element = { write: String, read: value => JSON.parse(value) }
const instant: Element = { write: String, read: value => new Date(value) }

/** As the option `types` of postgres.js wants them; 64-bit integers stay text, as they do alone. */
export const arrayTypes = {
  textArray: arrayOf(1009, text),
  uuidArray: arrayOf(2951, text),
  integerArray: arrayOf(1007, number),
  bigintArray: arrayOf(1016, text),
  timestampArray: arrayOf(1185, instant),
  jsonArray: arrayOf(199, json),
  jsonbArray: arrayOf(3807, json),
}

function arrayOf(oid: number, { write, read }: Element) {
  return {
    ...{ to: oid, from: [oid] },
    serialize: (values: unknown) => (Array.isArray(values) ? toArrayText(values, write) : values),
    parse: (value: string) => fromArrayText(value, read),
  }
}

/** Every element quoted, so that none is taken for NULL or parted. */
function toArrayText(values: unknown[], write: (value: unknown) => string): string {
  const elements = values.map(value =>
    value === null || value === undefined ? 'null' : `"${write(value).replace(/[\\"]/g, '\\$&')}"`,
  )
  return `{${elements.join(',')}}`
}

/** `{a,"b, c",NULL}`. Postgres quotes an element that could be mistaken. */
function fromArrayText(value: string, read: (text: string) => unknown): unknown[] {
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs)].map(([, quoted, plain = '']) => {
    if (quoted !== undefined) return read(quoted.replace(/\\(.)/gs, '$1'))
    return plain === 'NULL' ? null : read(plain)
  })
}
