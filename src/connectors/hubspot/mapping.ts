/** What a HubSpot connection maps before anybody has edited its mapping, and the tables that follow its settings. */
import type { MappingRow, OptionTables } from '../../core/mapping/row.ts'
import { CONTACT_KEY, type HubSpotSettings, TICKET_KEY } from './settings.ts'

const newest = { policy: 'newest' } as const
const out = { direction: 'out', policy: 'ours' } as const
const asIs = { transform: { kind: 'as is' } } as const

export function contactRows(_settings: HubSpotSettings): MappingRow[] {
  return [
    { id: 'wa-id', ours: 'waKey', theirs: [CONTACT_KEY], ...out, ...asIs, identifier: true },
    { id: 'phone', ours: 'phone', theirs: ['phone'], ...out, ...asIs },
    { id: 'email', ours: 'email', theirs: ['email'], direction: 'both', ...asIs, ...newest },
    {
      ...{ id: 'name', ours: 'name', theirs: ['firstname', 'lastname'], direction: 'both' },
      ...{ transform: { kind: 'name' }, ...newest },
    },
  ]
}

export function ticketRows(_settings: HubSpotSettings): MappingRow[] {
  return [
    { id: 'ticket-id', ours: 'id', theirs: [TICKET_KEY], ...out, ...asIs, identifier: true },
    {
      ...{
        id: 'subject',
        ours: 'subject',
        theirs: ['subject'],
        direction: 'both',
        transform: { kind: 'text', trim: true },
      },
      // HubSpot takes no ticket without a subject.
      ...{ default: '{number}', ...newest },
    },
    { id: 'state', ours: 'state', theirs: ['hs_pipeline_stage'], direction: 'both', ...table('stages'), ...newest },
    {
      ...{ id: 'priority', ours: 'priority', theirs: ['hs_ticket_priority'], direction: 'both' },
      ...{ ...table('priorities'), ...newest },
    },
    // A ticket that nobody has any more is nobody's there too.
    {
      ...{ id: 'owner', ours: 'owner', theirs: ['hubspot_owner_id'], direction: 'both', ...table('owners') },
      ...{ clears: true, ...newest },
    },
  ]
}

/** Stages and priorities as they were set up; owners are agents by their address. */
export function optionTables({ stages, priorities, owners }: HubSpotSettings): OptionTables {
  return { stages, priorities, owners: owners.map(({ id, email }) => ({ ours: email, theirs: id })) }
}

function table(name: string): Pick<MappingRow, 'transform'> {
  return { transform: { kind: 'options', table: name } }
}
