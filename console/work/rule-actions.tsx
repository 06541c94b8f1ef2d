/** What is done where the conditions hold. */
import { useQuery } from '@tanstack/react-query'
import { useMay } from '../api/session.ts'
import { agentsQuery, teamsQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Choice, Tick } from '../ui/form.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { type Actions, policiesQuery, priorities } from './rule-questions.ts'

export function RuleActions({ value, onChange }: { value: Actions; onChange: (actions: Actions) => void }) {
  const { rules: words } = useWords()
  const { priority } = useText()
  const { data: teams } = useQuery(teamsQuery)
  const { data: agents } = useQuery(agentsQuery)
  const { data: policies } = useQuery({ ...policiesQuery, enabled: useMay('sla.read') })
  const set = (change: { [K in keyof Actions]: Actions[K] | null }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...value, ...change }).filter(
          ([, each]) =>
            each !== null && each !== undefined && each !== false && !(Array.isArray(each) && each.length === 0),
        ),
      ) as Actions,
    )
  const named = (items: readonly { id: string; name: string }[] = []) =>
    items.map(({ id, name }) => [id, name] as const)
  return (
    <fieldset className="flex flex-col gap-4 rounded-xl border border-line p-4">
      <legend className="px-1 font-semibold">{words.does}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label={words.team}
          value={value.teamId ?? ''}
          none={words.unchanged}
          onChange={id => set({ teamId: id || null })}
          options={named(teams?.items)}
        />
        <Choice
          label={words.agent}
          value={value.agentId ?? ''}
          none={words.unchanged}
          onChange={id => set({ agentId: id || null })}
          options={named(agents?.items)}
        />
        <Choice
          label={words.priority}
          value={value.priority ?? ''}
          none={words.unchanged}
          onChange={each => set({ priority: each || null })}
          options={priorities.map(each => [each, priority[each]])}
        />
        <Choice
          label={words.policy}
          value={value.slaPolicyId ?? ''}
          none={words.unchanged}
          onChange={id => set({ slaPolicyId: id || null })}
          options={named(policies?.items)}
        />
        <WordsField label={words.addTags} value={value.tags ?? []} onChange={tags => set({ tags })} />
        <WordsField label={words.skills} value={value.skills ?? []} onChange={skills => set({ skills })} />
      </div>
      <Tick
        label={words.continue}
        value={value.continue ?? false}
        onChange={isOn => set({ continue: isOn ? true : null })}
      />
    </fieldset>
  )
}
