/** Why a deadline was missed, as people say it when they look back. */
export const breachCauses = [
  'too few people',
  'outside hours',
  'wrong team',
  'waited on others',
  'complicated',
  'overlooked',
  'technical',
  'not ours',
  'other',
] as const
export type BreachCause = (typeof breachCauses)[number]
