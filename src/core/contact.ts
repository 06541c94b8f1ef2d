import type { CustomValues } from './custom-field.ts'

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
  /** Fields of the workspace's own. */
  custom?: CustomValues | null
  activity?: Activity
}

/** What a record's conversations say of it at the moment of telling. */
export type Activity = {
  lastMessageAt: Date | null
  /** Until when WhatsApp's 24-hour window is, or was, open. */
  windowUntil: Date | null
  /** Name of the number: of a contact the first they wrote to, of a ticket its own. */
  channel: string | null
  /** Of a contact: the number of a ticket that is not resolved, such as `BZ-1042`. */
  openTicket?: string | null
  /** Of a ticket: its contact's, E.164. */
  phone?: string | null
}

/**
 * A name, and whose word it is: the customer's own (`profile`), an `address book`'s, the `username` for want of a name, or
 * (null) that of a person or a CRM. `nameAt`: when the customer first gave it.
 */
export type NameFacts = { name: string | null; nameFrom: NameFrom | null; nameAt: Date | null }
export type NameFrom = 'profile' | 'address book' | 'username'

/**
 * Whether the name that a customer gives themselves is to stand. Of several the one they gave first does, in whatever order
 * they come; it replaces that of an address book and a username, and nothing that a person or a CRM wrote.
 */
export function takesName(known: NameFacts, name: string, at: Date): boolean {
  if (!known.name || known.nameFrom === 'address book' || known.nameFrom === 'username') return true
  if (known.nameFrom !== 'profile' || !known.nameAt) return false
  return at < known.nameAt || (at.getTime() === known.nameAt.getTime() && name < known.name)
}

export const contactCategories = ['standard', 'vip'] as const
export type ContactCategory = (typeof contactCategories)[number]
