/**
 * `npm run webhooks:record -- --out bodies.jsonl [--field history] [--number <phone number id>] [--last 100]`: the latest
 * WhatsApp bodies of the ledger, without the people in them, as lines of JSON to be replayed.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { openDatabase } from '../../src/node/open-database.ts'
import { withDatabase } from '../database.ts'
import { createMask } from './mask.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    field: { type: 'string' },
    number: { type: 'string' },
    last: { type: 'string', default: '100' },
  },
})
const { out, field, number, last } = values
if (!out || !(Number(last) > 0)) {
  process.stderr.write(
    'Say: npm run webhooks:record -- --out bodies.jsonl [--field messages] [--number <phone number id>] [--last 100]\n',
  )
  process.exit(1)
}

const webhook = z.looseObject({
  entry: z.array(z.looseObject({ changes: z.array(z.looseObject({ field: z.string().optional() })).default([]) })),
})

await withDatabase(async url => {
  const sql = openDatabase(url, { asOwner: true, max: 1 })
  const mask = createMask(randomBytes(32).toString('hex'))
  const lines: string[] = []
  const latest = sql<{ body: string; receivedAt: Date }[]>`
    select body, received_at from deliveries
    where source like 'whatsapp:%' and position(${field ?? ''} in body) > 0 and position(${number ?? ''} in body) > 0
    order by received_at desc, id desc`
  for await (const rows of latest.cursor(50)) {
    for (const { body, receivedAt } of rows) {
      const given = parseJson(body)
      const parsed = webhook.safeParse(given).data
      const fields = parsed?.entry.flatMap(entry => entry.changes.map(change => change.field)) ?? []
      if (!parsed || (field && !fields.includes(field)) || lines.length >= Number(last)) continue
      lines.unshift(`${JSON.stringify({ receivedAt, body: mask(given) })}\n`)
    }
    if (lines.length >= Number(last)) break
  }
  await sql.end()
  writeFileSync(out, lines.join(''))
  process.stdout.write(`${lines.length} bodies, masked, are in ${out}.\n`)
})

/** A body that is no JSON proves nothing here, and may hold anything. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
