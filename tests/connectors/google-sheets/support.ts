/** A spreadsheet that is set up, and what people do in it. */
import type { ObjectKind, PushItem } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { googleSheets } from '../../../src/connectors/google-sheets/index.ts'
import { googleSheetsSettings, type SheetsContext } from '../../../src/connectors/google-sheets/settings.ts'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { PLACE } from '../contract.ts'
import { CONNECTION, toItem } from '../records.ts'
import { credentials, EMAIL, peopleIn } from './harness.ts'

const TOKEN = 'ya29.test'

/** `before`: what happens just before a call leaves. */
export async function startSheet({ language = 'es' as const } = {}) {
  const sandbox = createSandbox()
  const listening = await sandbox.listen(0)
  sandbox.google.accounts({ email: EMAIL, token: TOKEN, refreshToken: '1//refresh' })
  sandbox.google.limits(false)
  let before: (url: string) => void = () => undefined
  const hooked: typeof fetch = (input, init) => {
    before(String(input))
    return fetch(input, init)
  }
  const fresh: SheetsContext = {
    fetch: createTransport({ fetch: hooked, deadlineMs: 2_000, clock: () => performance.now() }),
    baseUrl: `${listening.url}/google`,
    credentials: credentials(),
    settings: googleSheetsSettings.parse({ language }),
    now: new Date('2026-11-20T10:00:00.000Z'),
    connectionId: CONNECTION,
  }
  const ctx: SheetsContext = { ...fresh, settings: await googleSheets.setUp(fresh, PLACE) }
  return {
    ...{ sandbox, ctx, fresh, people: peopleIn(sandbox), url: listening.url },
    calls: () => sandbox.calls.report('google').total,
    beforeCall: (act: (url: string) => void) => {
      before = act
    },
    item(kind: ObjectKind, record: { id: string }, given: Partial<PushItem> = {}): PushItem {
      const ability = googleSheets[kind] as unknown as {
        toRemote(settings: unknown, record: unknown, id: string): never
      }
      return toItem(record.id, ability.toRemote(ctx.settings, record, CONNECTION), given)
    },
    close: listening.close,
  }
}
