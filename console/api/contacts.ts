import type { api } from './client.ts'
import type { Answer } from './types.ts'

export type Contact = Answer<typeof api.contacts.$get>['items'][number]
export type WholeContact = Answer<(typeof api.contacts)[':id']['$get']>
export type Suggestion = WholeContact['suggestions'][number]
export type FieldChange = Answer<(typeof api.contacts)[':id']['provenance']['$get']>['items'][number]
