/** The second step: switched on by a first right code, with codes for the day when the app is lost. */
import encodeQR from 'qr'
import { useState } from 'react'
import { beginTwoSteps, endTwoSteps, newBackupCodes } from '../api/account.ts'
import { sendCode } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { BackupCodes } from './backup-codes.tsx'

const refresh = [['account']]

export function TwoSteps({ isOn }: { isOn: boolean }) {
  const { security: words } = useWords()
  const [open, setOpen] = useState<'enrol' | 'end' | 'codes' | null>(null)
  const close = () => setOpen(null)
  return (
    <Section
      title={words.twoSteps}
      lead={words.twoStepsLead}
      actions={<Chip tone={isOn ? 'good' : 'warn'}>{isOn ? words.on : words.off}</Chip>}
    >
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <>
            <Button onClick={() => setOpen('codes')}>{words.newCodes}</Button>
            <Button look="danger" onClick={() => setOpen('end')}>
              {words.turnOff}
            </Button>
          </>
        ) : (
          <Button look="accent" onClick={() => setOpen('enrol')}>
            {words.turnOn}
          </Button>
        )}
      </div>
      {open === 'enrol' && <Enrol onClose={close} />}
      {open === 'codes' && <NewCodes onClose={close} />}
      {open === 'end' && <End onClose={close} />}
    </Section>
  )
}

function Enrol({ onClose }: { onClose: () => void }) {
  const { security: words } = useWords()
  const [code, setCode] = useState('')
  const begin = useAct(beginTwoSteps, { isForm: true })
  const prove = useAct(sendCode, { isForm: true, said: words.turnedOn, refresh })
  if (!begin.data) {
    return (
      <Dialog open onClose={onClose} title={words.turnOn} lead={words.passwordFirst}>
        <AskPassword submit={words.goOn} act={begin} onClose={onClose} />
      </Dialog>
    )
  }
  if (prove.isSuccess) return <BackupCodes codes={begin.data.backupCodes} onClose={onClose} />
  const { totpURI } = begin.data
  return (
    <Dialog open onClose={onClose} title={words.scan} lead={words.scanLead}>
      <Form
        onSubmit={() => prove.mutate(code)}
        submit={words.turnOn}
        error={prove.error}
        isBusy={prove.isPending}
        onCancel={onClose}
      >
        <img
          src={encodeQR(totpURI, 'data-url', { scale: 5 })}
          alt={words.qr}
          className="mx-auto rounded-xl border border-line bg-white p-2"
        />
        <details className="text-sm">
          <summary className="cursor-pointer font-medium">{words.byHand}</summary>
          <code className="mt-2 block rounded-xl bg-page p-3 break-all select-all">
            {new URL(totpURI).searchParams.get('secret')}
          </code>
        </details>
        <TextField
          label={words.code}
          value={code}
          onChange={setCode}
          autoComplete="one-time-code"
          placeholder="000000"
          required
        />
      </Form>
    </Dialog>
  )
}

function NewCodes({ onClose }: { onClose: () => void }) {
  const { security: words } = useWords()
  const make = useAct(newBackupCodes, { isForm: true })
  if (make.data) return <BackupCodes codes={make.data.backupCodes} onClose={onClose} />
  return (
    <Dialog open onClose={onClose} title={words.newCodes} lead={words.newCodesLead}>
      <AskPassword submit={words.newCodes} act={make} onClose={onClose} />
    </Dialog>
  )
}

function End({ onClose }: { onClose: () => void }) {
  const { security: words } = useWords()
  const end = useAct(endTwoSteps, { isForm: true, said: words.turnedOff, refresh, onDone: onClose })
  return (
    <Dialog open onClose={onClose} title={words.turnOff} lead={words.turnOffLead}>
      <AskPassword submit={words.turnOff} act={end} onClose={onClose} isBad />
    </Dialog>
  )
}

type Asking = { mutate: (password: string) => void; error: Error | null; isPending: boolean }

/** Whoever sits at an open screen is not yet whoever it is of. */
function AskPassword({
  submit,
  act,
  onClose,
  isBad = false,
}: {
  submit: string
  act: Asking
  onClose: () => void
  isBad?: boolean
}) {
  const { signIn } = useText()
  const [password, setPassword] = useState('')
  return (
    <Form
      onSubmit={() => act.mutate(password)}
      submit={submit}
      error={act.error}
      isBusy={act.isPending}
      onCancel={onClose}
      isBad={isBad}
    >
      <TextField
        label={signIn.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus
        required
      />
    </Form>
  )
}
