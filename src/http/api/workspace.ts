import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { progressOf, settingsOf } from '../../db/workspaces.ts'
import { changeWorkspace } from '../../inbox/change-workspace.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { language, personName, timeZone } from './person-shapes.ts'
import { jsonBody, route } from './shapes.ts'

const settings = z.object({
  name: personName,
  language,
  timeZone: timeZone.openapi({ example: 'America/Mexico_City' }),
  graceHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .openapi({ description: 'A message reopens a resolved ticket this long' }),
  singleSession: z.boolean().openapi({ description: 'Each person has one session: the newest' }),
})
const settingsShape = settings.extend({ id: z.uuid(), timeZone: z.string() }).openapi('Workspace')

const steps = ['number', 'crm', 'message', 'colleague', 'rules', 'sla'] as const
const onboardingShape = z.object({
  items: z.array(z.object({ step: z.enum(steps), done: z.boolean() })),
  done: z.boolean(),
})

const routes = {
  one: route('signed in', 'get', '/workspace', 'The workspace and its settings', {}, settingsShape),
  change: route(
    ...(['settings.manage', 'patch', '/workspace', 'Change the workspace’s settings'] as const),
    jsonBody(settings.partial()),
    settingsShape,
  ),
  onboarding: route(
    ...([
      'settings.manage',
      'get',
      '/workspace/onboarding',
      'What a first day needs, and what of it is there',
    ] as const),
    {},
    onboardingShape,
  ),
}

export const workspace = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.one, async c => {
    const { runtime, caller } = c.var
    const row = await inWorkspace(runtime.services.db, caller.workspaceId, tx => settingsOf(tx))
    if (!row) throw new AppError('not found', { what: 'workspace' })
    return c.json(row, 200)
  })
  .openapi(routes.change, async c =>
    c.json(await changeWorkspace(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json')), 200),
  )
  .openapi(routes.onboarding, async c => {
    const { runtime, caller } = c.var
    const there = await inWorkspace(runtime.services.db, caller.workspaceId, tx => progressOf(tx))
    const done: Record<(typeof steps)[number], boolean> = {
      ...{ number: there.hasNumber, crm: there.hasCrm, message: there.hasMessage },
      ...{ colleague: there.hasColleague, rules: there.hasRules, sla: there.hasSla },
    }
    const items = steps.map(step => ({ step, done: done[step] }))
    return c.json({ items, done: items.every(item => item.done) }, 200)
  })
