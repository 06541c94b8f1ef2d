/**
 * `npm run channel:doctor [-- <part of a name or number>]`: checks the numbers of this installation, with the service
 * running, and says what to mend, in the language of LANG. Ends with 1 where something failed.
 */
import { readConfig } from '../src/config.ts'
import { type CheckState, explainCheck, worstOf } from '../src/core/channel-checks.ts'
import type { Language } from '../src/core/errors.ts'
import { allChannels, channelById } from '../src/db/channels.ts'
import { createSealing } from '../src/db/sealing.ts'
import { inWorkspace } from '../src/db/tenancy.ts'
import { languageOf } from '../src/http/errors.ts'
import { checkChannel } from '../src/inbox/check-channel.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { withDatabase } from './database.ts'

const signs = { ok: '✓', warning: '!', failed: '✗', unknown: '?' } as const satisfies Record<CheckState, string>
const wanted = (process.argv[2] ?? '').toLowerCase()

await withDatabase(async url => {
  const language = languageOf(process.env.LC_ALL || process.env.LANG) ?? 'en'
  const config = readConfig(process.env)
  const { appUrl, whatsapp } = config
  const db = openDatabase(url, { max: 2 })
  const shared = { db, appUrl, fetch, sealing: createSealing(config.sealingKeys), metaApp: whatsapp }
  const api = { fetch, baseUrl: whatsapp.apiUrl, version: whatsapp.version }
  const found: CheckState[] = []
  for (const { workspaceId, channelId } of await allChannels(db)) {
    const channel = await inWorkspace(db, workspaceId, tx => channelById(tx, channelId))
    const name = [channel?.name, channel?.displayPhoneNumber, channel?.phoneNumberId].filter(Boolean).join(' · ')
    if (!name.toLowerCase().includes(wanted)) continue
    const { checks } = await checkChannel({ ...shared, whatsapp: api, workspaceId, now: new Date() }, channelId)
    found.push(worstOf(checks))
    process.stdout.write(`\n${name}\n${checks.map(check => lineOf(check, language)).join('')}`)
  }
  await db.end()
  if (found.length === 0) process.stdout.write('There is no such number.\n')
  if (found.includes('failed')) process.exitCode = 1
})

function lineOf(check: Parameters<typeof explainCheck>[0], language: Language): string {
  const { state, title, seen, fix, page } = explainCheck(check, language)
  const isWrong = state === 'failed' || state === 'warning'
  const more = isWrong ? [fix, page].filter(line => line !== null) : []
  return [`  ${signs[state]} ${title}: ${seen}`, ...more.map(line => `      → ${line}`)]
    .map(line => `${line}\n`)
    .join('')
}
