/** Groups of conditions within conditions: of each kind as many as are wanted, and groups in those, one level deep. */
import { Plus, X } from 'lucide-react'
import { useWords } from '../i18n/work/index.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { ConditionFields, type ConditionProps } from './condition-fields.tsx'
import type { Conditions } from './rule-questions.ts'

const kinds = ['any', 'all', 'not'] as const
type Kind = (typeof kinds)[number]

/** How deep groups go: "(A and B) or C, and not D" is as far as a person reads, and as far as the hub takes them. */
const DEEPEST = 2

export function ConditionGroups({ value, onChange, depth = 1 }: ConditionProps & { depth?: number }) {
  const { rules: words } = useWords()
  const of = (kind: Kind) => (value[kind] ?? []) as Conditions[]
  const set = (kind: Kind, groups: Conditions[]) => {
    const { [kind]: _, ...others } = value
    onChange((groups.length > 0 ? { ...others, [kind]: groups } : others) as Conditions)
  }
  return (
    <>
      {kinds.map(
        kind =>
          of(kind).length > 0 && (
            <fieldset key={kind} className="flex flex-col gap-3 rounded-xl border border-line bg-page/50 p-3">
              <legend className="px-1 text-sm font-semibold">{words.group[kind]}</legend>
              {of(kind).map((group, nth) => (
                <fieldset
                  // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other name than their place
                  key={nth}
                  className="relative flex flex-col gap-4 rounded-xl border border-line bg-panel p-3 pr-11"
                >
                  <legend className="px-1 text-sm text-quiet">{words.groupNth(nth + 1)}</legend>
                  <IconButton
                    label={words.removeGroup(nth + 1)}
                    small
                    className="absolute top-0 right-1"
                    onClick={() =>
                      set(
                        kind,
                        of(kind).filter((_, other) => other !== nth),
                      )
                    }
                  >
                    <X />
                  </IconButton>
                  <ConditionFields value={group} onChange={changed => set(kind, of(kind).with(nth, changed))} />
                  {depth < DEEPEST && (
                    <ConditionGroups
                      value={group}
                      onChange={changed => set(kind, of(kind).with(nth, changed))}
                      depth={depth + 1}
                    />
                  )}
                </fieldset>
              ))}
            </fieldset>
          ),
      )}
      <div className="flex flex-wrap items-center gap-2">
        {kinds.map(kind => (
          <Button key={kind} small onClick={() => set(kind, [...of(kind), {}])}>
            <Plus className="size-3.5" /> {words.addGroup[kind]}
          </Button>
        ))}
      </div>
    </>
  )
}
