/** A forgotten password: a link is asked for, and with the link another is chosen. */
import { useQuery } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { askForReset, doorQuery, resetPassword } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/entry/index.ts'
import { Form, TextField } from '../ui/form.tsx'
import { Card, Door } from './door.tsx'

export function ResetPassword() {
  const { reset: words } = useWords()
  const { token } = useSearch({ from: '/reset-password' })
  return (
    <Door title={token ? words.newTitle : words.title} {...(token ? {} : { lead: words.lead })}>
      <Card>{token ? <Choose token={token} /> : <Ask />}</Card>
      <Link to="/sign-in" className="self-center text-sm font-medium text-accent">
        {words.back}
      </Link>
    </Door>
  )
}

function Ask() {
  const { reset: words, join } = useWords()
  const { data: door } = useQuery(doorQuery)
  const [email, setEmail] = useState('')
  const send = useAct(() => askForReset(email), { isForm: true })
  if (door && !door.mail) return <p className="text-sm">{words.noMail}</p>
  if (send.isSuccess) return <output className="text-sm">{words.sent}</output>
  return (
    <Form onSubmit={() => send.mutate(undefined)} submit={words.send} error={send.error} isBusy={send.isPending}>
      <TextField label={join.email} type="email" value={email} onChange={setEmail} autoComplete="username" required />
    </Form>
  )
}

function Choose({ token }: { token: string }) {
  const { reset: words } = useWords()
  const router = useRouter()
  const [password, setPassword] = useState('')
  const save = useAct(() => resetPassword(token, password), {
    isForm: true,
    said: words.saved,
    onDone: () => router.navigate({ to: '/sign-in' }),
  })
  return (
    <Form onSubmit={() => save.mutate(undefined)} submit={words.save} error={save.error} isBusy={save.isPending}>
      <TextField
        label={words.password}
        type="password"
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        required
      />
    </Form>
  )
}
