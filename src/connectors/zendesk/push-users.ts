import { type PushItem, type PushResult, RemoteCallError, type RemoteValues, type Sought } from '../contract.ts'
import { CONFLICT, lostCall } from './failure.ts'
import { findByEmail, findByPhone, type Met, readByKey } from './find-users.ts'
import { createUsers, runJobs, updateUsers } from './jobs.ts'
import { asFound } from './read-back.ts'
import { changedValues, failed, knownValues, resultOf, stored } from './results.ts'
import { CONTACT_KEY, userKey, type ZendeskContext } from './settings.ts'
import { userInput, userValues } from './values.ts'

/**
 * Known users by id, only what changed. The others by `external_id`, which makes each one user however often it is sent; who is
 * there already by e-mail or number is that user, and what people wrote of them stays.
 */
export async function pushUsers(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  return (await writeUsers(ctx, items)).results
}

/** `made`: those who were not there before. */
export async function writeUsers(ctx: ZendeskContext, items: PushItem[]) {
  const linked = items.filter(({ remoteId }) => remoteId !== null)
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  const updated = await update(
    ctx,
    linked.map(item => ({ item, id: item.remoteId ?? '', values: changedValues(item) })),
  )
  const unheard = await readUnheard(
    ctx,
    unlinked.filter(item => item.unheard),
  )
  const met = await adopt(ctx, [...unlinked.filter(item => !item.unheard), ...unheard.missing])
  const outcomes = await runJobs(ctx, createUsers, met.strangers.map(creationOf))
  const created = met.strangers.map((item, nth) => resultOf(item, outcomes[nth] as (typeof outcomes)[number]))
  const isMade = (nth: number) => outcomes[nth]?.kind === 'done' && outcomes[nth].made
  const made = new Set(met.strangers.filter((_, nth) => isMade(nth)).map(({ recordId }) => recordId))
  return { results: [...updated, ...unheard.results, ...met.results, ...created], made }
}

type Update = { item: PushItem; id: string; values: RemoteValues }

async function update(ctx: ZendeskContext, updates: Update[]): Promise<PushResult[]> {
  const inputs = updates.map(({ values }) => userInput(values))
  const isSilent = (nth: number) => Object.keys(inputs[nth] ?? {}).length === 0
  const said = updates.filter((_, nth) => !isSilent(nth))
  const silent = updates.filter((_, nth) => isSilent(nth)).map(({ item, id }) => stored(item, id))
  const outcomes = await runJobs(
    ctx,
    updateUsers,
    said.map(({ id, values }) => ({ id: Number(id), ...userInput(values) })),
  )
  const results = said.map(({ item, id }, nth): PushResult => {
    const outcome = outcomes[nth]
    return outcome?.kind === 'failed' ? failed(item, outcome.failure) : stored(item, id)
  })
  return [...silent, ...results]
}

function creationOf(item: PushItem): object {
  const waKey = item.values[CONTACT_KEY] ?? ''
  const known = userInput(knownValues(item))
  return {
    ...{ name: item.values.phone || waKey, ...known, external_id: userKey(waKey) },
    // They never asked for an e-mail from a help centre.
    ...{ role: 'end-user', verified: true, skip_verify_email: true },
  }
}

async function readUnheard(ctx: ZendeskContext, items: PushItem[]) {
  const unheard = { results: [] as PushResult[], missing: [] as PushItem[] }
  if (items.length === 0) return unheard
  try {
    const users = await readByKey(ctx, items.map(keyOf))
    for (const item of items) {
      const user = users.get(keyOf(item))
      if (user) unheard.results.push(asFound(item, user.id, userValues(user), user.updated_at))
      else unheard.missing.push(item)
    }
  } catch (error) {
    unheard.results.push(...notLookedFor(items, error))
  }
  return unheard
}

/**
 * People who are there by their address or number get our key, and what they lack. Where two have the number nobody is chosen:
 * a person must merge them there, or give one the key.
 */
async function adopt(ctx: ZendeskContext, items: PushItem[]) {
  const known = { results: [] as PushResult[], strangers: [] as PushItem[] }
  const updates: Update[] = []
  try {
    const sought = items.map(soughtOf)
    const byEmail = await findByEmail(ctx, sought)
    const met = new Map<string, Met[]>(byEmail.map(each => [each.recordId, [each]]))
    const unknown = sought.filter(({ recordId }) => !met.has(recordId))
    for (const each of ctx.settings.findByPhone ? await findByPhone(ctx, unknown) : []) {
      met.set(each.recordId, [...(met.get(each.recordId) ?? []), each])
    }
    const taken = new Set<string>()
    for (const item of items) {
      const mine = met.get(item.recordId) ?? []
      const own = mine.find(({ user }) => user.external_id === userKey(keyOf(item)))
      const [first, second] = mine
      // Who has our key already is found by it.
      if (own || !first || taken.has(first.user.id)) known.strangers.push(item)
      else if (second) known.results.push(failed(item, twoOfOneNumber(item, [first.user.id, second.user.id])))
      else {
        taken.add(first.user.id)
        updates.push({ item, id: first.user.id, values: whatLacks(item, first) })
      }
    }
  } catch (error) {
    return { results: notLookedFor(items, error), strangers: [] }
  }
  return { ...known, results: [...known.results, ...(await update(ctx, updates))] }
}

function whatLacks(item: PushItem, { user }: Met): RemoteValues {
  const theirs = userValues(user)
  return Object.fromEntries(Object.entries(knownValues(item)).filter(([name]) => !theirs[name]))
}

function soughtOf(item: PushItem): Sought {
  const { phone, email } = item.values
  return { recordId: item.recordId, waKey: keyOf(item), phones: phone ? [phone] : [], email: email || null }
}

function keyOf({ values }: PushItem): string {
  return values[CONTACT_KEY] ?? ''
}

function twoOfOneNumber({ values }: PushItem, ids: string[]) {
  const message = `Zendesk has ${values.phone} on users ${ids.join(' and ')}: merge them there, or give one of them ${CONTACT_KEY} ${values[CONTACT_KEY]}`
  return { kind: 'rejected', code: CONFLICT, field: 'phone', message } as const
}

/** Searches have a limit of their own at times: the connection's other calls need not wait. */
function notLookedFor(items: PushItem[], error: unknown): PushResult[] {
  if (!(error instanceof RemoteCallError)) throw error
  const failure = lostCall(error.failure, 'read')
  return items.map(item => failed(item, failure))
}
