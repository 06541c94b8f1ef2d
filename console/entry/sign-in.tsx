import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useRouter, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { doorQuery, meQuery, sendCode, sendLink, signIn } from '../api/session.ts'
import { useWords } from '../i18n/entry/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Avatar, Field, inputLook } from '../ui/parts.tsx'
import { Door } from './door.tsx'

export function SignIn() {
  const { signIn: text, common } = useText()
  const { reset: words } = useWords()
  const { data: door } = useQuery(doorQuery)
  const [step, setStep] = useState<'password' | 'code'>('password')
  const [email, setEmail] = useState('')
  const [notice, setNotice] = useState<string | null>(null)
  const { to } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const client = useQueryClient()

  const goOn = async () => {
    await client.refetchQueries(meQuery)
    await router.navigate({ to: to ?? '/inbox' })
  }
  const enter = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
    onSuccess: answer => (answer.twoFactorRedirect ? setStep('code') : goOn()),
  })
  const prove = useMutation({ mutationFn: sendCode, onSuccess: goOn })
  const link = useMutation({ mutationFn: sendLink, onSuccess: () => setNotice(text.linkSent) })

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    if (step === 'code') prove.mutate(String(form.get('code')))
    else enter.mutate({ email, password: String(form.get('password')) })
  }
  const error = enter.error ?? prove.error ?? link.error
  const isBusy = enter.isPending || prove.isPending

  if (door?.setup) return <Navigate to="/setup" />
  return (
    <Door title={text.title} lead={step === 'code' ? text.codeLead : text.lead}>
      <form onSubmit={submit} className="flex flex-col gap-4 rounded-2xl border border-line bg-panel p-6 shadow-sm">
        {step === 'password' ? (
          <>
            <Field label={text.email}>
              <input
                {...{ name: 'email', type: 'email', autoComplete: 'username', required: true, className: inputLook }}
                value={email}
                onChange={event => setEmail(event.target.value)}
              />
            </Field>
            <Field label={text.password}>
              <input
                {...{ name: 'password', type: 'password', autoComplete: 'current-password', required: true }}
                className={inputLook}
              />
            </Field>
          </>
        ) : (
          <Field label={text.code}>
            <input {...{ name: 'code', autoComplete: 'one-time-code', required: true }} className={inputLook} />
          </Field>
        )}
        {error && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {error.message || common.noConnection}
          </p>
        )}
        {notice && <output className="rounded-lg bg-soft px-3 py-2 text-sm text-accent">{notice}</output>}
        <Button type="submit" look="accent" disabled={isBusy}>
          {text.submit}
        </Button>
        {step === 'password' && !door?.demo && (
          <Link to="/reset-password" className="self-center text-sm font-medium text-accent">
            {words.ask}
          </Link>
        )}
        {step === 'password' && door?.mail && (
          <button
            type="button"
            className="text-sm font-medium text-accent"
            onClick={() => (email ? link.mutate(email) : setNotice(text.needsEmail))}
          >
            {text.link}
          </button>
        )}
      </form>
      {door?.demo && step === 'password' && (
        <section className="flex flex-col gap-2 text-sm">
          <h2 className="text-center text-quiet">{text.demo}</h2>
          <ul className="grid grid-cols-2 gap-2">
            {door.demo.people.map(person => (
              <li key={person.email}>
                <Button
                  className="w-full justify-start"
                  onClick={() => enter.mutate({ email: person.email, password: door.demo?.password ?? '' })}
                >
                  <Avatar name={person.name} size={24} />
                  <span className="truncate">{person.name}</span>
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Door>
  )
}
