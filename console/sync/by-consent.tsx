/** An admin of the CRM is sent there to agree, and comes back connected. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Form, TextField } from '../ui/form.tsx'
import { filled, SettingFields, type Settings } from './setting-fields.tsx'

export function ByConsent({ connector, connectionId }: { connector: string; connectionId?: string }) {
  const { connections: words } = useWords()
  const [clientId, setClientId] = useState('')
  const [clientSecret, setClientSecret] = useState('')
  const [settings, setSettings] = useState<Settings>({})
  const begin = useAct(
    () =>
      ask(
        api.connections.consent.$post({
          json: { connector, clientId, clientSecret, ...(connectionId ? { connectionId } : filled(settings)) },
        }),
      ),
    { isForm: true, onDone: ({ url }) => location.assign(url) },
  )
  return (
    <details className="rounded-xl border border-line p-3">
      <summary className="cursor-pointer font-medium">{words.consent}</summary>
      <p className="my-3 text-sm text-quiet">
        {words.consentLead} <code className="break-all select-all">{`${location.origin}/oauth/callback`}</code>
      </p>
      <Form onSubmit={() => begin.mutate(undefined)} submit={words.goOn} error={begin.error} isBusy={begin.isPending}>
        <TextField label={words.clientId} name="clientId" value={clientId} onChange={setClientId} required />
        <TextField
          label={words.clientSecret}
          name="clientSecret"
          type="password"
          autoComplete="off"
          value={clientSecret}
          onChange={setClientSecret}
          required
        />
        {!connectionId && <SettingFields connector={connector} by="consent" value={settings} onChange={setSettings} />}
      </Form>
    </details>
  )
}
