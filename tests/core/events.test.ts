import { describe, expect, it } from 'vitest'
import { type EventName, events } from '../../src/core/events.ts'

const workspaceId = '0192f3a0-7c00-7000-8000-000000000001'
const id = '0192f3a0-7c00-7000-8000-000000000002'

const valid: Record<EventName, object> = {
  'sync/outbox.dirty': { workspaceId, connectionId: id },
  'sync/delivery.received': { workspaceId, connectionId: id },
  'sync/backfill.due': { workspaceId, backfillId: id },
  'sync/reconciliation.due': { workspaceId, reconciliationId: id },
  'sync/feed.due': { workspaceId, connectionId: id },
  'sync/fields.due': { workspaceId, connectionId: id },
  'inbox/message.queued': { workspaceId, conversationId: id },
  'inbox/templates.stale': { workspaceId, channelId: id },
  'inbox/check.due': { workspaceId, channelId: id },
  'inbox/media.due': { workspaceId, mediaId: id, laneId: id },
  'inbox/capacity.freed': { workspaceId },
  'inbox/sla.changed': { workspaceId },
  'inbox/changes.made': { workspaceId },
  'inbox/webhooks.due': { workspaceId },
}

it('says what happened, in the module where it happened', () => {
  for (const name of Object.keys(events)) expect(name).toMatch(/^(inbox|sync)\/[a-z]+\.[a-z]+$/)
})

describe.each(Object.keys(events) as EventName[])('%s', name => {
  it('carries its ids', () => {
    expect(events[name].parse(valid[name])).toEqual(valid[name])
  })

  it.each(Object.keys(valid[name]))('is refused without a valid %s', key => {
    expect(events[name].safeParse({ ...valid[name], [key]: undefined }).success).toBe(false)
    expect(events[name].safeParse({ ...valid[name], [key]: '7' }).success).toBe(false)
  })

  it('carries nothing else', () => {
    expect(events[name].parse({ ...valid[name], phone: '+525544332211' })).toEqual(valid[name])
    for (const value of Object.values(valid[name])) expect(value).toMatch(/^[0-9a-f-]{36}$/)
  })
})
