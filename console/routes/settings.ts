/** The admin area. Each page is a file of its own, loaded when it is opened. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import type { MappingSearch } from '../mapping/mapping-page.tsx'
import type { LogSearch } from '../sync/log.tsx'
import { shell } from './root.ts'

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/layout.tsx'), 'SettingsLayout'),
})
const up = { getParentRoute: () => settings }

const oneOf = <T extends string>(value: unknown, known: readonly T[]) => known.find(each => each === value)

/** Without what is not said, so that addresses stay short. */
function present<T extends object>(search: { [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T
}
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

const start = createRoute({
  ...up,
  path: '/',
  component: lazyRouteComponent(() => import('../settings/start.tsx'), 'Start'),
})
const mapping = createRoute({
  ...up,
  path: '/mapping',
  validateSearch: (search: Record<string, unknown>): MappingSearch =>
    present<MappingSearch>({
      connection: text(search.connection),
      kind: oneOf(search.kind, ['contact', 'ticket'] as const),
      view: oneOf(search.view, ['rows', 'code', 'history'] as const),
    }),
  component: lazyRouteComponent(() => import('../mapping/mapping-page.tsx'), 'MappingPage'),
})

const connections = createRoute({
  ...up,
  path: '/connections',
  component: lazyRouteComponent(() => import('../sync/connections.tsx'), 'Connections'),
})
const connection = createRoute({
  ...up,
  path: '/connections/$id',
  component: lazyRouteComponent(() => import('../sync/connection-page.tsx'), 'ConnectionPage'),
})
const conflicts = createRoute({
  ...up,
  path: '/conflicts',
  component: lazyRouteComponent(() => import('../sync/conflicts.tsx'), 'Conflicts'),
})
const log = createRoute({
  ...up,
  path: '/log',
  validateSearch: (search: Record<string, unknown>): LogSearch =>
    present<LogSearch>({
      connection: text(search.connection),
      status: oneOf(search.status, ['ok', 'failed', 'unanswered'] as const),
    }),
  component: lazyRouteComponent(() => import('../sync/log.tsx'), 'Log'),
})
const deadLetters = createRoute({
  ...up,
  path: '/dead-letters',
  component: lazyRouteComponent(() => import('../sync/dead-letters.tsx'), 'DeadLetters'),
})
const fields = createRoute({
  ...up,
  path: '/fields',
  component: lazyRouteComponent(() => import('../data/fields.tsx'), 'Fields'),
})
const channels = createRoute({
  ...up,
  path: '/channels',
  component: lazyRouteComponent(() => import('../whatsapp/channels.tsx'), 'Channels'),
})
const templates = createRoute({
  ...up,
  path: '/templates',
  component: lazyRouteComponent(() => import('../whatsapp/templates.tsx'), 'Templates'),
})
const quickReplies = createRoute({
  ...up,
  path: '/quick-replies',
  component: lazyRouteComponent(() => import('../whatsapp/quick-replies.tsx'), 'QuickRepliesPage'),
})
const webhooks = createRoute({
  ...up,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../data/webhooks.tsx'), 'Webhooks'),
})
const keys = createRoute({
  ...up,
  path: '/keys',
  component: lazyRouteComponent(() => import('../data/keys.tsx'), 'Keys'),
})
const audit = createRoute({
  ...up,
  path: '/audit',
  component: lazyRouteComponent(() => import('../data/audit.tsx'), 'Audit'),
})
const workspace = createRoute({
  ...up,
  path: '/workspace',
  component: lazyRouteComponent(() => import('../data/workspace.tsx'), 'WorkspacePage'),
})
const people = createRoute({
  ...up,
  path: '/people',
  component: lazyRouteComponent(() => import('../team/people.tsx'), 'People'),
})
const teams = createRoute({
  ...up,
  path: '/teams',
  component: lazyRouteComponent(() => import('../team/teams.tsx'), 'Teams'),
})
const roles = createRoute({
  ...up,
  path: '/roles',
  component: lazyRouteComponent(() => import('../team/roles.tsx'), 'Roles'),
})
const routing = createRoute({
  ...up,
  path: '/routing',
  component: lazyRouteComponent(() => import('../work/rules.tsx'), 'Rules'),
})
const sla = createRoute({
  ...up,
  path: '/sla',
  component: lazyRouteComponent(() => import('../work/sla.tsx'), 'Sla'),
})
const calendars = createRoute({
  ...up,
  path: '/calendars',
  component: lazyRouteComponent(() => import('../work/calendars.tsx'), 'Calendars'),
})
const shifts = createRoute({
  ...up,
  path: '/on-call',
  component: lazyRouteComponent(() => import('../work/shifts.tsx'), 'Shifts'),
})

export const settingsRoutes = settings.addChildren([
  ...([start, mapping, connections, connection, conflicts, log, deadLetters] as const),
  ...([routing, sla, calendars, shifts] as const),
  ...([people, teams, roles] as const),
  ...([webhooks, keys, audit, workspace] as const),
  ...([fields, channels, templates, quickReplies] as const),
])
