/** How numbers and their checks are shown. */
import { z } from '@hono/zod-openapi'
import { type Check, type CheckId, checkIds, checkStates, explainCheck } from '../../core/channel-checks.ts'
import type { Language } from '../../core/errors.ts'
import type { ChannelRow } from '../../db/channels.ts'
import type { ChannelHealthView } from '../../inbox/channel-health.ts'
import { webhookUrl } from '../../inbox/meta-app.ts'
import { instant, iso } from './shapes.ts'

export const checkShape = z
  .object({
    id: z.enum(checkIds as [CheckId, ...CheckId[]]),
    state: z.enum(checkStates),
    title: z.string(),
    seen: z.string(),
    fix: z.string().nullable().openapi({ description: 'What to do, where there is something to do' }),
    page: z.string().nullable().openapi({ description: 'The page of Meta’s where it is done' }),
  })
  .openapi('ChannelCheck')

const told = z.object({ value: z.string(), at: instant }).nullable()

export const channelShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phoneNumberId: z.string(),
    wabaId: z.string(),
    appKey: z.string(),
    displayPhoneNumber: z.string().nullable(),
    state: z.enum(['connected', 'unchecked', 'paused', 'reconnect', 'disconnected']),
    stateReason: z.string().nullable(),
    /** Messages a second that WhatsApp grants. */
    perSecond: z.number().int(),
    webhookUrl: z.string(),
    createdAt: instant,
    health: z.object({
      state: z.enum(checkStates),
      checkedAt: instant,
      /** What is not well, the cause first. */
      causes: z.array(checkShape),
      quality: told,
      messagingLimit: told,
      verifiedName: told,
    }),
  })
  .openapi('Channel')

export const checkupShape = z
  .object({ channelId: z.uuid(), state: z.enum(checkStates), checkedAt: instant, checks: z.array(checkShape) })
  .openapi('ChannelCheckup')

const nothingYet: ChannelHealthView = { state: 'unknown', checkedAt: null, checks: [], told: [] }

export function showChannel(
  row: ChannelRow,
  appUrl: string,
  language: Language,
  health: ChannelHealthView = nothingYet,
): z.infer<typeof channelShape> {
  const { id, name, phoneNumberId, wabaId, appKey, displayPhoneNumber, state, stateReason, perSecond } = row
  const toldOf = (key: string) => {
    const found = health.told.find(each => each.key === key)
    return found ? { value: found.value, at: iso(found.at) } : null
  }
  const shown = { id, name, phoneNumberId, wabaId, appKey, displayPhoneNumber, state, stateReason, perSecond }
  const causes = health.checks.filter(check => check.state === 'failed' || check.state === 'warning')
  return {
    ...{ ...shown, webhookUrl: webhookUrl(appUrl, appKey), createdAt: iso(row.createdAt) },
    health: {
      ...{ state: health.state, checkedAt: iso(health.checkedAt), causes: showChecks(causes, language) },
      quality: toldOf('quality'),
      messagingLimit: toldOf('messagingLimit'),
      verifiedName: toldOf('verifiedName'),
    },
  }
}

export function showChecks(checks: Check[], language: Language) {
  return checks.map(check => explainCheck(check, language))
}
