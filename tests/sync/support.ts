/** What the tests of sync say and look at. */
import { DEMO } from '../../src/node/demo.ts'
import type { TestHub } from '../support/hub.ts'

export const ana = { from: '5215512345678', name: 'Ana Torres' }

export async function say(t: TestHub, text: string, person = ana) {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ ...person, text }] })
  await t.pass(2)
}

export const remote = (t: TestHub, type: string) => t.sandbox.hubspot.objects(DEMO.portalId, type).results

/** What the timeline of HubSpot holds, by its text. */
export const told = (t: TestHub) =>
  remote(t, 'communications').map(record => record.properties.hs_communication_body?.split('<br>')[1])

export type Letter = { id: string; kind: string; place: string; cause: string; replayedAt: string | null }

export async function openLetters(t: TestHub): Promise<Letter[]> {
  return (await t.api<{ items: Letter[] }>('GET', '/dead-letters?replayed=false')).body.items
}

export const waiting = (t: TestHub) => t.database.owner<{ kind: string; attempts: number; lastFailure: unknown }[]>`
  select kind, attempts, last_failure from outbox`

export const calls = (t: TestHub) => t.sandbox.calls.report('hubspot').total

export async function edit(t: TestHub, type: 'contacts' | 'tickets', properties: Record<string, string>) {
  t.sandbox.hubspot.edit(DEMO.portalId, type, remote(t, type)[0]?.id ?? '', { properties })
  await t.pass(2)
}

/** Calls that change something there: the feed of changes is read each minute. */
export function writes(t: TestHub, vendor: 'hubspot' | 'zendesk' = 'hubspot'): number {
  const { counts } = t.sandbox.calls.report(vendor)
  return Object.entries(counts)
    .filter(([call]) => !call.startsWith('GET') && !/batch\/read|search/.test(call))
    .reduce((sum, [, count]) => sum + count, 0)
}
