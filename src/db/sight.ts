/** Which tickets somebody sees, as one condition: lists, details, locks, messages and search all ask it. */
import type { Sight } from '../core/permissions.ts'
import type { Queryable } from './client.ts'

/** Of a row of `tickets` under this alias. */
export function inSight(sql: Queryable, sees: Sight, alias = 't') {
  const owner = sql(`${alias}.owner_id`)
  switch (sees.kind) {
    case 'all':
      return sql`true`
    case 'team':
      return sql`(${sql(`${alias}.team_id`)} = any(${[...sees.teamIds]}::uuid[]) or ${owner} = ${sees.agentId})`
    case 'own':
      return sql`(${owner} = ${sees.agentId})`
  }
}

/** Of a row that belongs to a ticket by this column; what belongs to none is for those who see all. */
export function ofTicketInSight(sql: Queryable, sees: Sight, column: string) {
  if (sees.kind === 'all') return sql`true`
  return sql`exists (select 1 from tickets seen where seen.id = ${sql(column)} and ${inSight(sql, sees, 'seen')})`
}
