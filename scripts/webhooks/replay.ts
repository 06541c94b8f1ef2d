/**
 * `npm run webhooks:replay -- bodies.jsonl [--to http://127.0.0.1:8787/hooks/whatsapp] [--number <phone number id>]`: posts
 * recorded bodies in their order, signed with the app secret of the environment, or the sandbox's where there is none.
 * `--number` makes them speak of that number, as its recorded one is masked.
 */
import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { readConfig } from '../../src/config.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string' }, number: { type: 'string' } },
})
const [file] = positionals
if (!file) {
  process.stderr.write('Say: npm run webhooks:replay -- bodies.jsonl [--to URL] [--number <phone number id>]\n')
  process.exit(1)
}
if (existsSync('.env')) process.loadEnvFile('.env')
const { whatsapp, appUrl } = readConfig(process.env)
const to = values.to ?? `${appUrl}/hooks/whatsapp`
const line = z.object({ body: z.looseObject({}) })

const answers = new Map<number, number>()
for (const text of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
  const body = JSON.stringify(line.parse(JSON.parse(text)).body, (key, value: unknown) =>
    key === 'phone_number_id' && values.number ? values.number : value,
  )
  const signature = createHmac('sha256', whatsapp.appSecrets[0] ?? '')
    .update(body)
    .digest('hex')
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }
  const { status } = await fetch(to, { method: 'POST', headers, body })
  answers.set(status, (answers.get(status) ?? 0) + 1)
}
for (const [status, count] of answers) process.stdout.write(`${count} answered ${status}\n`)
if ([...answers.keys()].some(status => status !== 200)) process.exit(1)
