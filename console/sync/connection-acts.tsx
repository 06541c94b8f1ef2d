/** What is done to an account: paused, resumed, let in anew, read again, checked. */
import { KeyRound, MoreVertical, Pause, Play, RefreshCw, Stethoscope } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Connection } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form } from '../ui/form.tsx'
import { Item, Menu } from '../ui/menu.tsx'
import { ByConsent } from './by-consent.tsx'
import { Checks } from './checks.tsx'
import { CredentialFields, type Credentials } from './credential-fields.tsx'

const at = api.connections[':id']

export function ConnectionActs({ connection }: { connection: Connection }) {
  const { one } = useWords()
  const { common } = useText()
  const mayManage = useMay('connections.manage')
  const [open, setOpen] = useState<'check' | 'credentials' | null>(null)
  const { id, state } = connection
  const refresh = [['connections'], ['health', id]]
  const pause = useAct(() => ask(at.pause.$post({ param: { id } })), { refresh })
  const resume = useAct(() => ask(at.resume.$post({ param: { id } })), { refresh })
  const reread = useAct(() => ask(at.reread.$post({ param: { id } })), { said: one.rereadDone, refresh })
  return (
    <>
      <Button onClick={() => setOpen('check')}>
        <Stethoscope className="size-4" /> {one.check}
      </Button>
      {mayManage && (
        <>
          {state === 'active' ? (
            <Button disabled={pause.isPending} onClick={() => pause.mutate(undefined)}>
              <Pause className="size-4" /> {one.pause}
            </Button>
          ) : (
            <Button look="accent" disabled={resume.isPending} onClick={() => resume.mutate(undefined)}>
              <Play className="size-4" /> {one.resume}
            </Button>
          )}
          <Menu
            trigger={
              <IconButton label={common.more}>
                <MoreVertical />
              </IconButton>
            }
          >
            <Item onSelect={() => setOpen('credentials')}>
              <KeyRound /> {one.reconnect}
            </Item>
            <Item onSelect={() => reread.mutate(undefined)}>
              <RefreshCw /> {one.reread}
            </Item>
          </Menu>
        </>
      )}
      {open === 'check' && <Checks connectionId={id} onClose={() => setOpen(null)} />}
      {open === 'credentials' && <Reconnect connection={connection} onClose={() => setOpen(null)} />}
    </>
  )
}

function Reconnect({ connection: { id, connector }, onClose }: { connection: Connection; onClose: () => void }) {
  const { one } = useWords()
  const [credentials, setCredentials] = useState<Credentials>({})
  const save = useAct(() => ask(at.reconnect.$post({ param: { id }, json: { credentials } })), {
    isForm: true,
    said: one.reconnected,
    refresh: [['connections'], ['health', id]],
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={one.reconnect}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={one.reconnect}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <CredentialFields connector={connector} value={credentials} onChange={setCredentials} />
      </Form>
      <ByConsent connector={connector} connectionId={id} />
    </Dialog>
  )
}
