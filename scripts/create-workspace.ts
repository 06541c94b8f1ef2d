/**
 * `npm run workspace:create -- --name "Mi tienda" --agent "Ana Ruiz <ana@example.com>"`: a workspace with its first team
 * and an API key, which is shown once.
 */
import { parseArgs } from 'node:util'
import { languages } from '../src/core/errors.ts'
import { hashKey } from '../src/http/auth.ts'
import { createWorkspace, newWorkspace } from '../src/inbox/create-workspace.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { withDatabase } from './database.ts'

const { values } = parseArgs({
  options: {
    name: { type: 'string' },
    language: { type: 'string', default: 'es' },
    'time-zone': { type: 'string', default: 'America/Mexico_City' },
    agent: { type: 'string', multiple: true, default: [] },
  },
})
const agents = values.agent.flatMap(text => {
  const [, name, email] = /^\s*(.+?)\s*<([^<>\s]+)>\s*$/.exec(text) ?? []
  return name && email ? [{ name, email }] : []
})
const language = languages.find(each => each === values.language)
if (!values.name || !language || agents.length === 0 || agents.length < values.agent.length) {
  process.stderr.write(
    `Say: npm run workspace:create -- --name "Mi tienda" --agent "Ana Ruiz <ana@example.com>" [--agent …]
       [--language ${languages.join('|')}] [--time-zone America/Mexico_City]\n`,
  )
  process.exit(1)
}

const office: [string, string][] = [['09:00', '18:00']]
const workspace = {
  ...{ name: values.name, language, agents },
  teams: [
    { name: { es: 'Atención', en: 'Support', pt: 'Atendimento' }[language], members: agents.map(each => each.email) },
  ],
  calendar: {
    timeZone: values['time-zone'],
    week: { 1: office, 2: office, 3: office, 4: office, 5: office },
    holidays: [],
  },
  policies: [{ name: 'General', priority: null, frtMinutes: 15, nrtMinutes: 60, ttrMinutes: 1440 }],
}
const key = `bz_${Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString('base64url')}`

const mistakes = newWorkspace.safeParse(workspace).error?.issues ?? []
if (mistakes.length > 0) {
  process.stderr.write(mistakes.map(({ path, message }) => `${path.join('.')}: ${message}\n`).join(''))
  process.exit(1)
}

await withDatabase(async url => {
  const db = openDatabase(url, { max: 1 })
  const id = await createWorkspace(db, workspace, await hashKey(key), new Date())
  await db.end()
  process.stdout.write(`Workspace ${values.name} (${id}) is ready.\nAPI key, shown this once: ${key}\n`)
})
