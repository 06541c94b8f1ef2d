/** A mapping as a file, in YAML or JSON: what is read from it is what was written to it, exactly. */
import { dump, load } from 'js-yaml'
import { z } from 'zod'
import { mappingShape, type WrittenMapping } from './row.ts'

export const fileFormats = ['yaml', 'json'] as const
export type FileFormat = (typeof fileFormats)[number]

const mappingFile = z.strictObject({ connector: z.string().min(1), version: z.literal(1), ...mappingShape.shape })

/** The longest file that is read; characters. 400 rows with long option tables stay far below. */
export const LONGEST_FILE = 400_000

export function writeMapping(connector: string, mapping: WrittenMapping, format: FileFormat): string {
  // Parsed, so that the same mapping is the same file, in whatever order its parts were given.
  const { contact, ticket } = mappingShape.parse(mapping)
  const file = { connector, version: 1, contact, ticket }
  if (format === 'json') return `${JSON.stringify(file, null, 2)}\n`
  return dump(file, { lineWidth: 120, noRefs: true })
}

export type ReadFile =
  | { kind: 'mapping'; connector: string; mapping: WrittenMapping }
  | { kind: 'broken'; problems: string }

/** `broken`: what is wrong with it, with the line where its grammar is, or the place where its content is. */
export function readMapping(text: string, format: FileFormat): ReadFile {
  if (text.length > LONGEST_FILE) return { kind: 'broken', problems: `longer than ${LONGEST_FILE} characters` }
  let content: unknown
  try {
    content = format === 'json' ? JSON.parse(text) : load(text)
  } catch (error) {
    // Both parsers say in their message what is wrong, and where.
    return { kind: 'broken', problems: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
  const { data, error } = mappingFile.safeParse(content)
  if (!data) {
    const problems = error.issues.slice(0, 10).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
    return { kind: 'broken', problems: problems.join('; ') }
  }
  const { connector, contact, ticket } = data
  return { kind: 'mapping', connector, mapping: { contact, ticket } }
}
