/** A policy: for whom, how fast, in which hours, and what happens when nobody acts; with the tickets it would affect. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { calendarsQuery } from '../api/calendars.ts'
import { api, ask } from '../api/client.ts'
import { teamsQuery } from '../api/tickets.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, NumberField, TextField, Tick } from '../ui/form.tsx'
import { channelsQuery } from '../whatsapp/channels.tsx'
import { Escalation } from './escalation.tsx'
import { PolicyEffect } from './policy-effect.tsx'
import { blankPolicy, type Draft, type Policy } from './policy-questions.ts'
import { policiesQuery, priorities } from './rule-questions.ts'

const refresh = [policiesQuery.queryKey, ['tickets'], ['onboarding']]

export function PolicyEditor({ policy, onClose }: { policy: Policy | null; onClose: () => void }) {
  const { sla: words, rules } = useWords()
  const { common, priority } = useText()
  const { data: teams } = useQuery(teamsQuery)
  const { data: channels } = useQuery(channelsQuery)
  const { data: calendars } = useQuery(calendarsQuery)
  const [draft, setDraft] = useState<Draft>(() => (policy ? draftOf(policy) : blankPolicy))
  const preview = useAct(
    () => ask(api['sla-policies'].preview.$post({ json: { ...draft, ...(policy ? { id: policy.id } : {}) } })),
    { isForm: true },
  )
  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change })
    preview.reset()
  }
  const save = useAct(
    () =>
      policy
        ? ask(api['sla-policies'][':id'].$patch({ param: { id: policy.id }, json: draft }))
        : ask(api['sla-policies'].$post({ json: draft })),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api['sla-policies'][':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  const named = (items: readonly { id: string; name: string }[] = []) =>
    items.map(({ id, name }) => [id, name] as const)
  return (
    <Dialog open onClose={onClose} title={policy ? words.edit : words.add} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error ?? preview.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <TextField label={words.name} name="name" value={draft.name} onChange={name => set({ name })} required />
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.priority}
            value={draft.priority ?? ''}
            none={words.any}
            onChange={each => set({ priority: each || null })}
            options={priorities.map(each => [each, priority[each]])}
          />
          <Choice
            label={words.category}
            value={draft.category ?? ''}
            none={words.any}
            onChange={each => set({ category: each || null })}
            options={(['standard', 'vip'] as const).map(each => [each, rules.categories[each]])}
          />
          <Choice
            label={words.team}
            value={draft.teamId ?? ''}
            none={words.any}
            onChange={id => set({ teamId: id || null })}
            options={named(teams?.items)}
          />
          <Choice
            label={words.channel}
            value={draft.channelId ?? ''}
            none={words.any}
            onChange={id => set({ channelId: id || null })}
            options={named(channels?.items)}
          />
        </div>
        <div className="grid gap-4 sm:grid-cols-3">
          <NumberField
            label={words.frt}
            name="frtMinutes"
            value={draft.frtMinutes}
            onChange={frtMinutes => set({ frtMinutes })}
            min={1}
          />
          <NumberField
            label={words.nrt}
            name="nrtMinutes"
            value={draft.nrtMinutes}
            onChange={nrtMinutes => set({ nrtMinutes })}
            min={1}
          />
          <NumberField
            label={words.ttr}
            name="ttrMinutes"
            value={draft.ttrMinutes}
            onChange={ttrMinutes => set({ ttrMinutes })}
            min={1}
          />
          <Choice
            label={words.calendar}
            value={draft.businessHoursId ?? ''}
            none={words.always}
            onChange={id => set({ businessHoursId: id || null })}
            options={named(calendars?.items)}
          />
          <NumberField
            label={words.warnAt}
            name="warnAt"
            value={Math.round(draft.warnAt * 100)}
            onChange={percent => set({ warnAt: (percent ?? 80) / 100 })}
            min={5}
            max={100}
            required
          />
          <NumberField
            label={words.target}
            name="targetPercent"
            value={draft.targetPercent}
            onChange={targetPercent => set({ targetPercent })}
            min={1}
            max={100}
          />
        </div>
        <Tick
          label={words.pause}
          value={draft.pauseWhileWaiting}
          onChange={pauseWhileWaiting => set({ pauseWhileWaiting })}
        />
        <Escalation steps={draft.escalation} teams={named(teams?.items)} onChange={escalation => set({ escalation })} />
        <Button className="self-start" disabled={preview.isPending} onClick={() => preview.mutate(undefined)}>
          {words.preview}
        </Button>
        {preview.data && <PolicyEffect preview={preview.data} />}
      </Form>
      {policy && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(policy.name)}
          yes={common.remove}
          onYes={() => remove.mutate(policy.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}

function draftOf({ id: _, position: __, ...draft }: Policy): Draft {
  return draft
}
