/** What people and keys may do, and which tickets they see. A role is a list of permissions and a visibility. */

/** Each route of the API names one of these; `http/permit.ts` checks it. */
export const permissions = [
  ...(['tickets.read', 'tickets.reply', 'tickets.assign', 'tickets.change', 'notes.write', 'views.share'] as const),
  ...(['contacts.read', 'contacts.change', 'contacts.merge'] as const),
  ...(['quick-replies.read', 'quick-replies.manage', 'templates.read', 'templates.manage'] as const),
  ...(['channels.read', 'channels.manage', 'connections.read', 'connections.manage'] as const),
  ...(['routing.read', 'routing.manage', 'sla.read', 'sla.manage'] as const),
  ...(['people.read', 'people.manage', 'roles.manage', 'keys.manage', 'settings.manage'] as const),
  ...(['reports.read', 'exports.make', 'audit.read', 'ledger.read', 'ledger.replay', 'webhooks.manage'] as const),
] as const
export type Permission = (typeof permissions)[number]

/** Of names from elsewhere: a role that a later version wrote may hold some that this one does not know. */
export function knownPermissions(names: readonly string[]): Permission[] {
  return permissions.filter(each => names.includes(each))
}

/** `team`: the tickets of one's teams, and one's own. `own`: those one owns. */
export const visibilities = ['all', 'team', 'own'] as const
export type Visibility = (typeof visibilities)[number]

export type Role = { permissions: readonly Permission[]; visibility: Visibility }

const answering = [
  ...(['tickets.read', 'tickets.reply', 'tickets.assign', 'tickets.change', 'notes.write', 'contacts.read'] as const),
  ...(['contacts.change', 'quick-replies.read', 'templates.read', 'channels.read', 'people.read'] as const),
] as const satisfies Permission[]

const supervising = [
  ...answering,
  ...(['views.share', 'contacts.merge', 'quick-replies.manage', 'templates.manage', 'connections.read'] as const),
  ...(['routing.read', 'routing.manage', 'sla.read', 'sla.manage', 'reports.read', 'exports.make'] as const),
  ...(['audit.read', 'ledger.read', 'ledger.replay'] as const),
] as const satisfies Permission[]

/** The roles that every workspace has and nobody changes. */
export const builtInRoles = {
  admin: { permissions, visibility: 'all' },
  supervisor: { permissions: supervising, visibility: 'all' },
  agent: { permissions: answering, visibility: 'team' },
} as const satisfies Record<string, Role>
export type BuiltInRole = keyof typeof builtInRoles

/** Roles that teams often make of their own; offered as a start, not present until somebody makes them. */
export const exampleRoles = {
  'triage-l1': { permissions: answering.filter(each => each !== 'contacts.change'), visibility: 'team' },
  'triage-l2': { permissions: [...answering, 'contacts.merge', 'sla.read'], visibility: 'team' },
  sales: { permissions: [...answering, 'connections.read', 'reports.read'], visibility: 'own' },
  escalations: { permissions: [...answering, 'sla.read', 'routing.read', 'reports.read'], visibility: 'all' },
  moderator: {
    permissions: ['tickets.read', 'tickets.change', 'notes.write', 'contacts.read', 'contacts.change'],
    visibility: 'all',
  },
} as const satisfies Record<string, Role>

/** Whose tickets somebody sees: everything that reads or changes tickets is told, and answers as if others did not exist. */
export type Sight =
  | { kind: 'all' }
  | { kind: 'team'; teamIds: readonly string[]; agentId: string }
  | { kind: 'own'; agentId: string }

/** Of connections, customers, the hub itself, and keys. */
export const seesAll: Sight = { kind: 'all' }

export function sightOf(visibility: Visibility, agentId: string, teamIds: readonly string[]): Sight {
  switch (visibility) {
    case 'all':
      return seesAll
    case 'team':
      return { kind: 'team', teamIds, agentId }
    case 'own':
      return { kind: 'own', agentId }
  }
}
