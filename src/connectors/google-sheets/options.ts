/** Our words for states and the like, as people choose them in a cell. */
import type { Language } from '../../core/errors.ts'
import type { OptionPair } from '../../core/mapping/row.ts'
import type { ColumnPlan } from './layout.ts'
import { type GoogleSheetsSettings, languageOf } from './settings.ts'

type Table = Record<string, Record<Language, string>>

const tables = {
  states: {
    open: { es: 'Abierto', en: 'Open', pt: 'Aberto' },
    in_progress: { es: 'En curso', en: 'In progress', pt: 'Em andamento' },
    waiting: { es: 'Esperando al cliente', en: 'Waiting on customer', pt: 'Aguardando o cliente' },
    resolved: { es: 'Resuelto', en: 'Resolved', pt: 'Resolvido' },
  },
  priorities: {
    low: { es: 'Baja', en: 'Low', pt: 'Baixa' },
    normal: { es: 'Normal', en: 'Normal', pt: 'Normal' },
    high: { es: 'Alta', en: 'High', pt: 'Alta' },
    urgent: { es: 'Urgente', en: 'Urgent', pt: 'Urgente' },
  },
  categories: {
    standard: { es: 'Estándar', en: 'Standard', pt: 'Padrão' },
    vip: { es: 'VIP', en: 'VIP', pt: 'VIP' },
  },
  sending: {
    yes: { es: 'Sí', en: 'Yes', pt: 'Sim' },
  },
} as const satisfies Record<NonNullable<ColumnPlan['options']>, Table>

export type OptionName = keyof typeof tables

/** First what is written, in the headers' language; then what is read too, in any. */
export function optionPairs(settings: GoogleSheetsSettings, name: OptionName): OptionPair[] {
  const pairs = Object.entries(tables[name] as Table)
  const first = pairs.map(([ours, theirs]) => ({ ours, theirs: theirs[languageOf(settings)] }))
  const taken = new Set(first.map(({ theirs }) => theirs))
  const others = pairs.flatMap(([ours, theirs]) => Object.values(theirs).map(word => ({ ours, theirs: word })))
  // A word that two languages have for different things is the first's.
  return [...first, ...others.filter(({ theirs }) => !taken.has(theirs) && taken.add(theirs))]
}

/** What a cell of the column offers. */
export function offered(settings: GoogleSheetsSettings, name: OptionName): string[] {
  return Object.values(tables[name] as Table).map(theirs => theirs[languageOf(settings)])
}
