/** What the mapping's screens ask the hub, and how the draft is written. */
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import type { Answer, Asked } from '../api/types.ts'
import { useToast } from '../ui/toasts.tsx'

const at = api.connections[':id'].mapping

export type WholeMapping = Answer<typeof at.$get>
export type Mapping = WholeMapping['active']['mapping']
export type Kind = keyof Mapping
export type Row = Mapping[Kind][number]
export type Transform = Row['transform']
export type Fields = Answer<typeof at.fields.$get>
export type OurField = Fields['ours'][number]
export type TheirField = Fields['theirs'][number]
export type Preview = Answer<typeof at.preview.$get>['items'][number]
export type Finding = Answer<typeof at.check.$get>['items'][number]
export type Version = Answer<typeof at.versions.$get>['items'][number]
export type WhichFile = NonNullable<Asked<typeof at.file.$get>['query']>['version']

const keyOf = (id: string, ...rest: string[]) => ['mapping', id, ...rest]

export const mappingQuery = (id: string) =>
  queryOptions({ queryKey: keyOf(id, 'whole'), queryFn: () => ask(at.$get({ param: { id } })) })

export const fieldsQuery = (id: string, kind: Kind) =>
  queryOptions({
    queryKey: ['mapping-fields', id, kind],
    queryFn: () => ask(at.fields.$get({ param: { id }, query: { kind } })),
    staleTime: 60_000,
  })

export const checkQuery = (id: string) =>
  queryOptions({ queryKey: keyOf(id, 'check'), queryFn: () => ask(at.check.$get({ param: { id } })) })

export const suggestionsQuery = (id: string, kind: Kind) =>
  queryOptions({
    queryKey: keyOf(id, 'suggestions', kind),
    queryFn: () => ask(at.suggestions.$get({ param: { id }, query: { kind } })),
  })

/** `stamp`: of the version that is shown. Another is another question, so that nobody asks for a draft that has gone. */
export const previewQuery = (id: string, kind: Kind, recordId: string, of: 'draft' | 'active', stamp: string) =>
  queryOptions({
    queryKey: ['mapping-preview', id, kind, recordId, of, stamp],
    queryFn: () => ask(at.preview.$get({ param: { id }, query: { kind, recordId, of } })),
    enabled: recordId !== '' && stamp !== '',
    placeholderData: keepPreviousData,
  })

export const versionsQuery = (id: string) =>
  queryOptions({ queryKey: keyOf(id, 'versions'), queryFn: () => ask(at.versions.$get({ param: { id } })) })

export const fileQuery = (id: string, version: 'active' | 'draft', stamp: string) =>
  queryOptions({
    queryKey: ['mapping-file', id, version, stamp],
    queryFn: () => ask(at.file.$get({ param: { id }, query: { version, format: 'yaml' } })),
    enabled: stamp !== '',
  })

/** Which version stands in `whole`, the draft before the active one; empty while a draft is only just being kept. */
export function stampOf(whole: WholeMapping | undefined): string {
  if (!whole) return ''
  return whole.draft ? (whole.draft.version.editedAt ?? '') : `v${whole.active.version?.version ?? 0}`
}

export const driftQuery = (id: string) =>
  queryOptions({
    queryKey: ['drift', id],
    queryFn: () => ask(api['drift-findings'].$get({ query: { connectionId: id, open: 'true', limit: '200' } })),
  })

/** Records whose values may be shown. */
export const samplesQuery = (kind: Kind) =>
  queryOptions({
    queryKey: ['samples', kind],
    async queryFn(): Promise<{ id: string; name: string }[]> {
      if (kind === 'ticket') {
        const { items } = await ask(api.tickets.$get({ query: { limit: '20' } }))
        return items.map(({ id, number, subject }) => ({ id, name: `${number} · ${subject}` }))
      }
      const { items } = await ask(api.contacts.$get({ query: { limit: '20' } }))
      return items.map(({ id, name, phone }) => ({ id, name: name ?? phone ?? id }))
    },
    staleTime: 60_000,
  })

export const refreshMapping = (id: string) => [
  ['mapping', id],
  ['drift', id],
]

/** The mapping as it is edited: the draft, or what a draft would begin with. Each change is kept at the hub at once. */
export function useDraft(id: string) {
  const client = useQueryClient()
  const say = useToast()
  const query = useQuery(mappingQuery(id))
  const { queryKey } = mappingQuery(id)
  const save = useMutation({
    mutationFn: (mapping: Mapping) => ask(at.draft.$put({ param: { id }, json: mapping })),
    onMutate: async mapping => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      client.setQueryData(queryKey, known => known && withDraft(known, mapping))
      return before
    },
    onError(error, _, before) {
      client.setQueryData(queryKey, before)
      say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['mapping', id] }),
  })
  const { data } = query
  const mapping = data?.draft?.mapping ?? data?.active.mapping
  return {
    query,
    mapping,
    isDraft: data?.draft !== null && data?.draft !== undefined,
    isSaving: save.isPending,
    change(kind: Kind, edit: (rows: Row[]) => Row[]) {
      if (mapping) save.mutate({ ...mapping, [kind]: edit(mapping[kind]) })
    },
  }
}

/** On the screen before the hub has answered; the version's own facts come with the answer. */
function withDraft(known: WholeMapping, mapping: Mapping): WholeMapping {
  const version = known.draft?.version ?? {
    ...{ version: (known.active.version?.version ?? 0) + 1, state: 'draft' as const, origin: 'edited' as const },
    ...{ restores: null, editedBy: null, editedAt: null, appliedBy: null, appliedAt: null },
  }
  return { ...known, draft: { version, mapping } }
}
