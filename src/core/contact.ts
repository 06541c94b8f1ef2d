/** A customer, as connectors see one. */
export type ContactRecord = {
  id: string
  name: string | null
  /** E.164 with `+`, for people to read and CRMs to store; null when the customer hides the number. */
  phone: string | null
  /** The key by which a CRM recognises the person: canonical WhatsApp digits, or the BSUID where no number is known. */
  waKey: string
  email: string | null
  category: ContactCategory
  tags: string[]
}

export const contactCategories = ['standard', 'vip'] as const
export type ContactCategory = (typeof contactCategories)[number]
