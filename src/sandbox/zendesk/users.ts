/** Users: who is known by what, made one, and gone. */
import type { ItemError } from './errors.ts'
import { type Change, touchUser } from './events.ts'
import { type Account, newId, type Role, type User } from './state.ts'

export type UserFields = {
  id?: number | string | null
  name?: string | null
  email?: string | null
  phone?: string | null
  external_id?: string | null
  role?: Role
  tags?: string[]
  notes?: string | null
  details?: string | null
  user_fields?: Record<string, unknown>
}

export type Written = { user: User; made: boolean } | ItemError

export function isError(written: object): written is ItemError {
  return 'error' in written
}

const digitsOf = (phone: string | null | undefined) => (phone ?? '').replace(/\D/g, '')

/** By id, else by external id, else by e-mail, as `create_or_update` goes. */
export function upsertUser(account: Account, change: Change, given: UserFields): Written {
  const byKey = given.external_id ? live(account).find(each => each.externalId === given.external_id) : undefined
  const byEmail = given.email ? ownerOfEmail(account, given.email) : undefined
  const known = byKey ?? byEmail
  return known ? updateUser(account, change, known, given) : createUser(account, change, given)
}

export function createUser(account: Account, change: Change, given: UserFields): Written {
  const error = problem(account, undefined, given)
  if (error) return error
  if (!given.name) return { error: 'UserCreateError', details: 'Name: is too short (minimum one character)' }
  const user: User = {
    ...{
      id: newId(account),
      name: given.name,
      email: null,
      phone: null,
      phones: [],
      sharedPhone: false,
      externalId: null,
    },
    ...{ role: given.role ?? 'end-user', tags: [], notes: '', details: '', userFields: {}, active: true },
    ...{ createdAt: change.at, updatedAt: change.at },
  }
  account.users.set(user.id, user)
  touchUser(account, change, user, 'created', {})
  assign(account, change, user, given)
  return { user, made: true }
}

export function updateUser(account: Account, change: Change, user: User, given: UserFields): Written {
  const error = problem(account, user, given)
  if (error) return error
  assign(account, change, user, given)
  return { user, made: false }
}

function problem(account: Account, user: User | undefined, given: UserFields): ItemError | undefined {
  const error = user ? 'UserUpdateError' : 'UserCreateError'
  if (given.name === '') return { error, details: 'Name: is too short (minimum one character)' }
  if (given.email) {
    if (!/^\S+@\S+\.\S+$/.test(given.email))
      return { error, details: `Email: ${given.email} is not properly formatted` }
    const owner = ownerOfEmail(account, given.email)
    if (owner && owner !== user)
      return { error, details: `Email: ${given.email} is already being used by another user` }
  }
  if (given.phone && account.validatesPhones && !/^\+\d{8,15}$/.test(given.phone))
    return { error, details: `Phone: ${given.phone} is not a valid phone number` }
  if (given.external_id) {
    const owner = live(account).find(each => each.externalId === given.external_id)
    if (owner && owner !== user) return { error, details: 'External: has already been taken' }
  }
  return undefined
}

function assign(account: Account, change: Change, user: User, given: UserFields) {
  const set = <Key extends keyof User>(key: Key, value: User[Key], type: string, facts: object = {}) => {
    const previous = user[key]
    if (JSON.stringify(previous) === JSON.stringify(value)) return
    user[key] = value
    user.updatedAt = change.at
    touchUser(account, change, user, type, { previous, current: value, ...facts })
  }
  if (typeof given.name === 'string') set('name', given.name, 'name_changed')
  if (given.email !== undefined) set('email', given.email?.toLowerCase() || null, 'identity_changed')
  if (given.phone !== undefined) {
    user.sharedPhone = live(account).some(
      each => each !== user && digitsOf(each.phone) !== '' && digitsOf(each.phone) === digitsOf(given.phone),
    )
    set('phone', given.phone || null, user.phone ? 'identity_changed' : 'identity_created')
  }
  if (given.external_id !== undefined) set('externalId', given.external_id || null, 'external_id_changed')
  if (given.tags) set('tags', [...new Set(given.tags.map(tag => tag.toLowerCase()))].sort(), 'tags_changed')
  if (given.notes !== undefined) set('notes', given.notes ?? '', 'notes_changed')
  if (given.details !== undefined) set('details', given.details ?? '', 'details_changed')
  for (const [key, value] of Object.entries(given.user_fields ?? {})) {
    if (!account.userFields.some(field => field.key === key)) continue
    const fields = { ...user.userFields, [key]: value === '' ? null : value }
    set('userFields', fields, 'custom_field_changed', { previous: null, current: value, field: { id: key } })
  }
}

/** Identities and tickets go to the winner; the loser is inactive, and only its id is left. */
export function mergeUsers(account: Account, change: Change, loser: User, winner: User) {
  const { email, phone } = loser
  loser.active = false
  loser.externalId = null
  loser.updatedAt = change.at
  if (!winner.email) winner.email = email
  if (!winner.phone) winner.phone = phone
  else if (phone) winner.phones.push(phone)
  winner.updatedAt = change.at
  for (const ticket of account.tickets.values()) {
    if (ticket.requesterId === loser.id) ticket.requesterId = winner.id
    for (const comment of ticket.comments) if (comment.authorId === loser.id) comment.authorId = winner.id
  }
  touchUser(account, change, loser, 'merged', { user: { id: String(winner.id) } })
  touchUser(account, change, winner, 'identity_created', {})
}

export function deleteUser(account: Account, change: Change, user: User) {
  user.active = false
  user.updatedAt = change.at
  touchUser(account, change, user, 'deleted', {})
}

export function live(account: Account): User[] {
  return [...account.users.values()].filter(user => user.active)
}

function ownerOfEmail(account: Account, email: string): User | undefined {
  return live(account).find(each => each.email === email.toLowerCase())
}

export function userView(user: User) {
  return {
    ...{ id: user.id, name: user.name, email: user.email, phone: user.phone, shared_phone_number: user.sharedPhone },
    ...{ external_id: user.externalId, role: user.role, tags: user.tags, notes: user.notes, details: user.details },
    ...{ user_fields: user.userFields, active: user.active, created_at: user.createdAt, updated_at: user.updatedAt },
    url: `https://example.zendesk.com/api/v2/users/${user.id}.json`,
  }
}
