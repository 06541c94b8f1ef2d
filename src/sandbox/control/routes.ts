import type { Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Vendor, vendors } from '../calls.ts'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import type { SimulatedFile } from '../whatsapp/files.ts'
import type { Acts } from './acts.ts'
import { ControlError } from './error.ts'
import { loopbackOnly } from './loopback.ts'

/** The page redraws at most this often. */
const COALESCE_MS = 120
const PING_MS = 15_000

/** HTTP for the acts: one route each, bodies checked by the acts themselves. */
export function mountControl(app: Hono<SandboxEnv>, runtime: Runtime, acts: Acts, stop: () => AbortSignal) {
  app.use('/control/*', loopbackOnly)

  app.post('/control/whatsapp/phones', async c => answer(c, acts.whatsapp.phones, await bodyOf(c), 201))
  app.post('/control/whatsapp/apps', async c => answer(c, acts.whatsapp.apps, await bodyOf(c), 201))
  app.post('/control/whatsapp/tokens', async c => answer(c, acts.whatsapp.tokens, await bodyOf(c), 201))
  app.post('/control/whatsapp/accounts', async c => answer(c, acts.whatsapp.accounts, await bodyOf(c), 201))
  app.post('/control/whatsapp/people', async c => answer(c, acts.whatsapp.people, await bodyOf(c), 201))
  app.post('/control/whatsapp/inbound', async c => answer(c, acts.whatsapp.inbound, await bodyOf(c), 201))
  app.post('/control/whatsapp/files', async c => answer(c, acts.whatsapp.files, await bodyOf(c), 201))
  app.get('/control/whatsapp/files/:id', c => {
    const file = runtime.world.whatsapp.files.get(c.req.param('id'))
    return file ? showFile(c, file) : c.notFound()
  })
  app.post('/control/whatsapp/raw', async c => answer(c, acts.whatsapp.raw, await bodyOf(c), 201))
  app.post('/control/whatsapp/read', async c => answer(c, acts.whatsapp.read, await bodyOf(c)))
  app.post('/control/whatsapp/react', async c => answer(c, acts.whatsapp.react, await bodyOf(c), 201))

  app.post('/control/whatsapp/templates', async c => answer(c, acts.whatsapp.templates, await bodyOf(c), 201))
  app.post('/control/whatsapp/review', async c => answer(c, acts.whatsapp.review, await bodyOf(c)))
  app.post('/control/whatsapp/fail', async c => answer(c, acts.whatsapp.fail, await bodyOf(c), 201))
  app.post('/control/whatsapp/release', async c => answer(c, acts.whatsapp.release, await bodyOf(c)))

  const portal = '/control/hubspot/portals/:portal{\\d+}'
  app.post('/control/hubspot/portals', async c => answer(c, acts.hubspot.portals, await bodyOf(c), 201))
  app.patch(portal, async c => {
    const body = await bodyOf(c)
    return answer(c, input => acts.hubspot.configure(portalOf(c), input as object), body)
  })
  app.get(`${portal}/objects/:type`, c => answer(c, () => acts.hubspot.objects(portalOf(c), c.req.param('type')), {}))
  app.post(`${portal}/objects/:type`, async c => {
    const body = await bodyOf(c)
    return answer(c, input => acts.hubspot.create(portalOf(c), c.req.param('type'), input as never), body, 201)
  })
  app.patch(`${portal}/objects/:type/:id`, async c => {
    const body = await bodyOf(c)
    return answer(
      c,
      input => acts.hubspot.edit(portalOf(c), c.req.param('type'), c.req.param('id'), input as never),
      body,
    )
  })
  app.delete(`${portal}/objects/:type/:id`, c =>
    answer(c, () => acts.hubspot.archive(portalOf(c), c.req.param('type'), c.req.param('id')), {}),
  )
  app.post(`${portal}/reply`, async c => {
    const body = await bodyOf(c)
    return answer(c, input => acts.hubspot.reply(portalOf(c), input as never), body, 201)
  })
  app.post(`${portal}/objects/:type/:id/restore`, c =>
    answer(c, () => acts.hubspot.restore(portalOf(c), c.req.param('type'), c.req.param('id')), {}),
  )
  app.post(`${portal}/objects/contacts/:id/purge`, c =>
    answer(c, () => acts.hubspot.purge(portalOf(c), c.req.param('id')), {}),
  )
  app.post(`${portal}/associate`, async c => {
    const body = await bodyOf(c)
    return answer(c, input => acts.hubspot.associate(portalOf(c), input as never), body)
  })
  app.post(`${portal}/merge`, async c => {
    const body = await bodyOf(c)
    return answer(c, input => acts.hubspot.merge(portalOf(c), input as never), body)
  })

  app.post('/control/google/accounts', async c => answer(c, acts.google.accounts, await bodyOf(c), 201))
  app.post('/control/google/files', async c => answer(c, acts.google.files, await bodyOf(c), 201))
  const org = '/control/salesforce/orgs/:org'
  const inOrg = (c: Context) => c.req.param('org') ?? ''
  const { salesforce } = acts
  app.post('/control/salesforce/orgs', async c => answer(c, salesforce.orgs, await bodyOf(c), 201))
  app.patch(org, async c => answer(c, input => salesforce.configure(inOrg(c), input), await bodyOf(c)))
  app.get(`${org}/objects/:type`, c => answer(c, () => salesforce.records(inOrg(c), c.req.param('type')), {}))
  app.post(`${org}/objects/:type`, async c =>
    answer(c, input => salesforce.create(inOrg(c), c.req.param('type'), input), await bodyOf(c), 201),
  )
  app.patch(`${org}/objects/:type/:id`, async c =>
    answer(c, input => salesforce.edit(inOrg(c), c.req.param('type'), c.req.param('id'), input), await bodyOf(c)),
  )
  app.delete(`${org}/objects/:type/:id`, c =>
    answer(c, () => salesforce.remove(inOrg(c), c.req.param('type'), c.req.param('id')), {}),
  )
  app.post(`${org}/fields`, async c => answer(c, input => salesforce.addField(inOrg(c), input), await bodyOf(c), 201))
  app.post(`${org}/merge`, async c => answer(c, input => salesforce.merge(inOrg(c), input), await bodyOf(c)))
  app.post(`${org}/convert/:lead`, c => answer(c, () => salesforce.convert(inOrg(c), c.req.param('lead')), {}))
  app.post(`${org}/reply`, async c => answer(c, input => salesforce.reply(inOrg(c), input), await bodyOf(c), 201))

  const zendesk = '/control/zendesk/accounts/:account'
  const of = (c: Context) => c.req.param('account') ?? ''
  app.post('/control/zendesk/accounts', async c => answer(c, acts.zendesk.accounts, await bodyOf(c), 201))
  app.patch(zendesk, async c => answer(c, input => acts.zendesk.configure(of(c), input), await bodyOf(c)))
  app.get(zendesk, c => answer(c, () => acts.zendesk.view(of(c)), {}))
  app.patch(`${zendesk}/users/:id`, async c =>
    answer(c, input => acts.zendesk.editUser(of(c), c.req.param('id'), input), await bodyOf(c)),
  )
  app.patch(`${zendesk}/tickets/:id`, async c =>
    answer(c, input => acts.zendesk.editTicket(of(c), c.req.param('id'), input), await bodyOf(c)),
  )
  app.post(`${zendesk}/reply`, async c => answer(c, input => acts.zendesk.reply(of(c), input), await bodyOf(c), 201))
  app.post(`${zendesk}/merge`, async c => answer(c, input => acts.zendesk.mergeUsers(of(c), input), await bodyOf(c)))

  const spreadsheet = '/control/google/files/:id'
  app.get(spreadsheet, c => answer(c, () => acts.google.grid(c.req.param('id')), {}))
  for (const act of ['type', 'edit', 'share'] as const) {
    app.post(`${spreadsheet}/${act}`, async c => {
      const body = await bodyOf(c)
      return answer(c, input => acts.google[act](c.req.param('id') ?? '', input as never), body)
    })
  }

  app.post('/control/faults', async c => answer(c, acts.faults.add, await bodyOf(c), 201))
  app.get('/control/faults', c => c.json({ faults: acts.faults.list() }))
  app.delete('/control/faults', c => {
    acts.faults.clear()
    return c.body(null, 204)
  })
  app.get('/control/calls', c => c.json(acts.calls.report(vendorOf(c.req.query('vendor')))))
  app.delete('/control/calls', c => {
    acts.calls.clear()
    return c.body(null, 204)
  })
  app.get('/control/state', c => {
    const limit = Number(c.req.query('limit') ?? Number.NaN)
    return c.json(acts.state(Number.isNaN(limit) ? {} : { messages: limit, records: limit }))
  })
  app.get('/control/time', c => c.json({ now: runtime.clock.iso() }))
  app.post('/control/time', async c => answer(c, acts.time, await bodyOf(c)))
  app.post('/control/idle', async c => {
    await runtime.courier.idle()
    return c.json({ idle: true })
  })
  app.post('/control/reset', c => {
    acts.reset()
    return c.body(null, 204)
  })

  app.get('/control/events', c =>
    streamSSE(c, async stream => {
      let timer: NodeJS.Timeout | undefined
      const tell = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          void stream.writeSSE({ event: 'change', data: '{}' })
        }, COALESCE_MS)
      }
      const unsubscribe = runtime.bus.subscribe(tell)
      const ping = setInterval(() => void stream.writeSSE({ event: 'ping', data: '{}' }), PING_MS)
      await new Promise<void>(resolve => {
        stream.onAbort(resolve)
        stop().addEventListener('abort', () => resolve(), { once: true })
        void stream.writeSSE({ event: 'change', data: '{}' })
      })
      unsubscribe()
      clearTimeout(timer)
      clearInterval(ping)
    }),
  )
}

/** The acts check their input, so whatever came in may be handed on. */
function answer<T>(c: Context, act: (input: never) => T, input: unknown, status: 200 | 201 = 200) {
  try {
    return c.json(act(input as never) as object, status)
  } catch (error) {
    if (error instanceof ControlError) return c.json({ error: error.message }, error.status)
    throw error
  }
}

/** For the page: what is on a phone. Nothing of it runs. */
function showFile(c: Context, file: SimulatedFile) {
  const isShown = /^(image\/(png|jpeg|webp)|audio\/|video\/)/.test(file.mimeType)
  return c.body(Buffer.from(file.data ?? '', 'base64'), 200, {
    'content-type': isShown ? file.mimeType : 'application/octet-stream',
    'content-disposition': isShown ? 'inline' : 'attachment',
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
  })
}

async function bodyOf(c: Context): Promise<unknown> {
  return c.req.json().catch(() => undefined)
}

function portalOf(c: Context): number {
  return Number(c.req.param('portal'))
}

function vendorOf(name: string | undefined): Vendor | undefined {
  return vendors.find(vendor => vendor === name)
}
