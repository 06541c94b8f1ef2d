/** Texts that everybody answers with, and the words in braces that stand for what differs. */

export const quickReplyVariables = [
  ...(['contact.name', 'contact.firstName', 'contact.phone', 'ticket.number', 'ticket.subject'] as const),
  ...(['agent.name', 'agent.firstName', 'channel.name', 'workspace.name'] as const),
] as const
export type QuickReplyVariable = (typeof quickReplyVariables)[number]

const inBraces = /\{\{\s*([\w.]+)\s*\}\}/g

/** Those in the text that nobody knows. */
export function unknownVariables(body: string): string[] {
  const known: readonly string[] = quickReplyVariables
  return [...new Set([...body.matchAll(inBraces)].map(([, name = '']) => name))].filter(name => !known.includes(name))
}

/** `missing`: what the text asks for and is not known here; it stays in braces, for whoever sends it to see. */
export function renderQuickReply(
  body: string,
  values: Partial<Record<QuickReplyVariable, string | null>>,
): { text: string; missing: string[] } {
  const missing = new Set<string>()
  const text = body.replace(inBraces, (whole, name: string) => {
    const value = values[name as QuickReplyVariable]
    if (!value) missing.add(name)
    return value || whole
  })
  return { text, missing: [...missing] }
}

/** As people are addressed. */
export function firstName(name: string | null | undefined): string | null {
  return name?.trim().split(/\s+/)[0] || null
}
