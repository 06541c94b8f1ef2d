/** Two that may be one person, for a person to judge; a merge can be taken back. */
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, ask } from '../api/client.ts'
import type { Suggestion } from '../api/contacts.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/contacts/index.ts'
import { Button } from '../ui/button.tsx'
import { useToast } from '../ui/toasts.tsx'

export function SuggestionLine({ suggestion: { id, contacts, sentence } }: { suggestion: Suggestion }) {
  const { merge: words } = useWords()
  const say = useToast()
  const client = useQueryClient()
  const mayMerge = useMay('contacts.merge')
  const refresh = [['contacts'], ['merge-suggestions'], ['tickets']]
  const again = () => Promise.all(refresh.map(queryKey => client.invalidateQueries({ queryKey })))
  const part = async (mergeId: string) => {
    try {
      await ask(api.merges[':id'].undo.$post({ param: { id: mergeId } }))
      say(words.parted)
    } catch (error) {
      say((error as Error).message, { isBad: true })
    }
    await again()
  }
  const merge = useAct(() => ask(api['merge-suggestions'][':id'].merge.$post({ param: { id }, json: {} })), {
    refresh,
    onDone: made => say(words.merged, { undo: () => void part(made.id) }),
  })
  const dismiss = useAct(() => ask(api['merge-suggestions'][':id'].dismiss.$post({ param: { id } })), {
    refresh,
    said: words.dismissed,
  })
  return (
    <article className="flex flex-wrap items-center gap-3 rounded-xl border border-line bg-panel p-3">
      <div className="min-w-0 grow basis-64">
        <p className="flex flex-wrap gap-x-3 font-medium">
          {contacts.map(each => (
            <Link key={each.id} to="/contacts/$id" params={{ id: each.id }} className="hover:text-accent">
              {each.name ?? each.phone} <span className="text-sm font-normal text-quiet">{each.phone}</span>
            </Link>
          ))}
        </p>
        <p className="text-sm text-quiet">{sentence}</p>
      </div>
      {mayMerge && (
        <>
          <Button small disabled={dismiss.isPending} onClick={() => dismiss.mutate(undefined)}>
            {words.no}
          </Button>
          <Button small look="accent" disabled={merge.isPending} onClick={() => merge.mutate(undefined)}>
            {words.yes}
          </Button>
        </>
      )}
    </article>
  )
}
