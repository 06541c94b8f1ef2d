/** Queries in Salesforce's two languages. Values are quoted here: the SDK's own builder leaves backslashes as they are. */

/** A string literal. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replaceAll('\u0000', '')}'`
}

/** `field IN (…)`; no values match nothing, which SOQL has no words for. */
export function among(field: string, values: Iterable<string>): string {
  return `${field} IN (${[...new Set(values)].map(quoted).join(',')})`
}

/** An instant, which SOQL takes without quotes. */
export function instant(date: Date): string {
  return date.toISOString()
}

/** A name of a field or relation, so that nothing else is ever put into a query as one. Throws for what is none. */
export function named(field: string): string {
  if (!/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/.test(field)) throw new Error(`Not a name of Salesforce: ${field}`)
  return field
}

/** `within`: another query in parentheses, of records that hang on these. */
export function select(fields: Iterable<string>, from: string, within?: string): string {
  const asked = [...[...new Set(fields)].map(named), ...(within ? [within] : [])]
  return `SELECT ${asked.join(', ')} FROM ${named(from)}`
}

/** Cuts a list into pieces of at most `size`. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size))
  return pieces
}
