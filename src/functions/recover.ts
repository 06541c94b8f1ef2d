/**
 * Every obligation is a row before it is a job: each minute these look for rows that no job took up, after a crash, a
 * lost event or a long wait.
 */
import type { Inngest } from 'inngest'
import { type DomainEvent, mediaDue } from '../core/events.ts'
import { pendingDeliveries } from '../db/deliveries.ts'
import { dueMedia } from '../db/media.ts'
import { dirtyConnections, unreadConnections, unsentConversations } from '../db/sweeps.ts'
import { noteFailure, processDeliveries } from '../inbox/process-deliveries.ts'
import type { Services } from '../sync/context.ts'

/** Younger rows are still in the hands of whoever stored them; ms. */
const IN_HAND_MS = 30_000

/** Deliveries of a batch. */
const BATCH = 100

/** Files of a look: an import of a number's history brings thousands. */
const FILES = 200

export function recoverFunctions(inngest: Inngest, services: () => Services) {
  const everyMinute = (id: string) => ({ id, triggers: [{ cron: '* * * * *' }], concurrency: 1, retries: 1 as const })
  return [
    inngest.createFunction(everyMinute('recover-deliveries'), ({ step }) =>
      step.run('recover', () => recoverDeliveries(services(), IN_HAND_MS)),
    ),
    inngest.createFunction(everyMinute('recover-outbox'), ({ step }) =>
      step.run('recover', () => recoverOutbox(services())),
    ),
    inngest.createFunction(everyMinute('recover-changes'), ({ step }) =>
      step.run('recover', () => recoverChanges(services(), IN_HAND_MS)),
    ),
    inngest.createFunction(everyMinute('recover-sends'), ({ step }) =>
      step.run('recover', () => recoverSends(services(), IN_HAND_MS)),
    ),
    inngest.createFunction(everyMinute('recover-media'), ({ step }) =>
      step.run('recover', () => recoverMedia(services(), IN_HAND_MS)),
    ),
  ]
}

/** At the start of a process nobody else has them in hand: everything is taken up at once. */
export async function recoverAll(services: Services): Promise<void> {
  await recoverDeliveries(services, 0)
  await recoverOutbox(services)
  await recoverChanges(services, 0)
  await recoverSends(services, 0)
  await recoverMedia(services, 0)
}

async function recoverDeliveries(services: Services, inHandMs: number): Promise<number> {
  const { db, emit, now } = services
  for (let count = 0; ; ) {
    const batch = [...(await pendingDeliveries(db, before(services, inHandMs), BATCH))]
    if (batch.length === 0) return count
    try {
      await processDeliveries({ db, emit, now: now() }, batch)
    } catch (error) {
      await noteFailure(db, batch, error)
      throw error
    }
    count += batch.length
  }
}

async function recoverOutbox({ db, emit, now }: Services): Promise<number> {
  const rows = await dirtyConnections(db, now())
  return send(
    emit,
    rows.map(data => ({ name: 'sync/outbox.dirty', data })),
  )
}

async function recoverChanges(services: Services, inHandMs: number): Promise<number> {
  const rows = await unreadConnections(services.db, before(services, inHandMs))
  return send(
    services.emit,
    rows.map(data => ({ name: 'sync/delivery.received', data })),
  )
}

async function recoverSends(services: Services, inHandMs: number): Promise<number> {
  const rows = await unsentConversations(services.db, before(services, inHandMs))
  return send(
    services.emit,
    rows.map(data => ({ name: 'inbox/message.queued', data })),
  )
}

async function recoverMedia(services: Services, inHandMs: number): Promise<number> {
  const rows = await dueMedia(services.db, before(services, inHandMs), FILES)
  return send(services.emit, rows.map(mediaDue))
}

async function send(emit: Services['emit'], events: DomainEvent[]): Promise<number> {
  if (events.length > 0) await emit(events)
  return events.length
}

function before({ now }: Services, ms: number): Date {
  return new Date(now().getTime() - ms)
}
