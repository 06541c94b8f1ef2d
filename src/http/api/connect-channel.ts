/** Connecting a number: by a token, or by what Meta's sign-up window gave. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { explainCheck } from '../../core/channel-checks.ts'
import { explainObstacle, explainStep, type Step } from '../../core/channel-connection.ts'
import { AppError, type Language } from '../../core/errors.ts'
import { type ConnectContext, type Connected, connectChannel } from '../../inbox/connect-channel.ts'
import { connectEmbedded, isCoexistence, signupEvents } from '../../inbox/connect-embedded.ts'
import { listNumbers } from '../../inbox/whatsapp/onboarding.ts'
import { inboxContext } from '../auth.ts'
import { languageFor, problem } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { channelShape, showChecks } from './channel-shapes.ts'
import { appKey, channelName, phoneNumberId, showOne, token, wabaId } from './channels.ts'
import { jsonBody, route } from './shapes.ts'
import { refused } from './templates.ts'

const pin = z.string().regex(/^\d{6}$/, 'must be the six digits of two-step verification')
const common = {
  appKey: appKey.default('default'),
  wabaId,
  phoneNumberId: phoneNumberId.optional().openapi({ description: 'Absent: the account’s only number' }),
  pin: pin.optional().openapi({ description: 'Needed where the number is not registered with the Cloud API yet' }),
  override: z
    .boolean()
    .optional()
    .openapi({ description: 'The account’s webhooks come here, whatever the app’s own address is' }),
  name: channelName,
  import: z
    .object({ contacts: z.boolean().optional(), history: z.boolean().optional() })
    .optional()
    .openapi({ description: 'What the phone of a WhatsApp Business app number is asked for; once' }),
}
const tokenBody = z.object({ ...common, token })
const signupBody = z
  .object({
    ...common,
    code: z.string().trim().min(1, 'must be the code that the sign-up window returned'),
    event: z.enum(signupEvents),
    businessId: z.string().optional(),
  })
  .refine(({ event, pin: given }) => event !== 'FINISH' || given !== undefined, {
    path: ['pin'],
    message: 'must be six digits: the PIN that the new number is to have',
  })
  .refine(({ event, import: wanted }) => isCoexistence(event) || !(wanted?.contacts || wanted?.history), {
    path: ['import'],
    message: 'is of numbers that stay in the WhatsApp Business app only',
  })

const numberShape = z
  .object({
    ...{ phoneNumberId: z.string(), displayPhoneNumber: z.string().nullable(), verifiedName: z.string().nullable() },
    ...{ quality: z.string().nullable(), status: z.string().nullable(), platform: z.string().nullable() },
    onBusinessApp: z.boolean(),
    throughput: z.string().nullable(),
  })
  .openapi('ListedNumber')
const stepShape = z.object({ id: z.string(), outcome: z.string(), sentence: z.string() })
const connectedShape = z.object({ channel: channelShape, steps: z.array(stepShape) }).openapi('ConnectedChannel')

const routes = {
  numbers: route(
    ...([
      'channels.manage',
      'post',
      '/channels/numbers',
      'The numbers of a WhatsApp Business Account, to choose from',
    ] as const),
    jsonBody(z.object({ wabaId, token })),
    z.object({ items: z.array(numberShape) }),
  ),
  byToken: route(
    ...([
      'channels.manage',
      'post',
      '/channels/connect',
      'Connect a number by a token: checks, subscribes, registers, keeps',
    ] as const),
    jsonBody(tokenBody),
    connectedShape,
    201,
  ),
  bySignup: route(
    ...([
      'channels.manage',
      'post',
      '/channels/embedded-signup',
      'Connect a number by what Meta’s sign-up window gave',
    ] as const),
    jsonBody(signupBody),
    connectedShape,
    201,
  ),
}

export const connecting = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.numbers, async c => {
    const given = c.req.valid('json')
    const listed = await listNumbers(c.var.runtime.services.whatsapp, given.wabaId, given.token)
    if (listed.kind !== 'listed') throw refused(listed, languageFor(c))
    return c.json({ items: listed.numbers }, 200)
  })
  .openapi(routes.byToken, async c => {
    const connected = await connectChannel(contextOf(c.var), c.req.valid('json'))
    return stopped(c, connected) ?? c.json(await shown(c, connected), 201)
  })
  .openapi(routes.bySignup, async c => {
    const { businessId: _, ...signup } = c.req.valid('json')
    const connected = await connectEmbedded(contextOf(c.var), signup)
    return stopped(c, connected) ?? c.json(await shown(c, connected), 201)
  })

function contextOf({ runtime, caller }: HttpEnv['Variables']): ConnectContext {
  const { whatsapp, sealing, metaApp } = runtime.services
  return { ...inboxContext(runtime, caller), whatsapp, sealing, metaApp, appUrl: runtime.appUrl }
}

/** What stopped it as a problem, with the steps so far. The type is that of routes, which describe problems apart. */
function stopped(c: Context<HttpEnv>, connected: Connected): never | null {
  if (connected.kind === 'connected') return null
  const language = languageFor(c)
  const { cause } = connected
  const more = {
    steps: showSteps(connected.steps, language),
    ...(cause.kind === 'checks' ? { checks: showChecks(cause.checks, language) } : {}),
    ...(cause.kind === 'obstacle' && cause.numbers.length > 0 ? { numbers: cause.numbers } : {}),
  }
  return problem(c, errorOf(cause, language), undefined, more) as never
}

function errorOf(cause: Extract<Connected, { kind: 'stopped' }>['cause'], language: Language): AppError {
  switch (cause.kind) {
    case 'call':
      return refused(cause.failure, language)
    case 'obstacle':
      return new AppError('channel not connected', { reason: explainObstacle(cause.obstacle, language) })
    case 'checks': {
      const words = cause.checks
        .map(check => explainCheck(check, language))
        .map(({ seen, fix }) => `${seen} ${fix ?? ''}`)
      return new AppError('channel not connected', { reason: words.join(' ').trim().replace(/\.$/, '') })
    }
  }
}

async function shown(c: Context<HttpEnv>, connected: Connected) {
  if (connected.kind !== 'connected') throw new Error('It stopped')
  return { channel: await showOne(c, connected.channel), steps: showSteps(connected.steps, languageFor(c)) }
}

function showSteps(steps: Step[], language: Language) {
  return steps.map(step => ({ id: step.id, outcome: step.outcome, sentence: explainStep(step, language) }))
}
