/** What HubSpot makes of a telephone number for its search: the national number, without the country. */
const INDEXED = [
  ['phone', 'hs_searchable_calculated_phone_number'],
  ['mobilephone', 'hs_searchable_calculated_mobile_number'],
] as const

/** ITU codes shorter than three digits, as far as Spanish and Portuguese speakers have them. */
const CODES = /^(1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

export function indexPhones(properties: Record<string, string>) {
  for (const [from, to] of INDEXED) {
    const value = properties[from]
    if (value === undefined) continue
    const digits = value.replace(/\D/g, '')
    const isWhole = /^\s*(\+|00)/.test(value)
    properties[to] = isWhole ? digits.replace(/^0+/, '').replace(CODES, '') : digits.replace(/^0+/, '')
  }
}
