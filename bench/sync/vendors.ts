/** The simulated vendors, in a process of their own: what they cost is not ours. */
import { DEMO, openSandbox } from '../../src/node/demo.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { answer } from '../ingest/calls.ts'

export type Person = { from: string; name: string; text: string }
export type VendorQuestion =
  | { kind: 'listen' }
  /** Tells them where the service is. */
  | { kind: 'open'; appUrl: string }
  | {
      kind: 'configure'
      portal: { webhookUrl?: string; rateLimit?: false | { max: number; intervalMs: number; daily: number } }
    }
  | { kind: 'say'; messages: Person[] }
  | { kind: 'calls' }
  | { kind: 'count'; type: string }

export type Calls = { total: number; writes: number; refused: number }

const sandbox = createSandbox()

answer(async (question: VendorQuestion): Promise<unknown> => {
  switch (question.kind) {
    case 'listen':
      return (await sandbox.listen(0)).url
    case 'open':
      return openSandbox(sandbox, question.appUrl)
    case 'configure':
      return sandbox.hubspot.configure(DEMO.portalId, question.portal)
    case 'say':
      return sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: question.messages })
    case 'calls': {
      const { total, counts, calls } = sandbox.calls.report('hubspot')
      const isWrite = (call: string) => !call.startsWith('GET') && !/batch\/read|search/.test(call)
      const writes = Object.entries(counts).reduce((sum, [call, count]) => sum + (isWrite(call) ? count : 0), 0)
      return { total, writes, refused: calls.filter(call => call.status === 429).length } satisfies Calls
    }
    case 'count':
      return sandbox.hubspot.objects(DEMO.portalId, question.type).results.length
  }
})
