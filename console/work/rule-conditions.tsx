/** What must hold: fields, groups of them, and all of it as code. */
import { useState } from 'react'
import { useWords } from '../i18n/work/index.ts'
import { TextArea } from '../ui/form.tsx'
import { ConditionFields, type ConditionProps } from './condition-fields.tsx'
import { ConditionGroups } from './condition-groups.tsx'
import type { Conditions } from './rule-questions.ts'

export function RuleConditions({ value, onChange }: ConditionProps) {
  const { rules: words } = useWords()
  return (
    <fieldset className="flex flex-col gap-4 rounded-xl border border-line p-4">
      <legend className="px-1 font-semibold">{words.when}</legend>
      <ConditionFields value={value} onChange={onChange} />
      <ConditionGroups value={value} onChange={onChange} />
      <AsCode value={value} onChange={onChange} />
    </fieldset>
  )
}

/** All there is, groups too. What is no JSON is said at once; what the hub does not know, when it is kept. */
function AsCode({ value, onChange }: ConditionProps) {
  const { rules: words } = useWords()
  const [text, setText] = useState<string | null>(null)
  const [isBad, setBad] = useState(false)
  const read = (typed: string) => {
    setText(typed)
    try {
      onChange(JSON.parse(typed) as Conditions)
      setBad(false)
    } catch {
      setBad(true)
    }
  }
  return (
    <details className="text-sm" onToggle={() => setText(null)}>
      <summary className="cursor-pointer font-medium">{words.asCode}</summary>
      <div className="mt-2">
        <TextArea
          label="JSON"
          value={text ?? JSON.stringify(value, null, 2)}
          onChange={read}
          rows={8}
          mono
          hint={isBad ? words.badCode : undefined}
        />
      </div>
    </details>
  )
}
