/** What can be heard as it happens, by connector. The library of its protocol is read when the first connection listens. */
import { wantsEvents } from '../connectors/salesforce/change-event.ts'
import type { EventSource } from './event-streams.ts'

export function eventSources(urls: { salesforce: string }): Record<string, EventSource> {
  let salesforce: Promise<EventSource> | undefined
  return {
    salesforce: {
      isWanted: wantsEvents,
      async listen(place) {
        salesforce ??= import('./salesforce-events.ts').then(module => module.salesforceEvents(urls.salesforce))
        return (await salesforce).listen(place)
      },
    },
  }
}
