/**
 * `npm run inngest:sync [-- <address>]`: registers the functions at the Inngest server that the service is configured
 * for. The service is that of APP_URL, or of the address given, with INNGEST_SIGNING_KEY of this machine.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { SERVE_PATH } from '../src/functions/index.ts'
import { type Registration, register } from '../src/functions/register.ts'

const file = path.join(import.meta.dirname, '..', '.env')
if (existsSync(file)) process.loadEnvFile(file)

const signingKey = process.env.INNGEST_SIGNING_KEY
const service = process.argv[2] ?? process.env.APP_URL
if (!signingKey || !service || !URL.canParse(service)) {
  fail([
    ...(signingKey ? [] : ['INNGEST_SIGNING_KEY is missing: the key that the service and the Inngest server share.']),
    ...(service && URL.canParse(service)
      ? []
      : ['APP_URL is missing: the public address of the service. Or: npm run inngest:sync -- https://…']),
    ...(signingKey ? [] : ['Without it the embedded engine runs the functions, and there is nothing to sync.']),
  ])
} else {
  const url = new URL(SERVE_PATH, service).href
  show(url, await register(url, signingKey))
}

function show(url: string, result: Registration) {
  switch (result.kind) {
    case 'registered':
      process.stdout.write(
        [
          `Registered ${result.functions.length} functions at ${result.url}${result.modified ? '' : ' (nothing had changed)'}`,
          ...result.functions.map(fn => `  ${fn.id.padEnd(26)} ${fn.triggers.join(', ')}`),
          ...(result.url === url
            ? []
            : [`The Inngest server calls ${result.url}, the APP_URL of the service, not ${url}.`]),
          '',
        ].join('\n'),
      )
      return
    case 'unreachable':
      return fail([`${url} cannot be reached: ${result.why}.`])
    case 'refused':
      return fail([
        `${url} answered 401: it has another INNGEST_SIGNING_KEY than this machine, or runs the functions by itself`,
        '(the embedded engine), or the clocks differ by more than five minutes.',
      ])
    case 'no handler':
      return fail([
        `${url} answered ${result.status}, and not as Buzón does. Is it the right address?`,
        ...(result.text ? [result.text.slice(0, 500)] : []),
      ])
    case 'not accepted':
      return fail([
        `The service at ${url} is well, but registering at its Inngest server failed: ${result.why}.`,
        'Does INNGEST_BASE_URL lead from the service to the server, and has the server the same signing key?',
      ])
  }
}

function fail(lines: string[]) {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exitCode = 1
}
