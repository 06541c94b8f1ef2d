/** Connecting a number: its account and token, which of its numbers, and the steps that were taken. */
import { useState } from 'react'
import { api, ask, Problem } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/whatsapp/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { useToast } from '../ui/toasts.tsx'

type Step = { id: string; outcome: string; sentence: string }

export function ConnectNumber({ onClose }: { onClose: () => void }) {
  const { channels: words } = useWords()
  const say = useToast()
  const [wabaId, setWabaId] = useState('')
  const [token, setToken] = useState('')
  const [chosen, setChosen] = useState('')
  const [name, setName] = useState('')
  const [pin, setPin] = useState('')
  const look = useAct(() => ask(api.channels.numbers.$post({ json: { wabaId, token } })), { isForm: true })
  const numbers = look.data?.items
  const phoneNumberId = chosen || numbers?.[0]?.phoneNumberId || ''
  const connect = useAct(
    () =>
      ask(
        api.channels.connect.$post({
          json: { wabaId, token, phoneNumberId, ...(name ? { name } : {}), ...(pin ? { pin } : {}) },
        }),
      ),
    {
      isForm: true,
      refresh: [['channels'], ['onboarding']],
      onDone({ channel }) {
        say(words.connected(channel.name))
        onClose()
      },
    },
  )
  const steps = connect.error instanceof Problem ? stepsOf(connect.error) : []
  return (
    <Dialog open onClose={onClose} title={words.connect} lead={words.noneLead}>
      <Form
        onSubmit={() => (numbers ? connect.mutate(undefined) : look.mutate(undefined))}
        submit={numbers ? words.connect : words.numbers}
        error={connect.error ?? look.error}
        isBusy={look.isPending || connect.isPending}
        onCancel={onClose}
      >
        <TextField
          label={words.wabaId}
          name="wabaId"
          hint={words.wabaHint}
          value={wabaId}
          onChange={text => {
            setWabaId(text.trim())
            look.reset()
          }}
          required
        />
        <TextField
          label={words.token}
          name="token"
          type="password"
          autoComplete="off"
          hint={words.tokenHint}
          value={token}
          onChange={text => {
            setToken(text)
            look.reset()
          }}
          required
        />
        {numbers && (
          <>
            <Choice
              label={words.number}
              value={phoneNumberId}
              onChange={setChosen}
              options={numbers.map(each => [
                each.phoneNumberId,
                [each.displayPhoneNumber, each.verifiedName, each.onBusinessApp && words.onApp]
                  .filter(Boolean)
                  .join(' · '),
              ])}
            />
            <TextField label={words.name} name="name" value={name} onChange={setName} />
            <TextField
              label={words.pin}
              name="pin"
              hint={words.pinHint}
              value={pin}
              onChange={setPin}
              autoComplete="off"
            />
          </>
        )}
        {steps.length > 0 && (
          <section aria-label={words.steps} className="rounded-xl bg-page p-3 text-sm">
            <h3 className="mb-1 font-semibold">{words.steps}</h3>
            <ol className="list-decimal pl-5">
              {steps.map(({ id, sentence }) => (
                <li key={id}>{sentence}</li>
              ))}
            </ol>
          </section>
        )}
      </Form>
    </Dialog>
  )
}

/** What was done before it stopped stands in the refusal. */
function stepsOf({ body }: Problem): Step[] {
  return Array.isArray(body.steps) ? (body.steps as Step[]) : []
}
