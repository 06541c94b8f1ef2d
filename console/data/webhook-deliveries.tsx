/** One endpoint: what was sent to it and what it answered, and what is done to it. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/data/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'
import { type Endpoint, endpointsKey, endpointTones } from './webhooks.tsx'

const at = api['webhook-endpoints'][':id']
type Delivery = Answer<typeof at.deliveries.$get>['items'][number]
const tones = { pending: 'warn', delivered: 'good', failed: 'danger' } as const

export function WebhookDeliveries({
  endpoint: { id, url, state },
  onClose,
  onEdit,
  onSecret,
}: {
  endpoint: Endpoint
  onClose: () => void
  onEdit: () => void
  onSecret: (secret: string) => void
}) {
  const { webhooks: words } = useWords()
  const { common } = useText()
  const dates = useDates()
  const param = { id }
  const key = ['webhook-deliveries', id]
  const list = usePages(key, cursor => ask(at.deliveries.$get({ param, query: { limit: '20', ...cursor } })), {
    refetchInterval: 4_000,
  })
  const [opened, setOpened] = useState<Delivery | null>(null)
  const refresh = [endpointsKey, key]
  const test = useAct(() => ask(at.test.$post({ param })), { said: words.tested, refresh })
  const turn = useAct((active: boolean) => ask(at.$patch({ param, json: { active } })), { refresh })
  const renew = useAct(() => ask(at['renew-secret'].$post({ param })), {
    refresh,
    onDone: made => onSecret(made.secret),
  })
  const replay = useAct((deliveryId: string) => ask(at.replay.$post({ param, json: { deliveryId } })), {
    said: words.replayed,
    refresh,
    onDone: () => setOpened(null),
  })
  const remove = useAct(() => ask(at.$delete({ param })), { said: words.removed, refresh, onDone: onClose })
  return (
    <Dialog open onClose={onClose} title={url} wide>
      <div className="flex flex-wrap items-center gap-2">
        <Chip tone={endpointTones[state]}>{words.states[state]}</Chip>
        <span className="grow" />
        <Button small onClick={() => test.mutate(undefined)}>
          {words.test}
        </Button>
        <Button small onClick={onEdit}>
          {common.edit}
        </Button>
        <Button small onClick={() => turn.mutate(state === 'disabled')}>
          {state === 'disabled' ? words.turnOn : words.turnOff}
        </Button>
        <Button small onClick={() => renew.mutate(undefined)}>
          {words.renew}
        </Button>
        <ConfirmButton
          small
          look="danger"
          question={words.remove}
          lead={words.removeLead}
          yes={common.remove}
          onYes={() => remove.mutate(undefined)}
        >
          {common.remove}
        </ConfirmButton>
      </div>
      <Loaded query={list.query}>
        {rows => (
          <Table
            label={words.deliveries}
            rows={rows}
            keyOf={row => row.id}
            more={list.more}
            onOpen={setOpened}
            empty={<p className="text-quiet">{words.noDeliveries}</p>}
            columns={[
              { head: words.event, cell: row => row.event, grows: true },
              { head: words.at, cell: row => (row.createdAt ? dates.whole(row.createdAt) : '—') },
              {
                head: words.state,
                cell: row => <Chip tone={tones[row.state]}>{words.deliveryStates[row.state]}</Chip>,
              },
              { head: words.attempts, cell: row => row.attempts, isNumber: true },
              { head: words.answer, cell: row => row.answer.status ?? '—', isNumber: true },
            ]}
          />
        )}
      </Loaded>
      {opened && (
        <Dialog open onClose={() => setOpened(null)} title={opened.event} wide>
          <h3 className="text-sm font-semibold">{words.payload}</h3>
          <pre className="rounded-xl bg-page p-3 text-xs whitespace-pre-wrap wrap-break-word">
            {JSON.stringify(opened.payload, null, 2)}
          </pre>
          {opened.answer.text && (
            <>
              <h3 className="text-sm font-semibold">{words.answer}</h3>
              <pre className="rounded-xl bg-page p-3 text-xs whitespace-pre-wrap wrap-break-word">
                {opened.answer.text}
              </pre>
            </>
          )}
          <div className="flex justify-end">
            <Button look="accent" onClick={() => replay.mutate(opened.id)}>
              {words.replay}
            </Button>
          </div>
        </Dialog>
      )}
    </Dialog>
  )
}
