import { catalogue } from '../catalogue.tsx'
import { es } from './es.ts'

export const useWords = catalogue(es, {
  en: async () => (await import('./en.ts')).en,
  pt: async () => (await import('./pt.ts')).pt,
})
