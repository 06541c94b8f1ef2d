import type { Courier } from '../courier.ts'
import { shuffled } from '../random.ts'
import { enterJournal } from './journal.ts'
import type { Scope } from './records.ts'
import { type CrmRecord, objectTypeOf, type Portal, type Store, type Subscription } from './state.ts'

/** Who wrote: an app by API, or a person in HubSpot. */
export type Source = { changeSource: 'INTEGRATION' | 'CRM_UI'; sourceId: string }

export type MergeFacts = { primaryId: string; mergedIds: string[]; newId: string | undefined; moved: number }

export type ChangeFeed = {
  created(scope: Scope, store: Store, record: CrmRecord, values: Record<string, string>): void
  updated(scope: Scope, store: Store, record: CrmRecord, changed: [string, string][]): void
  deleted(scope: Scope, store: Store, record: CrmRecord): void
  purged(scope: Scope, store: Store, record: CrmRecord): void
  restored(scope: Scope, store: Store, record: CrmRecord): void
  associated(scope: Scope, from: Store, record: CrmRecord, to: Store, other: CrmRecord, removed: boolean): void
  merged(scope: Scope, store: Store, facts: MergeFacts): void
}

type ChangeEvent = Record<string, unknown>

/** Events wait this long for others, and then go together. */
const GATHER_MS = 10
const MAX_EVENTS = 100

export function appSource(portal: Portal): Source {
  return { changeSource: 'INTEGRATION', sourceId: String(portal.appId) }
}

export function personSource(userId: number): Source {
  return { changeSource: 'CRM_UI', sourceId: `userId:${userId}` }
}

/** Turns writes into webhook events, also the writes of the app that listens. */
export function createChangeFeed(courier: Courier): ChangeFeed {
  const waiting = new Map<Portal, ChangeEvent[]>()

  function tell(scope: Scope, store: Store, objectId: string, type: string, facts: ChangeEvent, propertyName?: string) {
    const { portal } = scope
    if (!portal.webhookUrl) return
    const subscription = portal.subscriptions.find(entry => covers(entry, store, type, propertyName))
    if (!subscription) return
    push(portal, {
      eventId: portal.nextEventId++,
      subscriptionId: subscription.subscriptionId ?? 1,
      portalId: portal.portalId,
      appId: portal.appId,
      occurredAt: scope.clock.now(),
      subscriptionType: type,
      attemptNumber: 0,
      objectId: Number(objectId),
      objectTypeId: store.typeId,
      ...facts,
      ...scope.source,
    })
  }

  function push(portal: Portal, event: ChangeEvent) {
    const events = waiting.get(portal)
    if (events) {
      events.push(event)
      return
    }
    waiting.set(portal, [event])
    courier.later(GATHER_MS, () => {
      const ready = waiting.get(portal) ?? []
      waiting.delete(portal)
      post(portal, ready)
    })
  }

  function post(portal: Portal, events: ChangeEvent[]) {
    const { webhookUrl: url, clientSecret: secret, seed } = portal
    if (!url) return
    const ordered = portal.shuffle ? shuffled(events, seed) : events
    const bodies: string[] = []
    for (let start = 0; start < ordered.length; start += MAX_EVENTS) {
      const body = JSON.stringify(ordered.slice(start, start + MAX_EVENTS))
      for (let copy = 0; copy < portal.duplicates; copy++) bodies.push(body)
    }
    for (const body of portal.shuffle ? shuffled(bodies, seed + 1) : bodies) {
      courier.send({ vendor: 'hubspot', url, secret, body, countsAttempts: true })
    }
  }

  function properties(scope: Scope, store: Store, record: CrmRecord, changed: [string, string][]) {
    for (const [propertyName, propertyValue] of changed) {
      const facts = { propertyName, propertyValue, isSensitive: false }
      tell(scope, store, record.id, 'object.propertyChange', facts, propertyName)
    }
  }

  function note({ portal, clock }: Scope, store: Store, action: string, id: string, facts: ChangeEvent = {}) {
    enterJournal(portal, clock.now(), { action, objectTypeId: store.typeId, objectId: Number(id), ...facts })
  }

  return {
    created(scope, store, record, values) {
      note(scope, store, 'CREATE', record.id, { propertyChanges: values })
      tell(scope, store, record.id, 'object.creation', { changeFlag: 'CREATED' })
      properties(scope, store, record, Object.entries(values))
    },
    updated(scope, store, record, changed) {
      if (changed.length > 0) note(scope, store, 'UPDATE', record.id, { propertyChanges: Object.fromEntries(changed) })
      properties(scope, store, record, changed)
    },
    deleted(scope, store, record) {
      note(scope, store, 'DELETE', record.id)
      tell(scope, store, record.id, 'object.deletion', { changeFlag: 'DELETED' })
    },
    purged(scope, store, record) {
      note(scope, store, 'DELETE', record.id)
      tell(scope, store, record.id, 'object.privacyDeletion', { changeFlag: 'DELETED' })
    },
    restored(scope, store, record) {
      note(scope, store, 'RESTORE', record.id)
      tell(scope, store, record.id, 'object.restore', { changeFlag: 'RESTORED' })
    },
    associated(scope, from, record, to, other, removed) {
      const pair = {
        associationType: `${from.singular}_to_${to.singular}`.toUpperCase(),
        ...{ fromObjectId: Number(record.id), toObjectId: Number(other.id) },
        ...{ fromObjectTypeId: from.typeId, toObjectTypeId: to.typeId },
        ...{ associationRemoved: removed, isPrimaryAssociation: false },
      }
      note(scope, from, removed ? 'ASSOCIATION_REMOVED' : 'ASSOCIATION_ADDED', record.id, {
        ...{ associatedObjectId: Number(other.id), associatedObjectTypeId: to.typeId },
      })
      tell(scope, from, record.id, 'object.associationChange', pair)
    },
    merged(scope, store, { primaryId, mergedIds, newId, moved }) {
      note(scope, store, 'MERGE', newId ?? primaryId, {
        ...{ primaryObjectId: Number(primaryId), mergedObjectIds: mergedIds.map(Number) },
        newObjectId: Number(newId ?? primaryId),
      })
      tell(scope, store, newId ?? primaryId, 'object.merge', {
        changeFlag: 'MERGED',
        primaryObjectId: Number(primaryId),
        mergedObjectIds: mergedIds.map(Number),
        newObjectId: Number(newId ?? primaryId),
        numberOfPropertiesMoved: moved,
      })
    },
  }
}

function covers(entry: Subscription, store: Store, type: string, propertyName: string | undefined): boolean {
  if (entry.subscriptionType !== type) return false
  if (entry.objectType !== undefined && objectTypeOf(entry.objectType) !== store.type) return false
  return entry.propertyName === undefined || entry.propertyName === propertyName
}
