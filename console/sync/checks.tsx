import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { api, ask } from '../api/client.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded } from '../ui/page.tsx'

/** Everything the account needs there, asked now, each with what mends it. */
export function Checks({ connectionId: id, onClose }: { connectionId: string; onClose: () => void }) {
  const { one } = useWords()
  const check = useQuery({
    queryKey: ['connection-check', id],
    queryFn: () => ask(api.connections[':id'].check.$get({ param: { id } })),
    gcTime: 0,
  })
  return (
    <Dialog open onClose={onClose} title={one.checkTitle} lead={one.checkLead}>
      <Loaded query={check}>
        {({ items }) => (
          <ul className="flex flex-col gap-2 text-sm">
            {items.map(({ name, ok, detail, fix }) => (
              <li key={name} className="flex gap-2">
                {ok ? (
                  <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" />
                ) : (
                  <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" />
                )}
                <span>
                  <b className="font-medium">{name}</b>: {detail}
                  {fix && <span className="block text-danger">{fix}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Dialog>
  )
}
