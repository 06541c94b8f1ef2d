/** Fields of a workspace's own on contacts and tickets, and what each may hold. */
import { hearNumber, instantOf, isDay } from './mapping/transform.ts'

export const customTypes = [
  ...(['string', 'number', 'boolean', 'date', 'datetime', 'option', 'options', 'phone', 'url'] as const),
] as const
export type CustomType = (typeof customTypes)[number]

export type CustomOption = { value: string; label: string }

export type CustomField = {
  id: string
  kind: 'contact' | 'ticket'
  /** Unique in its kind, and never changed: mappings and API callers name it. */
  key: string
  label: string
  type: CustomType
  /** Of `option` and `options`. */
  options: CustomOption[]
}

/** Dates are `2026-11-20`, instants ISO 8601 in UTC, phones E.164. */
export type CustomValue = string | number | boolean | string[] | null
/** By key; a key that is absent is empty. */
export type CustomValues = Record<string, CustomValue>

/** How a mapping and the history of values name it. */
export const customKey = (key: string): string => `custom.${key}`

/** The longest text a field holds; characters. */
export const LONGEST_TEXT = 2_000

/** The value as it is kept; undefined where the field cannot hold it. Empty text and empty lists are null. */
export function fitCustom(field: Pick<CustomField, 'type' | 'options'>, given: unknown): CustomValue | undefined {
  const isBlank = typeof given === 'string' && given.trim() === ''
  if (given === null || isBlank || (Array.isArray(given) && given.length === 0)) return null
  if (field.type === 'options') return fitOptions(field.options, given)
  if (Array.isArray(given) || typeof given === 'object' || given === undefined) return undefined
  const text = String(given).trim()
  switch (field.type) {
    case 'string':
      return text.length <= LONGEST_TEXT ? text : undefined
    case 'number':
      return typeof given === 'boolean' ? undefined : hearNumber(text)
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'date':
      return /^\d{4}-\d\d-\d\d$/.test(text) && isDay(text) ? text : undefined
    case 'datetime':
      return instantOf(text)?.toISOString()
    case 'option':
      return field.options.some(({ value }) => value === text) ? text : undefined
    case 'phone':
      return fitPhone(text)
    case 'url':
      return fitUrl(text)
  }
}

/** Those of the values that a field of this name can hold, as they are kept. */
export function fitAll(fields: readonly CustomField[], given: Record<string, unknown>): CustomValues {
  const fitting: CustomValues = {}
  for (const field of fields) {
    const value = field.key in given ? fitCustom(field, given[field.key]) : undefined
    if (value !== undefined) fitting[field.key] = value
  }
  return fitting
}

/** What is wrong with the values; empty where all fit. */
export function customProblems(fields: readonly CustomField[], given: Record<string, unknown>): string[] {
  return Object.entries(given).flatMap(([key, value]) => {
    const field = fields.find(each => each.key === key)
    if (!field) return [`custom.${key}: there is no such field`]
    if (fitCustom(field, value) !== undefined) return []
    const options = field.options.map(option => option.value).join(', ')
    return [`custom.${key}: must be ${field.type}${options ? ` of ${options}` : ''}`]
  })
}

/** In the order of the field's options. */
function fitOptions(options: readonly CustomOption[], given: unknown): string[] | undefined {
  const words = (Array.isArray(given) ? given : [given]).map(word => (typeof word === 'object' ? null : String(word)))
  if (words.some(word => !options.some(({ value }) => value === word))) return undefined
  return options.flatMap(({ value }) => (words.includes(value) ? [value] : []))
}

/** E.164 has at most 15 digits (ITU-T E.164). */
function fitPhone(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '').replace(/^(\+|00)/, '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
}

function fitUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  return isWeb && text.length <= LONGEST_TEXT ? text : undefined
}
