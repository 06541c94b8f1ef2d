/** Words of a part of the console that is loaded with it: Spanish is the pattern, and a key that another lacks does not compile. */
import { use } from 'react'
import { type Language, useLanguage, type Widened } from './index.tsx'

type Others<T> = Record<Exclude<Language, 'es'>, () => Promise<T>>

/** A hook that gives the words; until they are there, the page waits. */
export function catalogue<T>(es: T, others: Others<Widened<T>>): () => Widened<T> {
  const loaded = new Map<Language, Promise<Widened<T>>>([['es', Promise.resolve(es as Widened<T>)]])
  return function useWords() {
    const language = useLanguage()
    if (language !== 'es' && !loaded.has(language)) loaded.set(language, others[language]())
    return use(loaded.get(language) as Promise<Widened<T>>)
  }
}
