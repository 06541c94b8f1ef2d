/** What is around the page: which CRM holds it, which record it is of, and when that one has changed. */

export type RemoteRecord = { objectType: string; objectId: string }
export type Frame = {
  connector: string
  /** What the page's requests carry: who looks, sealed by the hub, for a working day. */
  session: string
  record(): Promise<RemoteRecord>
  /** `act` is called whenever the CRM shows the record anew; gives what ends that. */
  onShown(act: () => void): () => void
}

/** Zendesk's own library, which its page loads: https://developer.zendesk.com/api-reference/apps/apps-core-api/core_api/ */
type ZendeskClient = {
  get(path: string): Promise<Record<string, unknown>>
  invoke(name: string, value: unknown): Promise<unknown>
  on(event: string, act: () => void): void
  off(event: string, act: () => void): void
}

/** As the hub wrote the page. */
export function openFrame(): Frame {
  const read = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? ''
  const page = { connector: read('connector'), session: read('session') }
  const objectId = read('object-id')
  const zendesk = (window as { ZAFClient?: { init(): ZendeskClient } }).ZAFClient
  if (objectId || !zendesk) {
    const record = { objectType: read('object-type'), objectId }
    return { ...page, record: async () => record, onShown: () => () => {} }
  }
  const client = zendesk.init()
  const events = ['ticket.conversation.changed', 'app.activated']
  void client.invoke('resize', { width: '100%', height: '560px' })
  return {
    ...page,
    async record() {
      const { 'ticket.id': ticketId } = await client.get('ticket.id')
      return { objectType: 'ticket', objectId: String(ticketId) }
    },
    onShown(act) {
      for (const event of events) client.on(event, act)
      return () => {
        for (const event of events) client.off(event, act)
      }
    },
  }
}
