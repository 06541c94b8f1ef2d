import { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import type { PushItem, PushResult } from '../contract.ts'
import { failed, stored } from './batch.ts'
import { request } from './client.ts'
import type { HubSpotContext } from './settings.ts'

/** Tells HubSpot's inbox what became of the messages its agents wrote; one call each, for there is no batch of them. */
export async function pushChannelStatuses(ctx: HubSpotContext, items: PushItem[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  let stop: Failure | undefined
  for (const item of items) {
    const result: PushResult = stop ? failed(item, stop) : await pushStatus(ctx, item)
    if (result.kind === 'failed' && wouldMeetTheRest(result.failure)) stop = result.failure
    results.push(result)
  }
  return results
}

async function pushStatus(ctx: HubSpotContext, item: PushItem): Promise<PushResult> {
  const { remoteId, values, changed } = item
  const channelId = ctx.settings.channel?.channelId
  if (remoteId === null) return refuse(item, 'A message of the HubSpot inbox is pushed by its id there, and has none')
  if (values.status == null || changed.length === 0) return stored(item, { id: remoteId, updatedAt: null })
  if (!channelId) return refuse(item, 'This connection has no custom channel')
  const answer = await request(ctx, {
    method: 'PATCH',
    path: `/conversations/custom-channels/${ctx.settings.apiVersion}/${channelId}/messages/${encodeURIComponent(remoteId)}`,
    purpose: 'update',
    body: { statusType: values.status, ...(values.errorMessage ? { errorMessage: values.errorMessage } : {}) },
    schema: z.object({ updatedAt: z.string().nullish() }),
  })
  if (answer.kind === 'refused') return failed(item, answer.failure)
  return stored(item, { id: remoteId, updatedAt: answer.value.updatedAt })
}

function refuse(item: PushItem, message: string): PushResult {
  return failed(item, { kind: 'rejected', message })
}

function wouldMeetTheRest({ kind }: Failure): boolean {
  return kind === 'unauthorized' || kind === 'retry after'
}
