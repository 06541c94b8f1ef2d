import { z } from 'zod'
import type { EraseResult } from '../contract.ts'
import { request } from './client.ts'
import type { HubSpotContext } from './settings.ts'

/**
 * Deletes a contact for good, with all that hangs on it: nobody can restore it, and HubSpot lets nobody make it anew by
 * import. One that is not there is erased. https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/gdpr
 */
export async function eraseContact(ctx: HubSpotContext, remoteId: string): Promise<EraseResult> {
  const answer = await request(ctx, {
    method: 'POST',
    path: `/crm/objects/${ctx.settings.apiVersion}/contacts/gdpr-delete`,
    purpose: 'update',
    body: { objectId: remoteId },
    schema: z.unknown(),
  })
  if (answer.kind === 'answered' || answer.failure.kind === 'gone') return { kind: 'erased' }
  return { kind: 'failed', failure: answer.failure }
}
