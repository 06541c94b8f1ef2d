/** What was written and not sent, by ticket; gone with the tab. */
const key = (id: string) => `buzon.draft.${id}`
export const readDraft = (id: string): string => sessionStorage.getItem(key(id)) ?? ''
export const forgetDraft = (id: string): void => sessionStorage.removeItem(key(id))
export function keepDraft(id: string, words: string) {
  if (words === '') forgetDraft(id)
  else sessionStorage.setItem(key(id), words)
}
