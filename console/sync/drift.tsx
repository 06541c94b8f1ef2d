/** What the CRM changed in its fields, and records that both sides kept rewriting. */
import { useQuery } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { driftQuery } from '../mapping/questions.ts'
import { Button } from '../ui/button.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'

export function Drift({ connectionId: id }: { connectionId: string }) {
  const { drift: words } = useWords()
  const mayManage = useMay('connections.manage')
  const findings = useQuery(driftQuery(id))
  const refresh = [
    ['drift', id],
    ['health', id],
    ['mapping', id],
  ]
  const look = useAct(() => ask(api.connections[':id'].fields.check.$post({ param: { id } })), { refresh })
  const accept = useAct(() => ask(api.connections[':id'].fields.accept.$post({ param: { id } })), {
    said: words.accepted,
    refresh,
  })
  const hasSome = (findings.data?.items.length ?? 0) > 0
  return (
    <Section
      title={words.title}
      lead={words.lead}
      actions={
        mayManage && (
          <>
            {hasSome && (
              <Button disabled={accept.isPending} onClick={() => accept.mutate(undefined)}>
                {words.accept}
              </Button>
            )}
            <Button disabled={look.isPending} onClick={() => look.mutate(undefined)}>
              {words.check}
            </Button>
          </>
        )
      }
    >
      <Loaded query={findings} rows={1}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-quiet">{words.none}</p>
          ) : (
            <ul className="flex flex-col gap-2 text-sm">
              {items.map(({ id: each, field, cause, fix }) => (
                <li key={each} className="rounded-xl bg-warn-soft p-3 text-warn">
                  <b>{field}</b>: {cause} {fix}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <HeldPairs connectionId={id} mayManage={mayManage} />
    </Section>
  )
}

function HeldPairs({ connectionId, mayManage }: { connectionId: string; mayManage: boolean }) {
  const { drift: words } = useWords()
  const list = usePages(['held-pairs', connectionId], cursor =>
    ask(api['held-pairs'].$get({ query: { connectionId, limit: '20', ...cursor } })),
  )
  const release = useAct((id: string) => ask(api['held-pairs'][':id'].release.$post({ param: { id } })), {
    refresh: [
      ['held-pairs', connectionId],
      ['health', connectionId],
    ],
  })
  const held = list.query.data?.filter(({ releasedAt }) => releasedAt === null) ?? []
  if (held.length === 0) return null
  return (
    <section aria-label={words.pairs} className="flex flex-col gap-2 text-sm">
      <h3 className="font-semibold">{words.pairs}</h3>
      <p className="text-quiet">{words.pairsLead}</p>
      <ul className="flex flex-col gap-2">
        {held.map(({ id, label, recordId, reason, cause, fix, trips, fields }) => (
          <li key={id} className="flex flex-wrap items-center gap-2">
            <b>{label ?? recordId}</b>
            {reason === 'rewritten' && <Chip tone="warn">{words.trips(trips)}</Chip>}
            <span className="grow text-quiet">
              {[Object.keys(fields).join(', '), cause, fix].filter(Boolean).join(' · ')}
            </span>
            {mayManage && (
              <Button small onClick={() => release.mutate(id)}>
                {words.release}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
