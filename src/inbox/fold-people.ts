/**
 * The people of a batch: known by their ids, new, learned of, and suggested to be one. Takes the rows as they are; what is to
 * be written is in its lists.
 */
import { takesName } from '../core/contact.ts'
import { pairOf, type SuggestionReason } from '../core/contact-merge.ts'
import {
  akinKeys,
  displayPhone,
  identitiesOf,
  lookupKeys,
  type Match,
  matchContact,
  type Sender,
  waKey,
} from '../core/identity.ts'
import type { InboundMessage } from '../core/inbound.ts'
import type { ContactRow, IdentityRow, SuggestionRow } from '../db/arrivals.ts'

type World = {
  workspaceId: string
  now: Date
  newId: () => string
  /** Grows by what is learned. */
  identities: IdentityRow[]
  contacts: ContactRow[]
}

type Item = { channelId: string; message: InboundMessage }

export class People {
  readonly newContacts: ContactRow[] = []
  readonly changedContacts: ContactRow[] = []
  readonly identities: IdentityRow[] = []
  /** Contacts that may be one person: nothing is merged. */
  readonly suggestions: SuggestionRow[] = []
  private readonly world: World
  private readonly contacts: Map<string, ContactRow>

  constructor(world: World) {
    this.world = world
    this.contacts = new Map(world.contacts.map(contact => [contact.id, contact]))
  }

  /** Whoever a message is from or to; from then on they are known by all the ids that it proves. */
  of(item: Item): ContactRow {
    const { message } = item
    const { contactId, conflict } = this.match(message)
    const contact = (contactId ? this.contacts.get(contactId) : undefined) ?? this.newContact(message)
    this.learn(contact, message)
    const suggest = (others: string[], reason: SuggestionReason) => this.suggest(contact, others, reason, item)
    suggest([...conflict, ...this.learnIdentities(contact, message.sender)], 'ids of both')
    if (message.alsoKnownAs) {
      const reason = message.kind === 'system' ? 'ids changed' : 'number shared'
      suggest(this.becomes(contact, message.alsoKnownAs, message), reason)
    }
    suggest(this.akin(message), 'number without its 9')
    return contact
  }

  /** That they are one person is for a person to say. */
  private suggest(contact: ContactRow, others: string[], reason: SuggestionReason, { channelId, message }: Item) {
    const { newId, workspaceId, now } = this.world
    for (const other of new Set(others)) {
      const pair = pairOf(contact.id, other)
      const isKnown = (row: SuggestionRow) => row.contactA === pair.contactA && row.contactB === pair.contactB
      if (other === contact.id || this.suggestions.some(isKnown)) continue
      this.suggestions.push({
        ...{ id: newId(), workspaceId, ...pair, reason, source: { channelId, wamid: message.wamid } },
        ...{ at: message.at, createdAt: now, state: 'open', decidedAt: null, decidedBy: null, mergeId: null },
      })
    }
  }

  private akin({ sender, alsoKnownAs }: InboundMessage): string[] {
    const ids = [sender, ...(alsoKnownAs ? [alsoKnownAs] : [])].flatMap(identitiesOf)
    return ids
      .flatMap(({ kind, ...rest }) => {
        const keys = [...akinKeys({ kind, ...rest }), ...lookupKeys({ kind, ...rest })]
        return this.world.identities.filter(row => row.kind === kind && keys.includes(row.matchKey))
      })
      .map(row => row.contactId)
  }

  /** By the ids of the sender; by those they have from now on, where the others are not known. */
  private match({ sender, alsoKnownAs }: InboundMessage): Match {
    const match = matchContact(sender, this.world.identities)
    return match.contactId || !alsoKnownAs ? match : matchContact(alsoKnownAs, this.world.identities)
  }

  /** The further ids are the contact's, unless they are somebody else's already; returns those. */
  private becomes(contact: ContactRow, ids: Sender, { kind }: InboundMessage): string[] {
    const strangers = this.learnIdentities(contact, ids).filter(id => id !== contact.id)
    const isNews = kind === 'system'
    if (ids.waId && strangers.length === 0 && (isNews || !contact.phone)) {
      contact.phone = displayPhone(ids.waId)
      contact.waKey = waKey(ids)
      this.touch(contact)
    }
    return strangers
  }

  private newContact(message: InboundMessage): ContactRow {
    const { now, workspaceId, newId } = this.world
    const contact: ContactRow = {
      id: newId(),
      workspaceId,
      ...{ name: null, nameFrom: null, nameAt: null, username: null, usernameAt: null, mergedInto: null },
      phone: displayPhone(message.sender.waId),
      waKey: waKey(message.sender),
      email: null,
      category: 'standard',
      tags: [],
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
    this.contacts.set(contact.id, contact)
    this.newContacts.push(contact)
    return contact
  }

  /** Fills what was not known; what a person or a CRM wrote is never replaced by a profile name. */
  private learn(contact: ContactRow, { name, username, sender, at }: InboundMessage) {
    const before = [contact.name, contact.nameAt, contact.username, contact.usernameAt, contact.phone].join()
    if (name && takesName(contact, name, at)) Object.assign(contact, { name, nameFrom: 'profile', nameAt: at })
    const isNewest = !contact.usernameAt || at > contact.usernameAt
    if (username && username !== contact.username && isNewest) {
      Object.assign(contact, { username, usernameAt: at })
      if (!contact.name || contact.nameFrom === 'username')
        Object.assign(contact, { name: username, nameFrom: 'username' })
    }
    if (!contact.phone && sender.waId) {
      contact.phone = displayPhone(sender.waId)
      contact.waKey = waKey(sender)
    }
    const after = [contact.name, contact.nameAt, contact.username, contact.usernameAt, contact.phone].join()
    if (after !== before) this.touch(contact)
  }

  private touch(contact: ContactRow) {
    contact.updatedAt = this.world.now
    const isNew = this.newContacts.includes(contact)
    if (!isNew && !this.changedContacts.includes(contact)) this.changedContacts.push(contact)
  }

  /** Returns whose they are already. */
  private learnIdentities(contact: ContactRow, sender: Sender): string[] {
    const { workspaceId, now, newId, identities } = this.world
    return identitiesOf(sender).flatMap(identity => {
      const known = identities.find(row => row.kind === identity.kind && row.matchKey === identity.matchKey)
      if (known) return [known.contactId]
      const row = { id: newId(), workspaceId, contactId: contact.id, ...identity, createdAt: now }
      identities.push(row)
      this.identities.push(row)
      return []
    })
  }
}
