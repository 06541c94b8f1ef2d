/** `/api/join`: how people come in. The first sets a fresh installation up; others accept an invitation. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError } from '../core/errors.ts'
import { InvalidInput } from '../core/invalid-input.ts'
import { claimSetup, confirmEmail, hasPeople, releaseSetup, removeUser, userByEmail } from '../db/auth.ts'
import { findInvitation } from '../db/invitations.ts'
import { acceptInvitation } from '../inbox/accept-invitation.ts'
import { newId } from '../inbox/context.ts'
import { createWorkspace } from '../inbox/create-workspace.ts'
import { email, language, personName, timeZone } from './api/person-shapes.ts'
import { instant, iso, jsonBody, problemShape } from './api/shapes.ts'
import { hashKey, sessionOf } from './auth.ts'
import { invalid } from './invalid.ts'
import { JOIN_LIMIT, limitRate } from './rate-limit.ts'
import type { HttpEnv } from './runtime.ts'
import { comesFromHere } from './same-site.ts'
import { ADDRESS_HEADER } from './session-cookie.ts'

const password = z.string().min(10, 'must have at least 10 characters').max(128)
const tokenParam = z.object({ token: z.string().min(1).max(100) })

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemShape } },
})
const answer = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
})

/** Open to whoever comes: they have no permission yet. */
const open = { 'x-permission': 'anyone', security: [] }

const stateShape = z.object({
  setup: z.boolean().openapi({ description: 'Nobody is here yet: the first person makes the workspace' }),
  signUp: z.boolean().openapi({ description: 'Anybody may make a workspace of their own' }),
  mail: z.boolean().openapi({ description: 'Links can be sent by mail' }),
  demo: z
    .object({
      password: z.string(),
      people: z.array(z.object({ name: z.string(), email: z.string(), role: z.string() })),
    })
    .nullable()
    .openapi({ description: 'Of a sandbox: who may try it, all with one password that everybody knows' }),
})
const joinedShape = z.object({ workspaceId: z.uuid(), agentId: z.uuid().nullable() })
const invitationShape = z.object({
  ...{ workspace: z.string(), email: z.string().nullable(), invitedBy: z.string(), expiresAt: instant },
  hasAccount: z.boolean().openapi({ description: 'Sign in first, then accept' }),
})

const setupBody = z.object({
  ...{ name: personName, email, password },
  workspace: z.object({ name: personName, language, timeZone }),
})
const acceptBody = z.object({ name: personName, email, password }).partial()

const routes = {
  state: createRoute({
    ...{ method: 'get', path: '/', summary: 'How people come in here', ...open },
    responses: { 200: answer('As it is now', stateShape) },
  }),
  setup: createRoute({
    ...{ method: 'post', path: '/setup', summary: 'Make a workspace and its first admin; signs in', ...open },
    request: jsonBody(setupBody),
    responses: { 201: answer('Made', joinedShape), 403: problemAnswer('By invitation'), 422: problemAnswer('To mend') },
  }),
  invitation: createRoute({
    ...{ method: 'get', path: '/invitations/{token}', summary: 'What an invitation is to', ...open },
    request: { params: tokenParam },
    responses: { 200: answer('It can be accepted', invitationShape), 404: problemAnswer('Over, or never made') },
  }),
  accept: createRoute({
    ...{
      method: 'post',
      path: '/invitations/{token}',
      summary: 'Accept it: signed in, or with a new account',
      ...open,
    },
    request: { params: tokenParam, ...jsonBody(acceptBody) },
    responses: { 201: answer('Joined', joinedShape), 404: problemAnswer('Over, or never made') },
  }),
}

const door = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
door.use(limitRate(JOIN_LIMIT, c => c.var.runtime.clientAddress(c)))

export const join = door
  .openapi(routes.state, async c => {
    const { services, openSignUp, mailer, demo } = c.var.runtime
    const setup = !(await hasPeople(services.db))
    return c.json(
      { setup, signUp: openSignUp, mail: mailer !== undefined, demo: demo && { ...demo, people: [...demo.people] } },
      200,
    )
  })
  .openapi(routes.setup, async c => {
    const { services, openSignUp } = c.var.runtime
    const { db } = services
    if (openSignUp) return c.json(await setUp(c, c.req.valid('json')), 201)
    if ((await hasPeople(db)) || !(await claimSetup(db, newId()))) throw new AppError('not by invitation')
    try {
      return c.json(await setUp(c, c.req.valid('json')), 201)
    } catch (error) {
      await releaseSetup(db)
      throw error
    }
  })
  .openapi(routes.invitation, async c => {
    const row = await find(c, c.req.valid('param').token)
    const hasAccount = row.email !== null && (await userByEmail(c.var.runtime.services.db, row.email)) !== undefined
    const { workspaceName: workspace, email, invitedBy } = row
    return c.json({ workspace, email, invitedBy, expiresAt: iso(row.expiresAt), hasAccount }, 200)
  })
  .openapi(routes.accept, async c => {
    const { db, now } = c.var.runtime.services
    const invitation = await find(c, c.req.valid('param').token)
    const session = await sessionOf(c, null)
    const user = session
      ? { id: session.userId, name: session.userName, email: session.email }
      : await signUp(c, { ...c.req.valid('json'), ...(invitation.email ? { email: invitation.email } : {}) })
    const { id: invitationId, workspaceId } = invitation
    const accepting = acceptInvitation({ db, now: now() }, { workspaceId, invitationId, user })
    const agentId = session ? await accepting : await orNobody(c, user.id, accepting)
    // The link came to that address.
    if (invitation.email) await confirmEmail(db, user.id)
    return c.json({ workspaceId, agentId }, 201)
  })

async function find(c: Context<HttpEnv>, token: string) {
  const { db, now } = c.var.runtime.services
  const row = await findInvitation(db, await hashKey(token), now())
  if (!row) throw new AppError('not found', { what: 'invitation' })
  return row
}

async function setUp(c: Context<HttpEnv>, { workspace, ...person }: z.infer<typeof setupBody>) {
  const { db, now } = c.var.runtime.services
  const user = await signUp(c, person)
  await confirmEmail(db, user.id)
  const { name, language, timeZone } = workspace
  const office: [string, string][] = [['09:00', '18:00']]
  const team = { es: 'Atención', en: 'Support', pt: 'Atendimento' }[language]
  const made = createWorkspace(
    db,
    {
      ...{ name, language, timeZone },
      agents: [{ name: user.name, email: user.email, role: 'admin', userId: user.id }],
      teams: [{ name: team, members: [user.email] }],
      calendar: { timeZone, week: { 1: office, 2: office, 3: office, 4: office, 5: office }, holidays: [] },
      policies: [{ name: 'General', priority: null, frtMinutes: 15, nrtMinutes: 60, ttrMinutes: 1440 }],
    },
    null,
    now(),
  )
  return { workspaceId: await orNobody(c, user.id, made), agentId: null }
}

/** An account that was made for `work` goes with it where that fails: else it would be of nowhere, and in the way. */
async function orNobody<T>(c: Context<HttpEnv>, userId: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    await removeUser(c.var.runtime.services.db, userId)
    throw error
  }
}

/** A new account, signed in. Throws `sign in first` where there is one of that address, and `invalid input`. */
async function signUp(c: Context<HttpEnv>, given: { name?: string; email?: string; password?: string }) {
  const { identity, services, clientAddress } = c.var.runtime
  if (!comesFromHere(c)) throw new AppError('cross site')
  const missing = (['name', 'email', 'password'] as const).filter(each => !given[each])
  if (missing.length > 0) throw new InvalidInput(missing.map(field => ({ path: [field], message: 'is missing' })))
  const { name = '', email = '', password: chosen = '' } = given
  if (await userByEmail(services.db, email)) throw new AppError('sign in first')
  const { error } = password.safeParse(chosen)
  if (error) throw new InvalidInput(error.issues.map(issue => ({ ...issue, path: ['password'] })))
  const headers = new Headers({ [ADDRESS_HEADER]: clientAddress(c), 'user-agent': c.req.header('user-agent') ?? '' })
  const { api } = await identity()
  const made = await api
    .signUpEmail({ body: { name, email, password: chosen }, headers, returnHeaders: true })
    .catch(error => {
      // Two at once.
      if (String(error?.body?.code).startsWith('USER_ALREADY_EXISTS')) throw new AppError('sign in first')
      throw error
    })
  for (const cookie of made.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true })
  return { id: made.response.user.id, name, email }
}
