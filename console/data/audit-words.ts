import { useWords } from '../i18n/data/index.ts'

/** A hook that gives words for what was done: `ticket resolved` is `Ticket: resolver`. What has no words stays as it is kept. */
export function useActionWords() {
  const { audit } = useWords()
  const nounOf = (kind: string) => (audit.nouns as Record<string, string>)[kind]
  return {
    noun: (kind: string) => nounOf(kind) ?? kind,
    action(action: string) {
      const parts = action.split(' ')
      for (let length = parts.length - 1; length > 0; length--) {
        const noun = nounOf(parts.slice(0, length).join(' '))
        const deed = (audit.deeds as Record<string, string>)[parts.slice(length).join(' ')]
        if (noun && deed) return `${noun}: ${deed}`
      }
      return action
    },
  }
}
