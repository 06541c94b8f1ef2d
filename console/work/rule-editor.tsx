/** A rule: what must hold, and what is done then; tried on past tickets before it is kept. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { RuleActions } from './rule-actions.tsx'
import { RuleConditions } from './rule-conditions.tsx'
import { type Actions, type Conditions, type Rule, rulesQuery } from './rule-questions.ts'
import { RuleTrial } from './rule-trial.tsx'

const refresh = [rulesQuery.queryKey, ['onboarding']]

export function RuleEditor({ rule, onClose }: { rule: Rule | null; onClose: () => void }) {
  const { rules: words } = useWords()
  const { common } = useText()
  const [name, setName] = useState(rule?.name ?? '')
  const [conditions, setConditions] = useState<Conditions>(rule?.conditions ?? {})
  const [actions, setActions] = useState<Actions>(rule?.actions ?? {})
  const json = { name, conditions, actions }
  const save = useAct(
    () =>
      rule
        ? ask(api['routing-rules'][':id'].$patch({ param: { id: rule.id }, json }))
        : ask(api['routing-rules'].$post({ json })),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const trial = useAct(
    () =>
      ask(api['routing-rules'].try.$post({ json: { ...json, name: name || '—', ...(rule ? { id: rule.id } : {}) } })),
    { isForm: true },
  )
  const remove = useAct((id: string) => ask(api['routing-rules'][':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={rule ? words.edit : words.add} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error ?? trial.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <TextField label={words.name} name="name" value={name} onChange={setName} required />
        <RuleConditions
          value={conditions}
          onChange={changed => {
            setConditions(changed)
            trial.reset()
          }}
        />
        <RuleActions
          value={actions}
          onChange={changed => {
            setActions(changed)
            trial.reset()
          }}
        />
        <Button className="self-start" disabled={trial.isPending} onClick={() => trial.mutate(undefined)}>
          {words.try}
        </Button>
        {trial.data && <RuleTrial trial={trial.data} />}
      </Form>
      {rule && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(rule.name)}
          yes={common.remove}
          onYes={() => remove.mutate(rule.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
