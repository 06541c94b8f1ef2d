import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { mountAccounts } from './account-routes.ts'
import { isUsable, maySee, tokenOf } from './accounts.ts'
import { type GraphError, graphError, invalidParameter, invalidToken, unknownObject } from './errors.ts'
import { mountFiles, refuseFile } from './file-routes.ts'
import { acceptGroupMessage } from './groups.ts'
import { readSchema, sendSchema } from './schema.ts'
import { acceptMessage, markRead } from './send.ts'
import type { Phone } from './state.ts'
import { mountTemplates } from './template-routes.ts'

/** The Cloud API, as far as the hub uses it. */
export function mountWhatsApp(app: Hono<SandboxEnv>, runtime: Runtime) {
  const { world, clock } = runtime
  mountTemplates(app, runtime)
  mountFiles(app, runtime)
  mountAccounts(app, runtime)

  app.post('/whatsapp/:version{v\\d+\\.0}/:id/messages', async c => {
    const phone = phoneFor(c, c.req.param('id'))
    if (!isPhone(phone)) return refuse(c, phone)
    const body: unknown = await c.req.json().catch(() => undefined)
    if (typeof body === 'object' && body !== null && 'status' in body) return read(c, phone, body)
    const parsed = sendSchema.safeParse(body)
    if (!parsed.success) return refuse(c, refusalOf(parsed.error.issues))
    const noFile = refuseFile(runtime, phone, parsed.data)
    if (noFile) return refuse(c, noFile)
    const isGroup = parsed.data.recipient_type === 'group'
    const answer = isGroup
      ? acceptGroupMessage(runtime, phone, parsed.data)
      : acceptMessage(runtime, phone, parsed.data)
    return 'body' in answer ? refuse(c, answer) : c.json(answer)
  })

  function phoneFor(c: Context, id: string): Phone | GraphError {
    const token = tokenOf(world.whatsapp, bearer(c))
    if (!isUsable(token, clock.now())) return invalidToken()
    const phone = world.whatsapp.phones.get(id)
    if (!phone || !maySee(token, phone.wabaId)) return unknownObject(id)
    if (!phone.registered) {
      return graphError(400, 133010, '(#133010) Account not registered', {
        details: 'Account does not exist in Cloud API',
      })
    }
    return phone
  }

  async function read(c: Context, phone: Phone, body: object) {
    const parsed = readSchema.safeParse(body)
    if (!parsed.success) return refuse(c, refusalOf(parsed.error.issues))
    const done = markRead(runtime, phone, parsed.data.message_id, parsed.data.typing_indicator !== undefined)
    return done ? c.json({ success: true }) : refuse(c, invalidParameter('Message id is not a received message.'))
  }
}

function bearer(c: Context): string | undefined {
  return /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

function isPhone(value: Phone | GraphError): value is Phone {
  return 'phoneNumberId' in value
}

function refuse(c: Context, error: GraphError) {
  return c.json(error.body, error.status)
}

function refusalOf(issues: readonly { path: PropertyKey[]; message: string; code?: string }[]): GraphError {
  const [first] = issues
  const name = first?.path.map(String).join('.') || 'body'
  if (first?.code === 'invalid_type' && first.message.endsWith('received undefined')) {
    return graphError(400, 131008, '(#131008) Required parameter is missing', {
      details: `Parameter ${name} is required`,
    })
  }
  if (first?.code === 'invalid_union' && name === 'type') {
    return graphError(400, 100, '(#100) Param type must be one of the supported message types')
  }
  return graphError(400, 100, `(#100) Invalid parameter`, {
    details: `Param ${name}: ${first?.message ?? 'is not valid'}`,
  })
}
