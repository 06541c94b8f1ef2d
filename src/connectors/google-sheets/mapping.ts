/** What a Google Sheets connection maps before anybody has edited its mapping. */
import type { MappingRow, OptionTables } from '../../core/mapping/row.ts'
import { CONTACT_KEY, KEY } from './layout.ts'
import { optionPairs } from './options.ts'
import type { GoogleSheetsSettings } from './settings.ts'

const newest = { direction: 'both', policy: 'newest' } as const
const out = { direction: 'out', policy: 'ours' } as const
const asIs = { transform: { kind: 'as is' } } as const
const trimmed = { transform: { kind: 'text', trim: true } } as const
const list = { transform: { kind: 'list', separator: ', ' } } as const

export function contactRows(_settings: GoogleSheetsSettings): MappingRow[] {
  return [
    { id: 'wa-id', ours: 'waKey', theirs: [CONTACT_KEY], ...out, ...asIs, identifier: true },
    { id: 'name', ours: 'name', theirs: ['name'], ...newest, ...trimmed },
    { id: 'phone', ours: 'phone', theirs: ['phone'], ...out, ...asIs },
    { id: 'email', ours: 'email', theirs: ['email'], ...newest, ...trimmed },
    { id: 'category', ours: 'category', theirs: ['category'], ...newest, ...options('categories') },
    { id: 'tags', ours: 'tags', theirs: ['tags'], ...newest, ...list, clears: true },
    { id: 'wa-link', ours: 'waLink', theirs: ['wa_link'], ...out, ...asIs },
  ]
}

export function ticketRows(_settings: GoogleSheetsSettings): MappingRow[] {
  return [
    { id: 'ticket-id', ours: 'id', theirs: [KEY], ...out, ...asIs, identifier: true },
    { id: 'number', ours: 'number', theirs: ['number'], ...out, ...asIs },
    { id: 'subject', ours: 'subject', theirs: ['subject'], ...newest, ...trimmed },
    { id: 'state', ours: 'state', theirs: ['state'], ...newest, ...options('states') },
    { id: 'priority', ours: 'priority', theirs: ['priority'], ...newest, ...options('priorities') },
    { id: 'owner', ours: 'owner', theirs: ['owner'], ...newest, ...trimmed, clears: true },
    { id: 'tags', ours: 'tags', theirs: ['tags'], ...newest, ...list, clears: true },
    { id: 'wa-link', ours: 'waLink', theirs: ['wa_link'], ...out, ...asIs },
    { id: 'opened-at', ours: 'openedAt', theirs: ['opened_at'], ...out, transform: { kind: 'datetime', form: 'iso' } },
  ]
}

/** By the words of the headers' language. */
export function optionTables(settings: GoogleSheetsSettings): OptionTables {
  return {
    states: optionPairs(settings, 'states'),
    priorities: optionPairs(settings, 'priorities'),
    categories: optionPairs(settings, 'categories'),
  }
}

function options(table: string): Pick<MappingRow, 'transform'> {
  return { transform: { kind: 'options', table } }
}
