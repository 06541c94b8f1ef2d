import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/whatsapp/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'

const query = { queryKey: ['meta-apps'], queryFn: () => ask(api['meta-apps'].$get()) }

/** Meta apps of the workspace's own, each with its webhook address. */
export function MetaApps() {
  const { channels: words } = useWords()
  const apps = useQuery(query)
  const [isAdding, setAdding] = useState(false)
  return (
    <Section
      title={words.apps}
      lead={words.appsLead}
      actions={
        <Button small onClick={() => setAdding(true)}>
          {words.addApp}
        </Button>
      }
    >
      <Loaded query={apps} rows={1}>
        {({ items }) =>
          items.length > 0 && (
            <Table
              label={words.apps}
              rows={items}
              keyOf={row => row.appKey}
              columns={[
                { head: words.appKey, cell: row => row.appKey },
                { head: words.appId, cell: row => row.appId ?? '—' },
                { head: words.appNumbers, cell: row => row.channels, isNumber: true },
                {
                  head: words.webhook,
                  cell: row => <code className="text-xs break-all select-all">{row.webhookUrl}</code>,
                  grows: true,
                },
              ]}
            />
          )
        }
      </Loaded>
      {isAdding && <AddApp onClose={() => setAdding(false)} />}
    </Section>
  )
}

function AddApp({ onClose }: { onClose: () => void }) {
  const { channels: words } = useWords()
  const { common } = useText()
  const [app, setApp] = useState({ appKey: '', appId: '', appSecret: '', verifyToken: '' })
  const set = (key: keyof typeof app) => (text: string) => setApp({ ...app, [key]: text.trim() })
  const save = useAct(
    () => {
      const { appKey, appId, appSecret, verifyToken } = app
      const json = { appKey, appSecrets: [appSecret], verifyToken, ...(appId ? { appId } : {}) }
      return ask(api['meta-apps'].$post({ json }))
    },
    { isForm: true, said: words.appSaved, refresh: [query.queryKey], onDone: onClose },
  )
  return (
    <Dialog open onClose={onClose} title={words.addApp} lead={words.appsLead}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <TextField
          label={words.appKey}
          name="appKey"
          hint={words.appKeyHint}
          value={app.appKey}
          onChange={set('appKey')}
          required
        />
        <TextField label={words.appId} name="appId" value={app.appId} onChange={set('appId')} />
        <TextField
          label={words.appSecret}
          name="appSecrets"
          type="password"
          autoComplete="off"
          value={app.appSecret}
          onChange={set('appSecret')}
          required
        />
        <TextField
          label={words.verifyToken}
          name="verifyToken"
          value={app.verifyToken}
          onChange={set('verifyToken')}
          required
        />
      </Form>
    </Dialog>
  )
}
