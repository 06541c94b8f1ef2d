/** An invitation: whoever is signed in accepts it as who they are, others make an account. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, doors } from '../api/client.ts'
import { meQuery } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/entry/index.ts'
import { Form, TextField } from '../ui/form.tsx'
import { useDates } from '../ui/time.ts'
import { Card, Door } from './door.tsx'

export function Join() {
  const { join: words } = useWords()
  const dates = useDates()
  const { invitation: token = '' } = useSearch({ from: '/join' })
  const { data: me } = useQuery(meQuery)
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => ask(doors.invitations[':token'].$get({ param: { token } })),
    enabled: token !== '',
  })
  if (!token || invitation.error) return <Door title={words.gone} lead={words.goneLead} />
  const found = invitation.data
  if (!found) return <Door title="Buzón" />
  const until = found.expiresAt ? dates.whole(found.expiresAt) : ''
  return (
    <Door title={words.title(found.workspace)} lead={words.lead(found.invitedBy, until)}>
      <Card>
        {!me && found.hasAccount ? (
          <p className="flex flex-col gap-4 text-sm">
            {words.hasAccount}
            <Link
              to="/sign-in"
              search={{ to: `/join?invitation=${token}` }}
              className="self-start font-semibold text-accent"
            >
              {words.signIn}
            </Link>
          </p>
        ) : (
          <Accept token={token} email={found.email} as={me?.name ?? null} />
        )}
      </Card>
    </Door>
  )
}

function Accept({ token, email: invited, as }: { token: string; email: string | null; as: string | null }) {
  const { join: words } = useWords()
  const router = useRouter()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [email, setEmail] = useState(invited ?? '')
  const [password, setPassword] = useState('')
  const accept = useAct(
    () => {
      const json = as ? {} : { name, email, password }
      return ask(doors.invitations[':token'].$post({ param: { token }, json }))
    },
    {
      isForm: true,
      async onDone() {
        client.clear()
        await router.navigate({ to: '/inbox' })
      },
    },
  )
  return (
    <Form
      onSubmit={() => accept.mutate(undefined)}
      submit={as ? words.acceptAs(as) : words.accept}
      error={accept.error}
      isBusy={accept.isPending}
    >
      {!as && (
        <>
          <TextField label={words.name} name="name" value={name} onChange={setName} autoComplete="name" required />
          <TextField
            label={words.email}
            name="email"
            type="email"
            value={email}
            onChange={setEmail}
            autoComplete="username"
            disabled={invited !== null}
            required
          />
          <TextField
            label={words.password}
            name="password"
            type="password"
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            required
          />
        </>
      )}
    </Form>
  )
}
