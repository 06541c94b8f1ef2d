/**
 * What changed in Salesforce, by pull, in one call: people, leads and cases by `SystemModstamp` and id, those in the recycle bin too,
 * and messages that somebody wrote there to be sent.
 */
import { z } from 'zod'
import { type ChangesPage, type RemoteAuthor, RemoteCallError, type RemoteChange } from '../contract.ts'
import { composite, queryPath, type Subrequest } from './client.ts'
import { failureOf } from './failure.ts'
import { toInstant, valuesOf, wantedOf } from './records.ts'
import { toReply, WAITING_REPLIES } from './replies.ts'
import { queryAnswer, record, type SalesforceRecord } from './schema.ts'
import type { SalesforceContext } from './settings.ts'
import { instant, quoted, select } from './soql.ts'

/** A call a time, of the organization's daily allowance: 1,440 of at least 15,000. */
export const CHANGES_EVERY_MS = 60_000

const LIMIT = 200

/** A record carries the moment at which it was changed, and is seen when its transaction ends, some time after; ms. */
const OVERLAP_MS = 120_000

/** As long as the recycle bin keeps what was deleted; ms. https://help.salesforce.com/s/articleView?id=xcloud.home_delete.htm */
const KEPT_MS = 15 * 24 * 3_600_000

const types = ['Contact', 'Lead', 'Case'] as const
type Fed = (typeof types)[number]

/** Up to where a type was read; without an id, from the beginning of that moment. */
const place = z.object({ at: z.iso.datetime(), id: z.string().regex(/^\w*$/) })
const cursorShape = z.object({
  /** When the feed was begun: nothing older is told. */
  from: z.iso.datetime(),
  /** When this round was begun; null between rounds. */
  began: z.iso.datetime().nullable(),
  places: z.object({ Contact: place, Lead: place, Case: place }),
})
type Cursor = z.infer<typeof cursorShape>

/** Throws RemoteCallError. */
export async function readChanges(ctx: SalesforceContext, cursor: string | null): Promise<ChangesPage> {
  const now = ctx.now.toISOString()
  if (cursor === null) return { changes: [], cursor: write(startAt(now, now)), more: false, lost: false }
  const here = cursorShape.parse(JSON.parse(cursor))
  const oldest = Math.min(...types.map(type => Date.parse(here.places[type].at)))
  if (oldest < ctx.now.getTime() - KEPT_MS) {
    return { changes: [], cursor: write(startAt(now, now)), more: false, lost: true }
  }
  const answers = await ask(ctx, here)
  const changes: RemoteChange[] = []
  const next: Cursor = { ...here, began: here.began ?? now, places: { ...here.places } }
  let more = false
  for (const type of types) {
    const found = answers[type] ?? []
    changes.push(...found.flatMap(each => changesOf(ctx, type, each)))
    const last = found.at(-1)
    if (found.length < LIMIT || !last) continue
    more = true
    next.places[type] = { at: momentOf(last), id: last.Id }
  }
  changes.push(...(answers.replies ?? []).map(toReply))
  if (more) return { changes, cursor: write(next), more, lost: false }
  const begun = new Date(Date.parse(next.began ?? now) - OVERLAP_MS).toISOString()
  return { changes, cursor: write(startAt(begun > here.from ? begun : here.from, here.from)), more, lost: false }
}

function startAt(at: string, from: string): Cursor {
  const start = { at, id: '' }
  return { from, began: null, places: { Contact: start, Lead: start, Case: start } }
}

const write = (cursor: Cursor): string => JSON.stringify(cursor)

async function ask(ctx: SalesforceContext, { places }: Cursor): Promise<Record<string, SalesforceRecord[]>> {
  const subrequests: Subrequest[] = types.map(type => {
    const { at, id } = places[type]
    const moment = instant(new Date(at))
    const since = id
      ? `(SystemModstamp > ${moment} OR (SystemModstamp = ${moment} AND Id > ${quoted(id)}))`
      : `SystemModstamp >= ${moment}`
    const soql = `${select([...fieldsOf[type], ...wantedOf(ctx, type)], type)} WHERE ${since} ORDER BY SystemModstamp, Id LIMIT ${LIMIT}`
    return { method: 'GET', path: queryPath(soql, true), referenceId: type }
  })
  subrequests.push({ method: 'GET', path: queryPath(WAITING_REPLIES), referenceId: 'replies' })
  const answer = await composite(ctx, 'read', subrequests, subrequests.length)
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  const answers: Record<string, SalesforceRecord[]> = {}
  for (const { referenceId, httpStatusCode, body } of answer.value.compositeResponse) {
    if (httpStatusCode >= 300) throw new RemoteCallError(failureOf(httpStatusCode, body, 'read'))
    answers[referenceId] = queryAnswer.parse(body).records.map(each => record.parse(each))
  }
  return answers
}

const common = ['Id', 'SystemModstamp', 'LastModifiedById', 'IsDeleted', 'MasterRecordId']
const fieldsOf: Record<Fed, string[]> = {
  Contact: common,
  Lead: [...common, 'IsConverted', 'ConvertedContactId'],
  Case: common,
}

/** A record that is gone says whether it went into another: by a merge, or as a lead that became a contact. */
function changesOf(ctx: SalesforceContext, type: Fed, found: SalesforceRecord): RemoteChange[] {
  const object = type === 'Case' ? 'ticket' : 'contact'
  const { Id: remoteId, IsDeleted, MasterRecordId, IsConverted, ConvertedContactId } = found
  const at = new Date(momentOf(found))
  const survivor = IsDeleted ? MasterRecordId : IsConverted ? ConvertedContactId : null
  if (typeof survivor === 'string') return [{ kind: 'merged', object, remoteId: survivor, mergedIds: [remoteId], at }]
  if (IsDeleted || IsConverted) return [{ kind: 'deleted', object, remoteId, at }]
  const author = found.LastModifiedById
  const byUs = ctx.settings.userId !== '' && author === ctx.settings.userId
  const values = valuesOf(wantedOf(ctx, type), found)
  return [{ kind: 'touched', object, remoteId, at, byUs, values, ...(byUs ? {} : authorOf(author)) }]
}

/** A user's id begins with 005; what Salesforce itself does is done by users too. */
function authorOf(user: unknown): { author?: RemoteAuthor } {
  return typeof user === 'string' && user.startsWith('005') ? { author: { by: 'person', user } } : {}
}

function momentOf({ SystemModstamp }: SalesforceRecord): string {
  return new Date(toInstant(String(SystemModstamp))).toISOString()
}
