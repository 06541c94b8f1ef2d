/** What is active, whether there is a draft, and the way from one to the other and back. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { FileDiff, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Connection } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/parts.tsx'
import { useToast } from '../ui/toasts.tsx'
import { PlanDialog } from './plan-dialog.tsx'
import { mappingQuery, refreshMapping } from './questions.ts'

const at = api.connections[':id'].mapping

export function DraftBar({ connection: { id } }: { connection: Connection }) {
  const words = useWords()
  const mayEdit = useMay('connections.manage')
  const { data } = useQuery(mappingQuery(id))
  const [isPlanning, setPlanning] = useState(false)
  const undo = useUndo(id)
  const discard = useAct(() => ask(at.draft.$delete({ param: { id } })), {
    said: words.discarded,
    refresh: refreshMapping(id),
  })
  if (!data) return <div className="pulse h-16 w-full rounded-2xl" />
  const { active, draft } = data
  return (
    <div className="flex min-h-16 flex-wrap items-center gap-3 rounded-2xl border border-line bg-panel p-3 md:px-4">
      <div className="flex min-w-0 grow flex-wrap items-center gap-2">
        <Chip tone="good">{active.version ? words.active(active.version.version) : words.defaults}</Chip>
        {draft && <Chip tone="warn">{words.draft(draft.version.version)}</Chip>}
        {draft && <span className="text-sm text-quiet">{words.draftLead}</span>}
      </div>
      {mayEdit && draft && (
        <>
          <Button look="quiet" disabled={discard.isPending} onClick={() => discard.mutate(undefined)}>
            {words.discard}
          </Button>
          <Button look="accent" onClick={() => setPlanning(true)}>
            <FileDiff className="size-4" /> {words.plan}
          </Button>
        </>
      )}
      {mayEdit && !draft && active.version && (
        <Button disabled={undo.isPending} onClick={() => undo.mutate(undefined)}>
          <Undo2 className="size-4" /> {words.undo}
        </Button>
      )}
      {isPlanning && draft && (
        <PlanDialog connectionId={id} editedAt={draft.version.editedAt} onClose={() => setPlanning(false)} />
      )}
    </div>
  )
}

/** The version before is active again; records that were told by the last are told anew. */
export function useUndo(id: string) {
  const words = useWords()
  const say = useToast()
  const client = useQueryClient()
  return useAct(() => ask(at.undo.$post({ param: { id }, json: { backfill: true } })), {
    refresh: refreshMapping(id),
    onDone: ({ version }) => {
      say(words.undone(version.version))
      return client.invalidateQueries({ queryKey: ['mapping-fields', id] })
    },
  })
}
