/**
 * Two contacts that turn out to be one person: what may suggest it, what the one that stays takes over, and what goes back
 * when a person takes it back. Nothing here is ever done by itself.
 */
import type { Actor } from './actor.ts'
import type { ContactCategory, NameFacts } from './contact.ts'
import type { CustomValues } from './custom-field.ts'
import type { Language } from './errors.ts'
import type { Priority, TicketState } from './ticket.ts'
import { priorities } from './ticket.ts'

/**
 * Why two contacts may be one person. `ids of both`: a message came with ids of the one and of the other. `ids changed`:
 * WhatsApp told that the one's ids became the other's. `number shared`: the one was asked for the number, and shared the
 * other's. `number without its 9`: an Argentine number that is either a landline or the other's. `merged in CRM`: somebody
 * made one record of the two there.
 */
export const suggestionReasons = [
  ...(['ids of both', 'ids changed', 'number shared', 'number without its 9', 'merged in CRM'] as const),
] as const
export type SuggestionReason = (typeof suggestionReasons)[number]

export const suggestionStates = ['open', 'merged', 'dismissed'] as const
export type SuggestionState = (typeof suggestionStates)[number]

/** Where it was said. */
export type SuggestionSource = { channelId: string; wamid: string } | { connectionId: string; remoteId: string }

const sentences = {
  'ids of both': {
    es: 'Un mensaje llegó con identificadores de los dos',
    en: 'A message came with ids of both',
    pt: 'Uma mensagem chegou com identificadores dos dois',
  },
  'ids changed': {
    es: 'WhatsApp avisó de que el número o identificador de uno pasó a ser el del otro',
    en: 'WhatsApp told that the number or id of one became that of the other',
    pt: 'O WhatsApp avisou que o número ou identificador de um passou a ser o do outro',
  },
  'number shared': {
    es: 'Se pidió el número a uno y compartió el del otro',
    en: 'One was asked for their number and shared the other’s',
    pt: 'Um foi solicitado a informar o número e compartilhou o do outro',
  },
  'number without its 9': {
    es: 'El número argentino es el mismo salvo el 9: es el móvil del otro, o una línea fija',
    en: 'The Argentine number is the same but for the 9: it is the other’s mobile, or a landline',
    pt: 'O número argentino é o mesmo exceto pelo 9: é o celular do outro, ou um telefone fixo',
  },
  'merged in CRM': {
    es: 'Alguien unió los dos registros en el CRM',
    en: 'Somebody merged the two records in the CRM',
    pt: 'Alguém uniu os dois registros no CRM',
  },
} as const satisfies Record<SuggestionReason, Record<Language, string>>

export function explainSuggestion(reason: SuggestionReason, language: Language): string {
  return sentences[reason][language]
}

/** The pair as it is kept, whichever of the two is named first. */
export function pairOf(a: string, b: string): { contactA: string; contactB: string } {
  return a < b ? { contactA: a, contactB: b } : { contactA: b, contactB: a }
}

/** People merge contacts, themselves or through a program of theirs; neither a CRM nor Buzón itself does. */
export function mayMerge(actor: Actor): boolean {
  return actor.kind === 'agent' || actor.kind === 'api'
}

/** What of a contact a merge may change. */
export type MergeFields = NameFacts & {
  phone: string | null
  waKey: string
  email: string | null
  category: ContactCategory
  tags: string[]
  username: string | null
  usernameAt: Date | null
  /** Fields of the workspace's own. */
  custom: CustomValues
}

/** The one that stays keeps what it says, and is given what it lacks. */
export function mergedFields(survivor: MergeFields, merged: MergeFields): MergeFields {
  const [named, numbered, user] = [
    survivor.name ? survivor : merged,
    survivor.phone ? survivor : merged.phone ? merged : survivor,
    survivor.username ? survivor : merged,
  ]
  return {
    ...{ name: named.name, nameFrom: named.nameFrom, nameAt: named.nameAt },
    ...{ phone: numbered.phone, waKey: numbered.waKey },
    email: survivor.email ?? merged.email,
    category: survivor.category === 'vip' ? 'vip' : merged.category,
    tags: [...new Set([...survivor.tags, ...merged.tags])],
    ...{ username: user.username, usernameAt: user.usernameAt },
    custom: { ...merged.custom, ...survivor.custom },
  }
}

/** Of what the merge changed, what nobody has changed since goes back to what it was. */
export function partedFields<Fields extends object>(now: Fields, before: Fields, after: Fields): Fields {
  const back = { ...now }
  for (const field of Object.keys(before) as (keyof Fields)[]) {
    if (JSON.stringify(now[field]) === JSON.stringify(after[field])) back[field] = before[field]
  }
  return back
}

/** Where a conversation is answered, and until when. */
export type Reach = {
  toWaId: string | null
  toUserId: string | null
  lastInboundAt: Date | null
  marketing: string | null
  marketingAt: Date | null
}

/** Of two conversations on one number the address is that of the newer, as is what was said of marketing. */
export function joinedReach(survivor: Reach, merged: Reach): Reach {
  const newer = isLater(merged.lastInboundAt, survivor.lastInboundAt) ? merged : survivor
  const older = newer === merged ? survivor : merged
  const said = isLater(merged.marketingAt, survivor.marketingAt) ? merged : survivor
  return {
    // A business-scoped id does not replace a number: it is for those who hide theirs.
    toWaId: newer.toWaId ?? older.toWaId,
    toUserId: newer.toUserId ?? older.toUserId,
    lastInboundAt: newer.lastInboundAt,
    ...{ marketing: said.marketing, marketingAt: said.marketingAt },
  }
}

function isLater(a: Date | null, b: Date | null): boolean {
  return a !== null && (b === null || a > b)
}

export type Episode = {
  id: string
  state: TicketState
  stateAt: Date
  priority: Priority
  ownerId: string | null
  openedAt: Date
}

/**
 * Of two open episodes of one conversation the one that began first goes on, since its clocks run longest: it takes the
 * higher priority, and waits on the customer only if both did. The other is resolved in its favour, and keeps its messages.
 */
export function joinEpisodes<E extends Episode>(a: E, b: E) {
  const [first, second] = a.openedAt < b.openedAt || (+a.openedAt === +b.openedAt && a.id < b.id) ? [a, b] : [b, a]
  const priority = priorities.indexOf(second.priority) > priorities.indexOf(first.priority)
  const wakes = first.state === 'waiting' && second.state !== 'waiting'
  const active: TicketState = first.ownerId ? 'in_progress' : 'open'
  return {
    goesOn: first,
    ends: second,
    values: {
      ...(priority ? { priority: second.priority } : {}),
      ...(wakes ? { state: active, stateAt: second.stateAt } : {}),
    },
  }
}

/**
 * What became of the two records in a CRM. `moved`: only the merged contact had one, which is the survivor's now. `apart`: both
 * had one, and both are there still; what is said of either is heard. `merged`: they are one there too, for good.
 */
export const remoteOutcomes = ['moved', 'apart', 'merged'] as const
export type RemoteOutcome = (typeof remoteOutcomes)[number]

const outcomes = {
  moved: {
    es: 'El registro pasó al contacto que queda',
    en: 'The record is now that of the contact that stays',
    pt: 'O registro passou ao contato que fica',
  },
  apart: {
    es: 'Siguen siendo dos registros; lo que cambie en cualquiera llega al contacto que queda',
    en: 'They are still two records; what changes in either reaches the contact that stays',
    pt: 'Continuam sendo dois registros; o que mudar em qualquer um chega ao contato que fica',
  },
  merged: {
    es: 'Los registros se unieron también allí, lo que allí no se puede deshacer',
    en: 'The records were merged there too, which cannot be undone there',
    pt: 'Os registros foram unidos também lá, o que lá não se pode desfazer',
  },
} as const satisfies Record<RemoteOutcome, Record<Language, string>>

const undone = {
  moved: {
    es: 'El registro volvió a su contacto; el otro recibe uno nuevo',
    en: 'The record is its contact’s again; the other gets a new one',
    pt: 'O registro voltou ao seu contato; o outro recebe um novo',
  },
  apart: {
    es: 'Cada contacto tiene su registro, como antes',
    en: 'Each contact has its record, as before',
    pt: 'Cada contato tem seu registro, como antes',
  },
  merged: {
    es: 'Allí no se puede deshacer la unión: el contacto que vuelve recibe un registro nuevo, y su historial queda en el unido',
    en: 'The merge cannot be undone there: the contact that is back gets a new record, and its history stays on the merged one',
    pt: 'Lá não se pode desfazer a união: o contato que volta recebe um registro novo, e seu histórico fica no unido',
  },
} as const satisfies Record<RemoteOutcome, Record<Language, string>>

export function explainOutcome(outcome: RemoteOutcome, isUndone: boolean, language: Language): string {
  return (isUndone ? undone : outcomes)[outcome][language]
}
