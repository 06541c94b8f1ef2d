/** Where one can go in the admin area, and who may. */
import type { Permission } from '../api/session.ts'

export const groups = [
  { name: 'first', places: [{ name: 'start', to: '/settings', needs: null }] },
  {
    name: 'whatsapp',
    places: [
      { name: 'channels', to: '/settings/channels', needs: 'channels.read' },
      { name: 'templates', to: '/settings/templates', needs: 'templates.read' },
      { name: 'quickReplies', to: '/settings/quick-replies', needs: 'quick-replies.read' },
    ],
  },
  {
    name: 'systems',
    places: [
      { name: 'connections', to: '/settings/connections', needs: 'connections.read' },
      { name: 'mapping', to: '/settings/mapping', needs: 'connections.read' },
      { name: 'conflicts', to: '/settings/conflicts', needs: 'connections.read' },
      { name: 'log', to: '/settings/log', needs: 'connections.read' },
      { name: 'deadLetters', to: '/settings/dead-letters', needs: 'ledger.read' },
    ],
  },
  {
    name: 'work',
    places: [
      { name: 'routing', to: '/settings/routing', needs: 'routing.read' },
      { name: 'sla', to: '/settings/sla', needs: 'sla.read' },
      { name: 'calendars', to: '/settings/calendars', needs: 'sla.read' },
      { name: 'shifts', to: '/settings/on-call', needs: 'routing.read' },
    ],
  },
  {
    name: 'team',
    places: [
      { name: 'people', to: '/settings/people', needs: 'people.manage' },
      { name: 'teams', to: '/settings/teams', needs: 'routing.read' },
      { name: 'roles', to: '/settings/roles', needs: 'roles.manage' },
    ],
  },
  {
    name: 'data',
    places: [
      { name: 'fields', to: '/settings/fields', needs: null },
      { name: 'webhooks', to: '/settings/webhooks', needs: 'webhooks.manage' },
      { name: 'keys', to: '/settings/keys', needs: 'keys.manage' },
      { name: 'audit', to: '/settings/audit', needs: 'audit.read' },
      { name: 'workspace', to: '/settings/workspace', needs: 'settings.manage' },
    ],
  },
] as const satisfies readonly {
  name: string
  places: readonly { name: string; to: string; needs: Permission | null }[]
}[]
