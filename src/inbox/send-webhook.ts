import { GIVE_UP_HOURS, nextTry, signWebhook } from '../core/webhook.ts'
import { writeAudit } from '../db/audit.ts'
import type { Db } from '../db/client.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type ClaimedDelivery, claimDelivery, noteEndpoint, settleDelivery } from '../db/webhooks.ts'
import { newId } from './new-id.ts'
import { notifyAdmins } from './notify.ts'

export type SendWebhookContext = { db: Db; workspaceId: string; now: Date; fetch: typeof fetch; sealing: Sealing }

/** How long an endpoint may take to answer; ms. */
const DEADLINE_MS = 15_000
/** After this a claim is somebody else's: the one who had it is gone. ms */
const IN_HAND_MS = 60_000
/** Of an answer that is kept. */
const ANSWER_CHARACTERS = 500

/** Sends one delivery that is due, and writes what became of it. Redirects are not followed: any answer but 2xx is a failure. */
export async function sendWebhook(ctx: SendWebhookContext, deliveryId: string): Promise<void> {
  const { now } = ctx
  const until = new Date(now.getTime() + IN_HAND_MS)
  const delivery = await inWorkspace(ctx.db, ctx.workspaceId, tx => claimDelivery(tx, deliveryId, now, until))
  if (!delivery) return
  const answer = delivery.endpointState === 'active' ? await post(ctx, delivery) : ended(delivery.endpointState)
  const arrived = answer.status !== null && answer.status >= 200 && answer.status < 300
  const nextAt = arrived || delivery.endpointState !== 'active' ? null : nextTry(delivery.attempts, now)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const giveUpBefore = new Date(now.getTime() - GIVE_UP_HOURS * 3_600_000)
    await settleDelivery(tx, delivery.id, {
      ...{ state: arrived ? 'delivered' : nextAt ? 'pending' : 'failed', nextAt },
      ...{ lastStatus: answer.status, lastAnswer: answer.text, deliveredAt: arrived ? now : null },
    })
    const isGivenUp =
      delivery.endpointState === 'active' && (await noteEndpoint(tx, delivery.endpointId, arrived, now, giveUpBefore))
    if (!isGivenUp) return
    const { endpointId, url } = delivery
    await writeAudit(tx, { ...ctx, actor: { kind: 'system' } }, newId(), {
      ...{ action: 'webhook endpoint given up', subjectKind: 'webhook endpoint', subjectId: endpointId },
      ...{ before: { state: 'active' }, after: { state: 'failing' } },
    })
    const key = `${endpointId} ${+now}`
    await notifyAdmins(tx, ctx, { kind: 'webhook given up', key, name: new URL(url).host, reason: answer.text })
  })
}

type Answer = { status: number | null; text: string }

async function post(ctx: SendWebhookContext, { id, payload, secret, url }: ClaimedDelivery): Promise<Answer> {
  const body = JSON.stringify(payload)
  const signed = await signWebhook(String(await ctx.sealing.open(secret)), id, ctx.now, body)
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'Buzon-Webhooks', ...signed }
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const answer = await ctx.fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal })
    return { status: answer.status, text: await beginning(answer) }
  } catch (error) {
    return { status: null, text: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
  }
}

/** The first chunk says enough; whoever answers without end is not listened to. */
async function beginning(answer: Response): Promise<string> {
  const reader = answer.body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return new TextDecoder().decode(first?.value).replaceAll('\u0000', '').slice(0, ANSWER_CHARACTERS)
}

function ended(state: string): Answer {
  return { status: null, text: `The endpoint is ${state}` }
}
