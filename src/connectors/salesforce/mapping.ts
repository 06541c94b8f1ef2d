/** What a Salesforce connection maps before anybody has edited its mapping, and the tables that follow its settings. */
import type { MappingRow, OptionTables } from '../../core/mapping/row.ts'
import { CONTACT_KEY, type SalesforceSettings, TICKET_KEY } from './settings.ts'

const newest = { policy: 'newest' } as const
const out = { direction: 'out', policy: 'ours' } as const
const asIs = { transform: { kind: 'as is' } } as const

/** Of contacts and of leads, which have these fields alike. */
export function contactRows(_settings: SalesforceSettings): MappingRow[] {
  return [
    { id: 'wa-id', ours: 'waKey', theirs: [CONTACT_KEY], ...out, ...asIs, identifier: true },
    { id: 'phone', ours: 'phone', theirs: ['MobilePhone'], ...out, ...asIs },
    { id: 'email', ours: 'email', theirs: ['Email'], direction: 'both', ...asIs, ...newest },
    {
      ...{ id: 'name', ours: 'name', theirs: ['FirstName', 'LastName'], direction: 'both' },
      ...{ transform: { kind: 'name' }, ...newest },
    },
  ]
}

export function ticketRows(_settings: SalesforceSettings): MappingRow[] {
  return [
    { id: 'ticket-id', ours: 'id', theirs: [TICKET_KEY], ...out, ...asIs, identifier: true },
    {
      ...{ id: 'subject', ours: 'subject', theirs: ['Subject'], direction: 'both' },
      ...{ transform: { kind: 'text', trim: true }, default: '{number}', ...newest },
    },
    { id: 'state', ours: 'state', theirs: ['Status'], direction: 'both', ...table('states'), ...newest },
    { id: 'priority', ours: 'priority', theirs: ['Priority'], direction: 'both', ...table('priorities'), ...newest },
    { id: 'owner', ours: 'owner', theirs: ['OwnerId'], direction: 'both', ...table('owners'), ...newest },
  ]
}

/** Statuses and priorities as they were set up; owners are agents by their address. */
export function optionTables({ states, priorities, owners }: SalesforceSettings): OptionTables {
  return { states, priorities, owners: owners.map(({ id, email }) => ({ ours: email, theirs: id })) }
}

function table(name: string): Pick<MappingRow, 'transform'> {
  return { transform: { kind: 'options', table: name } }
}
