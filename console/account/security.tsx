/** How one comes in: password, second step, and where one is signed in. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { changePassword, ownSessionQuery } from '../api/account.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { useText } from '../i18n/index.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Loaded, Page, Section } from '../ui/page.tsx'
import { Sessions } from './sessions.tsx'
import { TwoSteps } from './two-steps.tsx'

export function Security() {
  const { security: words } = useWords()
  const own = useQuery(ownSessionQuery)
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={own}>
        {({ user, session }) => (
          <>
            <TwoSteps isOn={user.twoFactorEnabled ?? false} />
            <Sessions current={session.token} />
            <Password email={user.email} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Password({ email }: { email: string }) {
  const { security: words } = useWords()
  const { common } = useText()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useAct(() => changePassword(current, next), {
    ...{ isForm: true, said: words.passwordSaved, refresh: [['account']] },
    onDone() {
      setCurrent('')
      setNext('')
    },
  })
  return (
    <Section title={words.password} lead={words.passwordLead}>
      <Form
        onSubmit={() => change.mutate(undefined)}
        submit={common.save}
        error={change.error}
        isBusy={change.isPending}
      >
        {/* Keepers of passwords must know whose it is. */}
        <input type="email" autoComplete="username" defaultValue={email} hidden readOnly />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.currentPassword}
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
            required
          />
          <TextField
            label={words.newPassword}
            type="password"
            autoComplete="new-password"
            hint={words.newPasswordHint}
            value={next}
            onChange={setNext}
            required
          />
        </div>
      </Form>
    </Section>
  )
}
