import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { es, type Words } from './es.ts'

export type { Widened } from './es.ts'

export const languages = ['es', 'en', 'pt'] as const
export type Language = (typeof languages)[number]

const loaders: Record<Language, () => Promise<Words>> = {
  es: async () => es,
  en: async () => (await import('./en.ts')).en,
  pt: async () => (await import('./pt.ts')).pt,
}

type Spoken = { words: Words; language: Language }
const Texts = createContext<Spoken>({ words: es, language: 'es' })

/** What the browser asks for, as far as we speak it. */
export function browserLanguage(): Language {
  const wanted = navigator.languages.map(tag => tag.slice(0, 2))
  return wanted.flatMap(tag => languages.filter(each => each === tag))[0] ?? 'es'
}

/** Shows nothing until the language is there, so that nobody sees another flash by. */
export function Speaks({ language, children }: { language: Language; children: ReactNode }) {
  const [spoken, setSpoken] = useState<Spoken | null>(null)
  useEffect(() => {
    let isHere = true
    void loaders[language]().then(words => {
      if (isHere) setSpoken({ words, language })
    })
    document.documentElement.lang = language
    return () => {
      isHere = false
    }
  }, [language])
  return spoken && <Texts value={spoken}>{children}</Texts>
}

export const useText = (): Words => useContext(Texts).words
export const useLanguage = (): Language => useContext(Texts).language
