/** What a Zendesk connection maps before anybody has edited its mapping, and the tables that follow its settings. */
import type { MappingRow, OptionTables } from '../../core/mapping/row.ts'
import { CONTACT_KEY, TICKET_KEY, type ZendeskSettings } from './settings.ts'

const newest = { policy: 'newest' } as const
const out = { direction: 'out', policy: 'ours' } as const
const both = { direction: 'both' } as const
const asIs = { transform: { kind: 'as is' } } as const

export function contactRows(_settings: ZendeskSettings): MappingRow[] {
  return [
    { id: 'wa-id', ours: 'waKey', theirs: [CONTACT_KEY], ...out, ...asIs, identifier: true },
    { id: 'phone', ours: 'phone', theirs: ['phone'], ...out, ...asIs },
    { id: 'email', ours: 'email', theirs: ['email'], ...both, ...asIs, ...newest },
    // Zendesk takes nobody without a name.
    { id: 'name', ours: 'name', theirs: ['name'], ...both, ...asIs, default: '{phone}', ...newest },
  ]
}

export function ticketRows({ customStatuses }: ZendeskSettings): MappingRow[] {
  const status = customStatuses.length > 0 ? 'custom_status_id' : 'status'
  return [
    { id: 'ticket-id', ours: 'id', theirs: [TICKET_KEY], ...out, ...asIs, identifier: true },
    {
      ...{ id: 'subject', ours: 'subject', theirs: ['subject'], ...both, transform: { kind: 'text', trim: true } },
      ...{ default: '{number}', ...newest },
    },
    { id: 'state', ours: 'state', theirs: [status], ...both, ...table('states'), ...newest },
    { id: 'priority', ours: 'priority', theirs: ['priority'], ...both, ...table('priorities'), ...newest },
    // A ticket that nobody has any more is nobody's there too.
    { id: 'owner', ours: 'owner', theirs: ['assignee_id'], ...both, ...table('owners'), clears: true, ...newest },
    {
      ...{ id: 'tags', ours: 'tags', theirs: ['tags'], ...both, transform: { kind: 'list', separator: ',' } },
      ...{ clears: true, ...newest },
    },
  ]
}

/** States and priorities as they were set up; owners are agents by their address. */
export function optionTables({ states, priorities, owners }: ZendeskSettings): OptionTables {
  return { states, priorities, owners: owners.map(({ id, email }) => ({ ours: email, theirs: id })) }
}

function table(name: string): Pick<MappingRow, 'transform'> {
  return { transform: { kind: 'options', table: name } }
}
