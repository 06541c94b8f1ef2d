/** `/api/v1`: the documented API, by key. Its OpenAPI document is made of the schemas that also check the requests. */
import { OpenAPIHono } from '@hono/zod-openapi'
import { requireCaller } from '../auth.ts'
import { LIMIT, limitRate } from '../rate-limit.ts'
import type { HttpEnv } from '../runtime.ts'
import { answers } from './answers.ts'
import { assignment } from './assignment.ts'
import { audit } from './audit.ts'
import { backfills } from './backfills.ts'
import { calendars } from './calendars.ts'
import { channels } from './channels.ts'
import { collaboration } from './collaboration.ts'
import { conflicts } from './conflicts.ts'
import { connecting } from './connect-channel.ts'
import { connectionHealth } from './connection-health.ts'
import { connectionSetUp } from './connection-set-up.ts'
import { connections } from './connections.ts'
import { consent } from './consent.ts'
import { contacts } from './contacts.ts'
import { customFields } from './custom-fields.ts'
import { drift } from './drift.ts'
import { erasures } from './erasures.ts'
import { invitations } from './invitations.ts'
import { keys } from './keys.ts'
import { ledger } from './ledger.ts'
import { live } from './live.ts'
import { mappings } from './mappings.ts'
import { me } from './me.ts'
import { files } from './media.ts'
import { merges } from './merges.ts'
import { messageStates } from './message-states.ts'
import { metaApps } from './meta-apps.ts'
import { notifications } from './notifications.ts'
import { people } from './people.ts'
import { plans } from './plans.ts'
import { provenance } from './provenance.ts'
import { quickReplies } from './quick-replies.ts'
import { reconciliations } from './reconciliations.ts'
import { reports } from './reports.ts'
import { roles } from './roles.ts'
import { routingRules } from './routing-rules.ts'
import { search } from './search.ts'
import { sla } from './sla.ts'
import { slaPolicies } from './sla-policies.ts'
import { teams } from './teams.ts'
import { templates } from './templates.ts'
import { ticketActs } from './ticket-acts.ts'
import { tickets } from './tickets.ts'
import { views } from './views.ts'
import { webhooks } from './webhooks.ts'
import { workspace } from './workspace.ts'

const guarded = new OpenAPIHono<HttpEnv>()
guarded.use(
  '*',
  requireCaller,
  limitRate(LIMIT, c => c.var.caller.id),
)

export const api = guarded
  .route('/', tickets)
  .route('/', ticketActs)
  .route('/', collaboration)
  .route('/', views)
  .route('/', search)
  .route('/', live)
  .route('/', reports)
  .route('/', webhooks)
  .route('/', quickReplies)
  .route('/', answers)
  .route('/', contacts)
  .route('/', merges)
  .route('/', messageStates)
  .route('/', channels)
  .route('/', connecting)
  .route('/', metaApps)
  .route('/', templates)
  .route('/', connections)
  .route('/', connectionHealth)
  .route('/', plans)
  .route('/', backfills)
  .route('/', reconciliations)
  .route('/', drift)
  .route('/', erasures)
  .route('/', mappings)
  .route('/', conflicts)
  .route('/', customFields)
  .route('/', provenance)
  .route('/', consent)
  .route('/', connectionSetUp)
  .route('/', files)
  .route('/', me)
  .route('/', people)
  .route('/', invitations)
  .route('/', teams)
  .route('/', roles)
  .route('/', keys)
  .route('/', workspace)
  .route('/', routingRules)
  .route('/', assignment)
  .route('/', calendars)
  .route('/', slaPolicies)
  .route('/', sla)
  .route('/', notifications)
  .route('/', audit)
  .route('/', ledger)

export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Buzón',
    version: '1',
    description: 'WhatsApp shared inbox and CRM connector hub. Times are ISO 8601 in UTC; errors are RFC 9457.',
    license: { name: 'MIT' },
  },
}
