/** The chain: what happens after a warning or a breach, step by step. */
import { Plus, X } from 'lucide-react'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Choice, NumberField, type Option, Ticks } from '../ui/form.tsx'
import type { Step } from './policy-questions.ts'
import { priorities } from './rule-questions.ts'

const whom = ['owner', 'lead', 'manager'] as const

export function Escalation({
  steps,
  teams,
  onChange,
}: {
  steps: readonly Step[]
  teams: readonly Option[]
  onChange: (steps: Step[]) => void
}) {
  const { sla: words } = useWords()
  const { priority } = useText()
  const set = (nth: number, change: { [K in keyof Step]?: Step[K] | undefined }) =>
    onChange(steps.map((step, at) => (at === nth ? present({ ...step, ...change }) : step)))
  const blank: Step = { after: 'breach', minutes: 0, notify: ['lead'], notifyAgentIds: [] }
  return (
    <fieldset className="flex flex-col gap-3 rounded-xl border border-line p-4">
      <legend className="px-1 font-semibold">{words.escalation}</legend>
      <p className="text-sm text-quiet">{words.escalationLead}</p>
      {steps.map((step, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name but their place
        <section key={nth} aria-label={words.step(nth + 1)} className="flex flex-col gap-3 rounded-xl bg-page p-3">
          <header className="flex items-center">
            <b className="grow text-sm">{words.step(nth + 1)}</b>
            <IconButton label={words.removeStep} small onClick={() => onChange(steps.filter((_, at) => at !== nth))}>
              <X />
            </IconButton>
          </header>
          <div className="grid gap-3 sm:grid-cols-3">
            <Choice
              label={words.after}
              value={step.after}
              onChange={after => after && set(nth, { after })}
              options={(['warning', 'breach'] as const).map(each => [each, words.afters[each]])}
            />
            <NumberField
              label={words.minutes}
              value={step.minutes}
              onChange={minutes => set(nth, { minutes: minutes ?? 0 })}
              required
            />
            <NumberField
              label={words.level}
              value={step.level ?? null}
              onChange={level => set(nth, { level: level ?? undefined })}
              min={1}
              max={9}
            />
            <Choice
              label={words.moveTo}
              value={step.teamId ?? ''}
              none={words.unchanged}
              onChange={id => set(nth, { teamId: id || undefined })}
              options={teams}
            />
            <Choice
              label={words.setPriority}
              value={step.priority ?? ''}
              none={words.unchanged}
              onChange={each => set(nth, { priority: each || undefined })}
              options={priorities.map(each => [each, priority[each]])}
            />
          </div>
          <Ticks
            label={words.notify}
            value={step.notify}
            onChange={notify => set(nth, { notify })}
            options={whom.map(each => [each, words.notifies[each]])}
          />
        </section>
      ))}
      <Button small className="self-start" onClick={() => onChange([...steps, blank])}>
        <Plus className="size-4" /> {words.addStep}
      </Button>
    </fieldset>
  )
}

function present(step: { [K in keyof Step]: Step[K] | undefined }): Step {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined)) as Step
}
