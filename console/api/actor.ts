/** Who did something, by the name that was kept with it. The API says it as it is stored, for people, keys, rules and systems. */
export function actorName(actor: unknown): string {
  if (typeof actor !== 'object' || actor === null) return '—'
  const { name, kind } = actor as { name?: unknown; kind?: unknown }
  if (typeof name === 'string' && name) return name
  if (kind === 'system') return 'Buzón'
  return typeof kind === 'string' ? kind : '—'
}
