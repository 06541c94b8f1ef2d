/** An invitation: by mail, or by a link that one passes on. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/team/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Form, NumberField, TextField } from '../ui/form.tsx'
import { ShownOnce } from '../ui/once.tsx'
import { RoleChoice, TeamTicks } from './role-choice.tsx'

export const invitationsKey = ['invitations']

export function Invite({ onClose }: { onClose: () => void }) {
  const { people: words } = useWords()
  const [draft, setDraft] = useState({ email: '', role: 'agent', teamIds: [] as string[], days: 7 as number | null })
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const invite = useAct(
    () => {
      const { email, days, ...rest } = draft
      return ask(api.invitations.$post({ json: { ...rest, email: email || null, days: days ?? 7 } }))
    },
    { isForm: true, refresh: [invitationsKey, ['onboarding']] },
  )
  if (invite.data) {
    const { link, mail } = invite.data
    return (
      <ShownOnce title={words.link} lead={`${words.mail[mail]} ${words.linkLead}`} value={link} onClose={onClose} />
    )
  }
  return (
    <Dialog open onClose={onClose} title={words.invite} lead={words.inviteLead}>
      <Form
        onSubmit={() => invite.mutate(undefined)}
        submit={words.invite}
        error={invite.error}
        isBusy={invite.isPending}
        onCancel={onClose}
      >
        <TextField
          label={words.emailOptional}
          name="email"
          type="email"
          value={draft.email}
          onChange={email => set({ email })}
        />
        <RoleChoice value={draft.role} onChange={role => set({ role })} />
        <TeamTicks value={draft.teamIds} onChange={teamIds => set({ teamIds })} />
        <NumberField
          label={words.days}
          name="days"
          value={draft.days}
          onChange={days => set({ days })}
          min={1}
          max={30}
          required
        />
      </Form>
    </Dialog>
  )
}
