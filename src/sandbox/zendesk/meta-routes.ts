import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { notFound, ZendeskRefused } from './errors.ts'
import type { CustomField, Webhook } from './state.ts'

const API = '/zendesk/api/v2'

/** What an account is made of besides its records: fields, statuses, groups, forms, triggers, webhooks. */
export function mountMeta(app: Hono<SandboxEnv>, { clock, bus }: Runtime) {
  app.get(`${API}/ticket_fields`, c => c.json({ ticket_fields: c.get('zendesk').ticketFields.map(fieldView) }))
  app.get(`${API}/user_fields`, c => c.json({ user_fields: c.get('zendesk').userFields.map(fieldView) }))
  app.post(`${API}/user_fields`, async c => {
    const account = c.get('zendesk')
    const { user_field: given } = await c.req.json<{ user_field: { key: string; title: string; type: string } }>()
    if (account.userFields.some(({ key }) => key === given.key)) {
      const body = { error: 'RecordInvalid', details: { key: [{ description: 'Key: has already been taken' }] } }
      throw new ZendeskRefused({ status: 422, body })
    }
    const facts = { active: true, removable: true, required: false, options: [] }
    const field: CustomField = { id: account.nextId++, key: given.key, title: given.title, type: given.type, ...facts }
    account.userFields.push(field)
    return c.json({ user_field: fieldView(field) }, 201)
  })
  app.get(`${API}/custom_statuses`, c =>
    c.json({
      custom_statuses: c.get('zendesk').customStatuses.map(({ id, category, label, active, isDefault }) => ({
        ...{ id, status_category: category, agent_label: label, active, default: isDefault },
      })),
    }),
  )
  app.get(`${API}/groups`, c => c.json({ groups: c.get('zendesk').groups, meta: { has_more: false } }))
  app.get(`${API}/ticket_forms`, c => c.json({ ticket_forms: [{ id: 850, name: 'Predeterminado', active: true }] }))
  app.get(`${API}/brands`, c =>
    c.json({ brands: [{ id: 860, name: 'Principal', active: true }], meta: { has_more: false } }),
  )
  app.get(`${API}/triggers/active`, c => {
    const triggers = c.get('zendesk').triggers.filter(({ active }) => active)
    return c.json({
      triggers: triggers.map(({ conditions, ...trigger }) => ({
        ...trigger,
        conditions: { all: conditions, any: [] },
      })),
      meta: { has_more: false },
    })
  })

  app.get(`${API}/apps/installations`, c =>
    c.json({
      installations: c.get('zendesk').apps.map(({ id, appId, name }) => ({
        ...{ id, app_id: appId, product: 'support', enabled: true, settings: { name, title: name } },
      })),
    }),
  )
  app.get(`${API}/apps/:id{\\d+}/public_key.pem`, c => {
    const found = c.get('zendesk').apps.find(({ appId }) => appId === Number(c.req.param('id')))
    if (!found) throw new ZendeskRefused(notFound)
    return c.text(found.publicKey)
  })
  app.get(`${API}/webhooks`, c => {
    const hooks = [...c.get('zendesk').webhooks.values()].map(webhookView)
    return c.json({ webhooks: hooks, meta: { has_more: false } })
  })
  app.post(`${API}/webhooks`, async c => {
    const { webhook: given } = await c.req.json<{ webhook: Partial<Webhook> }>()
    const hook: Webhook = {
      ...{
        id: `01${randomBytes(12).toString('hex').toUpperCase()}`,
        name: given.name ?? '',
        status: given.status ?? 'active',
      },
      ...{
        endpoint: given.endpoint ?? '',
        subscriptions: given.subscriptions ?? [],
        secret: randomBytes(24).toString('base64'),
      },
      ...{ createdAt: clock.iso(), outcomes: [], pausedUntil: 0 },
    }
    c.get('zendesk').webhooks.set(hook.id, hook)
    bus.changed()
    return c.json({ webhook: webhookView(hook) }, 201)
  })
  app.put(`${API}/webhooks/:id`, async c => {
    const hook = c.get('zendesk').webhooks.get(c.req.param('id'))
    if (!hook) throw new ZendeskRefused(notFound)
    const { webhook: given } = await c.req.json<{ webhook: Partial<Webhook> }>()
    Object.assign(hook, given)
    return c.body(null, 204)
  })
  app.get(`${API}/webhooks/:id`, c => {
    const hook = c.get('zendesk').webhooks.get(c.req.param('id'))
    if (!hook) throw new ZendeskRefused(notFound)
    return c.json({ webhook: webhookView(hook) })
  })
  app.get(`${API}/webhooks/:id/signing_secret`, c => {
    const hook = c.get('zendesk').webhooks.get(c.req.param('id'))
    if (!hook) throw new ZendeskRefused(notFound)
    return c.json({ signing_secret: { algorithm: 'SHA256', secret: hook.secret } })
  })
  app.get(`${API}/webhooks/:id/invocations`, c => {
    const hook = c.get('zendesk').webhooks.get(c.req.param('id'))
    if (!hook) throw new ZendeskRefused(notFound)
    const isOpen = hook.pausedUntil > clock.now()
    const status = (ok: boolean) => (ok ? 'success' : isOpen ? 'circuit broken' : 'failed')
    const past = hook.outcomes.map(({ at, ok }) => ({
      latest_completed_at: new Date(at).toISOString(),
      status: status(ok),
    }))
    const broken = isOpen ? [{ latest_completed_at: clock.iso(), status: 'circuit broken' }] : []
    return c.json({ invocations: [...broken, ...past.toReversed()], meta: { has_more: false } })
  })
}

function webhookView({ id, name, endpoint, status, subscriptions, createdAt }: Webhook) {
  return {
    id,
    name,
    endpoint,
    status,
    subscriptions,
    http_method: 'POST',
    request_format: 'json',
    created_at: createdAt,
  }
}

function fieldView({ id, key, title, type, active, removable, required, options }: CustomField) {
  return {
    ...{ id, key, title, type, active, removable, required },
    ...(options.length > 0 ? { custom_field_options: options } : {}),
  }
}
