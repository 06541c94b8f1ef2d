import type { CrmRecord, Store } from './state.ts'

const DEFAULTS: Record<Store['type'], string[]> = {
  contacts: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
  tickets: [
    'content',
    'createdate',
    'hs_lastmodifieddate',
    'hs_object_id',
    'hs_pipeline',
    'hs_pipeline_stage',
    'hs_ticket_category',
    'hs_ticket_priority',
    'subject',
  ],
  communications: ['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id'],
}

/** After a write HubSpot shows what is set; a read shows what was asked for, null where there is nothing. */
export function recordView(store: Store, record: CrmRecord, wanted?: string[] | 'default') {
  return {
    id: record.id,
    properties: wanted === undefined ? record.properties : pick(store, record, wanted),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    archived: record.archived,
    ...(record.archivedAt ? { archivedAt: record.archivedAt } : {}),
  }
}

/** Names that the object does not have are passed over, as HubSpot does on reads. */
function pick(store: Store, record: CrmRecord, wanted: string[] | 'default'): Record<string, string | null> {
  const always =
    store.type === 'contacts'
      ? ['createdate', 'hs_object_id', 'lastmodifieddate']
      : ['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id']
  const names = wanted === 'default' ? DEFAULTS[store.type] : [...new Set([...wanted, ...always])]
  const shown: Record<string, string | null> = {}
  for (const name of names) if (store.properties.has(name)) shown[name] = record.properties[name] || null
  return shown
}
