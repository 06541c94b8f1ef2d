/** The numbers: whether they are well, and connecting another. */
import { useQuery } from '@tanstack/react-query'
import { Phone, Plus, Stethoscope } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/whatsapp/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Facts, Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { useDates } from '../ui/time.ts'
import { ConnectNumber } from './connect-number.tsx'
import { checkTones, Doctor } from './doctor.tsx'
import { MetaApps } from './meta-apps.tsx'

export type Channel = Answer<typeof api.channels.$get>['items'][number]
export const channelsQuery = { queryKey: ['channels'], queryFn: () => ask(api.channels.$get()) }
const tones = {
  connected: 'good',
  unchecked: 'plain',
  paused: 'warn',
  reconnect: 'danger',
  disconnected: 'danger',
} as const

export function Channels() {
  const { channels: words } = useWords()
  const mayManage = useMay('channels.manage')
  const channels = useQuery(channelsQuery)
  const [isConnecting, setConnecting] = useState(false)
  const connect = (
    <Button look="accent" onClick={() => setConnecting(true)}>
      <Plus className="size-4" /> {words.connect}
    </Button>
  )
  return (
    <Page title={words.title} lead={words.lead} actions={mayManage && connect}>
      <Loaded query={channels}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<Phone />} title={words.none} lead={words.noneLead} />
          ) : (
            <ul aria-label={words.title} className="flex flex-col gap-3">
              {items.map(each => (
                <li key={each.id}>
                  <Card channel={each} mayManage={mayManage} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {mayManage && <MetaApps />}
      {isConnecting && <ConnectNumber onClose={() => setConnecting(false)} />}
    </Page>
  )
}

function Card({ channel, mayManage }: { channel: Channel; mayManage: boolean }) {
  const { channels: words } = useWords()
  const dates = useDates()
  const [open, setOpen] = useState<'doctor' | 'token' | null>(null)
  const { id, name, displayPhoneNumber, state, stateReason, health } = channel
  const resume = useAct(() => ask(api.channels[':id'].resume.$post({ param: { id } })), {
    said: words.resumed,
    refresh: [['channels']],
  })
  return (
    <article aria-label={name} className="flex flex-col gap-3 rounded-2xl border border-line bg-panel p-4">
      <header className="flex flex-wrap items-center gap-2">
        <b>{name}</b>
        <span className="text-quiet select-all">{displayPhoneNumber}</span>
        <Chip tone={tones[state]}>{words.states[state]}</Chip>
        <Chip tone={checkTones[health.state]}>{words.checkStates[health.state]}</Chip>
        <span className="grow" />
        <Button small onClick={() => setOpen('doctor')}>
          <Stethoscope className="size-4" /> {words.doctor}
        </Button>
        {mayManage && (
          <Button small onClick={() => setOpen('token')}>
            {words.newToken}
          </Button>
        )}
        {mayManage && state === 'paused' && (
          <Button small look="accent" onClick={() => resume.mutate(undefined)}>
            {words.resume}
          </Button>
        )}
      </header>
      {stateReason && <p className="text-sm text-danger">{stateReason}</p>}
      {health.causes.map(({ id: cause, title, seen, fix }) => (
        <p key={cause} className="rounded-xl bg-warn-soft px-3 py-2 text-sm text-warn">
          <b>{title}</b>: {seen} {fix}
        </p>
      ))}
      <Facts
        items={[
          [words.quality, health.quality?.value],
          [words.limit, health.messagingLimit?.value],
          [words.verifiedName, health.verifiedName?.value],
          [words.pace, channel.perSecond],
          [words.ids, `${channel.phoneNumberId} · ${channel.wabaId}`],
          [
            words.webhook,
            <code key="url" className="text-xs break-all select-all">
              {channel.webhookUrl}
            </code>,
          ],
        ]}
      />
      <p className="text-xs text-quiet">
        {health.checkedAt ? words.checkedAt(dates.whole(health.checkedAt)) : words.neverChecked}
      </p>
      {open === 'doctor' && <Doctor channel={channel} onClose={() => setOpen(null)} />}
      {open === 'token' && <NewToken id={id} onClose={() => setOpen(null)} />}
    </article>
  )
}

function NewToken({ id, onClose }: { id: string; onClose: () => void }) {
  const { channels: words } = useWords()
  const { common } = useText()
  const [token, setToken] = useState('')
  const save = useAct(() => ask(api.channels[':id'].reconnect.$post({ param: { id }, json: { token } })), {
    isForm: true,
    said: words.tokenSaved,
    refresh: [['channels']],
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={words.newToken}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <TextField
          label={words.token}
          name="token"
          type="password"
          autoComplete="off"
          hint={words.tokenHint}
          value={token}
          onChange={setToken}
          required
        />
      </Form>
    </Dialog>
  )
}
