/** `npm run zendesk:app -- https://buzon.example.com <connection id>`: the sidebar's archive, for Zendesk's Admin Center. */
import { writeFileSync } from 'node:fs'
import { packageApp } from './zendesk/app.ts'

const [appUrl, connectionId, file = 'zendesk-app.zip'] = process.argv.slice(2)
if (!appUrl || !connectionId) {
  console.error('Usage: npm run zendesk:app -- <address of the service> <connection id> [file]')
  process.exit(1)
}
writeFileSync(file, packageApp(appUrl, connectionId))
console.log(`${file} is checked and written: upload it as a private app in Zendesk's Admin Center`)
