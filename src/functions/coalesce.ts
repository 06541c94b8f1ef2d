/** Many wake-ups for one thing are one: a burst of messages tells a connection's flush a few times a second, not each time. */
import type { DomainEvent, Emit } from '../core/events.ts'

/** How long a wake-up may be held back; ms. */
const HOLD_MS = 200

export type Coalesced = { emit: Emit /** Sends what is held back. */; flush(): Promise<void> }

/** Lost with the process, held events are found again by the recover functions. */
export function coalesce(send: Emit, holdMs: number = HOLD_MS): Coalesced {
  const held = new Map<string, DomainEvent>()
  let timer: ReturnType<typeof setTimeout> | null = null

  async function flush() {
    if (timer) clearTimeout(timer)
    timer = null
    const events = [...held.values()]
    held.clear()
    if (events.length > 0) await send(events)
  }

  return {
    flush,
    async emit(events) {
      const urgent = events.filter(isUrgent)
      for (const event of events) if (!isUrgent(event)) held.set(JSON.stringify(event), event)
      if (held.size > 0) timer ??= setTimeout(() => void flush(), holdMs)
      if (urgent.length > 0) await send(urgent)
    },
  }
}

/** A person waits for a message to leave. */
function isUrgent(event: DomainEvent): boolean {
  return event.name === 'inbox/message.queued'
}
