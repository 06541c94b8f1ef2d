import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { writeMail } from '../../core/mail.ts'
import { type InvitationRow, listInvitations } from '../../db/invitations.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { settingsOf } from '../../db/workspaces.ts'
import { invitePerson, renewInvitation, revokeInvitation } from '../../inbox/invite-person.ts'
import { hashKey } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { randomToken } from '../tokens.ts'
import { email, peopleContext, roleKey, teamIds } from './person-shapes.ts'
import { idParam, instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const days = z.number().int().min(1).max(30).default(7)

const invitationShape = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    role: z.string(),
    teamIds: z.array(z.uuid()),
    state: z.enum(['open', 'accepted', 'revoked', 'over']),
    invitedBy: z.string(),
    createdAt: instant,
    expiresAt: instant,
    acceptedAt: instant,
  })
  .openapi('Invitation')

const sentShape = invitationShape
  .extend({
    link: z.string().openapi({ description: 'Shown this once; whoever opens it may accept' }),
    mail: z.enum(['sent', 'failed', 'not configured', 'no address']),
  })
  .openapi('SentInvitation')

const inviteBody = z.object({
  email: email.nullable().default(null).openapi({ description: 'Null: an invitation by link alone' }),
  ...{ role: roleKey.default('agent'), teamIds: teamIds.default([]), days },
})

const routes = {
  list: route(
    ...(['people.manage', 'get', '/invitations', 'Invitations, newest first'] as const),
    { query: pageQuery },
    pageOf(invitationShape),
  ),
  invite: route(
    ...(['people.manage', 'post', '/invitations', 'Invite somebody by e-mail, or make a link'] as const),
    jsonBody(inviteBody),
    sentShape,
    201,
  ),
  renew: route(
    ...(['people.manage', 'post', '/invitations/{id}/renew', 'Send it again, under another link'] as const),
    { params: idParam, ...jsonBody(z.object({ days })) },
    sentShape,
  ),
  revoke: route(
    ...(['people.manage', 'post', '/invitations/{id}/revoke', 'Take it back'] as const),
    { params: idParam },
    invitationShape,
  ),
}

export const invitations = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { limit, cursor } = c.req.valid('query')
    const { services } = c.var.runtime
    const rows = await inWorkspace(services.db, c.var.caller.workspaceId, tx =>
      listInvitations(tx, { limit: limit + 1, after: readCursor(cursor) }),
    )
    const key = (row: InvitationRow) => ({ at: row.createdAt, id: row.id })
    return c.json(
      toPage(rows, limit, key, row => show(row, services.now())),
      200,
    )
  })
  .openapi(routes.invite, async c => {
    const token = randomToken()
    const row = await invitePerson(
      peopleContext(c.var.runtime, c.var.caller),
      c.req.valid('json'),
      await hashKey(token),
    )
    return c.json(await send(c, row, token), 201)
  })
  .openapi(routes.renew, async c => {
    const token = randomToken()
    const context = peopleContext(c.var.runtime, c.var.caller)
    const { id } = c.req.valid('param')
    const row = await renewInvitation(context, id, await hashKey(token), c.req.valid('json').days)
    return c.json(await send(c, row, token), 200)
  })
  .openapi(routes.revoke, async c => {
    const row = await revokeInvitation(peopleContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(show(row, c.var.runtime.services.now()), 200)
  })

/** The link is in the answer too: a mail that does not go must not hold anybody up. */
async function send(c: Context<HttpEnv>, row: InvitationRow, token: string) {
  c.header('cache-control', 'no-store')
  const { appUrl, services } = c.var.runtime
  const link = `${appUrl}/join?invitation=${token}`
  return { ...show(row, services.now()), link, mail: await mail(c, row, link) }
}

async function mail(c: Context<HttpEnv>, row: InvitationRow, url: string) {
  const { mailer, services, onError } = c.var.runtime
  if (!row.email) return 'no address' as const
  if (!mailer) return 'not configured' as const
  const workspace = await inWorkspace(services.db, row.workspaceId, tx => settingsOf(tx))
  const language = workspace?.language ?? 'en'
  const until = row.expiresAt.toLocaleDateString(language, {
    dateStyle: 'long',
    timeZone: workspace?.timeZone ?? 'UTC',
  })
  const facts = { by: row.invitedBy, workspace: workspace?.name ?? '', until, url }
  try {
    await mailer.send(writeMail('invitation', row.email, facts, language))
    return 'sent' as const
  } catch (error) {
    onError(error)
    return 'failed' as const
  }
}

function show(row: InvitationRow, now: Date): z.infer<typeof invitationShape> {
  const { id, email, role, roleId, teamIds, invitedBy } = row
  const state = row.acceptedAt ? 'accepted' : row.revokedAt ? 'revoked' : row.expiresAt <= now ? 'over' : 'open'
  return {
    ...{ id, email, role: roleId ?? role, teamIds, state, invitedBy },
    ...{ createdAt: iso(row.createdAt), expiresAt: iso(row.expiresAt), acceptedAt: iso(row.acceptedAt) },
  }
}
