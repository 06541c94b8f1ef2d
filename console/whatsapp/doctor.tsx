/** Each thing that Meta asks for, whether it is so, and what to do where it is not. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, CircleHelp, ExternalLink, TriangleAlert } from 'lucide-react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/whatsapp/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded } from '../ui/page.tsx'
import { useDates } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'
import type { Channel } from './channels.tsx'

export const checkTones = { ok: 'good', warning: 'warn', failed: 'danger', unknown: 'plain' } as const
const pictures = { ok: CircleCheck, warning: TriangleAlert, failed: CircleAlert, unknown: CircleHelp }
const colours = { ok: 'text-good', warning: 'text-warn', failed: 'text-danger', unknown: 'text-quiet' }

export function Doctor({ channel: { id, name }, onClose }: { channel: Channel; onClose: () => void }) {
  const { channels: words } = useWords()
  const dates = useDates()
  const client = useQueryClient()
  const say = useToast()
  const mayCheck = useMay('channels.manage')
  const key = ['doctor', id]
  const last = useQuery({ queryKey: key, queryFn: () => ask(api.channels[':id'].doctor.$get({ param: { id } })) })
  const check = useMutation({
    mutationFn: () => ask(api.channels[':id'].doctor.$post({ param: { id } })),
    onSuccess: found => client.setQueryData(key, found),
    onError: error => say(error.message, { isBad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ['channels'] }),
  })
  return (
    <Dialog open onClose={onClose} title={words.doctorTitle(name)} lead={words.doctorLead} wide>
      <div className="flex flex-wrap items-center gap-3">
        <span className="grow text-sm text-quiet">
          {last.data?.checkedAt ? words.checkedAt(dates.whole(last.data.checkedAt)) : words.neverChecked}
        </span>
        {mayCheck && (
          <Button look="accent" disabled={check.isPending} onClick={() => check.mutate()}>
            {last.data?.checkedAt ? words.again : words.doctor}
          </Button>
        )}
      </div>
      {check.isPending && <p role="status">{words.checking}</p>}
      <Loaded query={last}>
        {({ checks }) => (
          <ul className="flex flex-col gap-2.5 text-sm">
            {checks.map(({ id: each, state, title, seen, fix, page }) => {
              const Picture = pictures[state]
              return (
                <li key={each} className="flex gap-2.5">
                  <Picture
                    aria-label={words.checkStates[state]}
                    className={`mt-0.5 size-4 shrink-0 ${colours[state]}`}
                  />
                  <span>
                    <b className="font-medium">{title}</b>
                    <span className="block text-quiet">{seen}</span>
                    {fix && <span className="block">{fix}</span>}
                    {page && (
                      <a
                        href={page}
                        target="_blank"
                        rel="noreferrer"
                        className="inline-flex items-center gap-1 font-medium text-accent"
                      >
                        {words.metaPage} <ExternalLink className="size-3.5" />
                      </a>
                    )}
                  </span>
                </li>
              )
            })}
          </ul>
        )}
      </Loaded>
    </Dialog>
  )
}
