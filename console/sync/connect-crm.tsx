/** Connecting an account: which CRM, how it is let in, what that would make there, and then it is done. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { Loaded } from '../ui/page.tsx'
import { useToast } from '../ui/toasts.tsx'
import { ByConsent } from './by-consent.tsx'
import { CredentialFields, type Credentials } from './credential-fields.tsx'
import { credentialForms } from './credential-forms.ts'
import { filled, SettingFields, type Settings } from './setting-fields.tsx'

export function ConnectCrm({ onClose }: { onClose: () => void }) {
  const { connections: words } = useWords()
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: () => ask(api.connectors.$get()) })
  const [connector, setConnector] = useState('')
  return (
    <Dialog open onClose={onClose} title={words.connect} lead={words.emptyLead}>
      <Loaded query={connectors}>
        {({ items }) => {
          const chosen = items.find(({ id }) => id === connector) ?? items[0]
          if (!chosen) return null
          return (
            <>
              <Choice
                label={words.which}
                value={chosen.id}
                onChange={setConnector}
                options={items.map(({ id, name }) => [id, name])}
              />
              {credentialForms[chosen.id] && <ByToken key={chosen.id} connector={chosen} onClose={onClose} />}
              {chosen.consent && <ByConsent connector={chosen.id} />}
            </>
          )
        }}
      </Loaded>
    </Dialog>
  )
}

function ByToken({ connector, onClose }: { connector: { id: string; name: string }; onClose: () => void }) {
  const { connections: words } = useWords()
  const { common } = useText()
  const say = useToast()
  const navigate = useNavigate()
  const [name, setName] = useState(connector.name)
  const [credentials, setCredentials] = useState<Credentials>({})
  const [settings, setSettings] = useState<Settings>({})
  const given = { connector: connector.id, credentials, ...filled(settings) }
  const look = useAct(() => ask(api.connections['set-up'].$post({ json: given })), { isForm: true })
  const connect = useAct(() => ask(api.connections.$post({ json: { ...given, name } })), {
    isForm: true,
    refresh: [['connections'], ['onboarding']],
    onDone(made) {
      say(words.connected(made.name))
      onClose()
      return navigate({ to: '/settings/connections/$id', params: { id: made.id } })
    },
  })
  const makings = look.data?.items
  return (
    <Form
      onSubmit={() => (makings ? connect.mutate(undefined) : look.mutate(undefined))}
      submit={makings ? words.connect : words.preview}
      error={connect.error ?? look.error}
      isBusy={look.isPending || connect.isPending}
      onCancel={onClose}
    >
      <TextField label={words.name} hint={words.nameHint} name="name" value={name} onChange={setName} required />
      <CredentialFields
        connector={connector.id}
        value={credentials}
        onChange={changed => {
          setCredentials(changed)
          look.reset()
        }}
      />
      <SettingFields
        connector={connector.id}
        by="token"
        value={settings}
        onChange={changed => {
          setSettings(changed)
          look.reset()
        }}
      />
      {look.isPending && <p role="status">{common.loading}</p>}
      {makings && (
        <section aria-label={words.makes} className="rounded-xl bg-page p-3 text-sm">
          <h3 className="mb-1 font-semibold">{makings.length > 0 ? words.makes : words.makesNothing}</h3>
          <ul className="flex flex-col gap-0.5">
            {makings.map(({ what, name: made, label, detail }) => (
              <li key={what + made}>
                <b>{label || made}</b> <span className="text-quiet">({what})</span> {detail}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Form>
  )
}
