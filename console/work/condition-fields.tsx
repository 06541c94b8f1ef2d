/** Conditions that most rules have, as fields; in a group as well as over all of them. */
import { useQuery } from '@tanstack/react-query'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Choice, TextField, Tick, Ticks } from '../ui/form.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { channelsQuery } from '../whatsapp/channels.tsx'
import { type Conditions, priorities } from './rule-questions.ts'

const languageNames = { es: 'Español', en: 'English', pt: 'Português' }
const languages = ['es', 'en', 'pt'] as const

export type ConditionProps = { value: Conditions; onChange: (conditions: Conditions) => void }

export function ConditionFields({ value, onChange }: ConditionProps) {
  const { rules: words } = useWords()
  const { priority } = useText()
  const { data: channels } = useQuery(channelsQuery)
  // Lists and words that say nothing are no condition.
  const set = (change: { [K in keyof Conditions]: Conditions[K] | null }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...value, ...change }).filter(
          ([, each]) => each !== null && each !== undefined && !(Array.isArray(each) && each.length === 0),
        ),
      ) as Conditions,
    )
  const { crm, contact } = value
  return (
    <>
      <WordsField
        label={words.keywords}
        hint={words.keywordsHint}
        name="conditions.keywords"
        value={value.keywords ?? []}
        onChange={keywords => set({ keywords })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <WordsField
          label={words.allKeywords}
          value={value.allKeywords ?? []}
          onChange={allKeywords => set({ allKeywords })}
        />
        <Choice
          label={words.hours}
          value={value.inBusinessHours === undefined ? '' : value.inBusinessHours ? 'in' : 'out'}
          none={words.hoursAny}
          onChange={each => set({ inBusinessHours: each === '' ? null : each === 'in' })}
          options={[
            ['in', words.hoursIn],
            ['out', words.hoursOut],
          ]}
        />
        <Choice
          label={words.category}
          value={value.category ?? ''}
          none={words.any}
          onChange={category => set({ category: category || null })}
          options={(['standard', 'vip'] as const).map(each => [each, words.categories[each]])}
        />
        <Choice
          label={words.channel}
          value={value.channelId ?? ''}
          none={words.any}
          onChange={id => set({ channelId: id || null })}
          options={(channels?.items ?? []).map(each => [each.id, each.name])}
        />
        <Choice
          label={words.first}
          value={value.firstContact === undefined ? '' : value.firstContact ? 'yes' : 'no'}
          none={words.firstAny}
          onChange={each => set({ firstContact: each === '' ? null : each === 'yes' })}
          options={[
            ['yes', words.firstYes],
            ['no', words.firstNo],
          ]}
        />
        <WordsField label={words.tags} value={value.tags ?? []} onChange={tags => set({ tags })} />
        <WordsField
          label={words.prefixes}
          placeholder="+52, +34"
          value={contact?.phonePrefixes ?? []}
          onChange={phonePrefixes => set({ contact: phonePrefixes.length > 0 ? { ...contact, phonePrefixes } : null })}
        />
        <TextField
          label={words.crmField}
          placeholder="lifecyclestage"
          value={crm?.field ?? ''}
          onChange={field => set({ crm: field ? { ...crm, field } : null })}
        />
        {crm && (
          <WordsField
            label={words.crmIs}
            hint={words.crmHint}
            value={crm.is ?? []}
            onChange={is => set({ crm: is.length > 0 ? { ...crm, is } : { field: crm.field } })}
          />
        )}
      </div>
      <Ticks
        label={words.languages}
        value={value.languages ?? []}
        onChange={chosen => set({ languages: chosen })}
        options={languages.map(each => [each, languageNames[each]])}
      />
      <Ticks
        label={words.priorities}
        value={value.priorities ?? []}
        onChange={chosen => set({ priorities: chosen })}
        options={priorities.map(each => [each, priority[each]])}
      />
      <Tick label={words.ad} value={value.ad !== undefined} onChange={isOn => set({ ad: isOn ? {} : null })} />
    </>
  )
}
