/** The first day of an installation: its first person makes the workspace. */
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, doors } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/entry/index.ts'
import { languages, useLanguage } from '../i18n/index.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { timeZones } from '../ui/time-zones.ts'
import { Card, Door } from './door.tsx'

const names = { es: 'Español', en: 'English', pt: 'Português' }

export function Setup() {
  const { setup: words, join } = useWords()
  const router = useRouter()
  const client = useQueryClient()
  const [person, setPerson] = useState({ name: '', email: '', password: '' })
  const [workspace, setWorkspace] = useState({
    ...{ name: '', language: useLanguage(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
  })
  const make = useAct(() => ask(doors.setup.$post({ json: { ...person, workspace } })), {
    isForm: true,
    async onDone() {
      client.clear()
      await router.navigate({ to: '/settings' })
    },
  })
  return (
    <Door title={words.title} lead={words.lead}>
      <Card>
        <Form onSubmit={() => make.mutate(undefined)} submit={words.submit} error={make.error} isBusy={make.isPending}>
          <TextField
            label={words.workspace}
            name="workspace"
            value={workspace.name}
            onChange={name => setWorkspace({ ...workspace, name })}
            autoComplete="organization"
            required
          />
          <Choice
            label={words.language}
            value={workspace.language}
            onChange={language => language && setWorkspace({ ...workspace, language })}
            options={languages.map(each => [each, names[each]])}
          />
          <Choice
            label={words.timeZone}
            value={workspace.timeZone}
            onChange={timeZone => setWorkspace({ ...workspace, timeZone })}
            options={timeZones(workspace.timeZone).map(each => [each, each.replaceAll('_', ' ')])}
          />
          <TextField
            label={join.name}
            name="name"
            value={person.name}
            onChange={name => setPerson({ ...person, name })}
            autoComplete="name"
            required
          />
          <TextField
            label={join.email}
            name="email"
            type="email"
            value={person.email}
            onChange={email => setPerson({ ...person, email })}
            autoComplete="username"
            required
          />
          <TextField
            label={join.password}
            name="password"
            type="password"
            value={person.password}
            onChange={password => setPerson({ ...person, password })}
            autoComplete="new-password"
            required
          />
        </Form>
      </Card>
    </Door>
  )
}
