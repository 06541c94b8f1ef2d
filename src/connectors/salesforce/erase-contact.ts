import { z } from 'zod'
import { type EraseResult, RemoteCallError } from '../contract.ts'
import { composite, invoke, query, type Subrequest } from './client.ts'
import { failureOf, itemFailure } from './failure.ts'
import { accountsOf } from './person-accounts.ts'
import { objectOf } from './records.ts'
import { saveResult } from './schema.ts'
import { CASE_LEAD, MESSAGE, type SalesforceContext } from './settings.ts'
import { chunks, quoted } from './soql.ts'

/** Records of a collection, and of a call of SOAP. */
const BATCH = 200
/** Collections of a composite. */
const COLLECTIONS = 5

/**
 * Deletes a person for good: their messages and cases first, which Salesforce keeps apart or refuses to leave behind, then
 * themselves, and all of it from the recycle bin. One that is not there is erased.
 */
export async function eraseContact(ctx: SalesforceContext, remoteId: string): Promise<EraseResult> {
  const type = objectOf(remoteId)
  if (type !== 'Contact' && type !== 'Lead') return { kind: 'erased' }
  try {
    // A person account goes with its contact, and by itself alone.
    const person = (await accountsOf(ctx, [remoteId])).get(remoteId) ?? remoteId
    for (;;) {
      const { ids, isWhole } = await hangingOn(ctx, type, remoteId)
      await remove(ctx, isWhole ? [...ids, person] : ids)
      await emptyBin(ctx, isWhole ? [...ids, person] : ids)
      if (isWhole) return { kind: 'erased' }
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}

/** Those that the bin holds already are not found again. */
async function hangingOn(ctx: SalesforceContext, type: 'Contact' | 'Lead', remoteId: string) {
  const id = quoted(remoteId)
  const limit = BATCH * 2
  const lookup = type === 'Contact' ? 'ContactId' : ctx.settings.casesOfLeads ? CASE_LEAD : undefined
  const ofCases = lookup ? ` OR Case__r.${lookup} = ${id}` : ''
  const messages = await query(ctx, `SELECT Id FROM ${MESSAGE} WHERE ${type}__c = ${id}${ofCases} LIMIT ${limit}`)
  const cases = lookup
    ? await query(ctx, `SELECT Id FROM Case WHERE ${lookup} = ${id} LIMIT ${limit}`)
    : { records: [] }
  const isWhole = messages.records.length < limit && cases.records.length < limit
  // Cases wait until their messages are gone, by which those are found.
  const found = messages.records.length < limit ? [...messages.records, ...cases.records] : messages.records
  return { ids: found.map(({ Id }) => String(Id)), isWhole }
}

async function remove(ctx: SalesforceContext, ids: string[]): Promise<void> {
  const parts = chunks(ids, BATCH).map((part, nth): Subrequest => {
    const path = `/composite/sobjects?ids=${part.join(',')}&allOrNone=false`
    return { method: 'DELETE', path, referenceId: `part${nth}` }
  })
  for (const subrequests of chunks(parts, COLLECTIONS)) {
    const answer = await composite(ctx, 'update', subrequests, ids.length)
    if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
    for (const { httpStatusCode, body } of answer.value.compositeResponse) {
      if (httpStatusCode >= 300) throw new RemoteCallError(failureOf(httpStatusCode, body, 'update'))
      for (const { success, errors } of saveResult.array().parse(body)) {
        const failure = success ? undefined : itemFailure(errors, 'update')
        if (failure && failure.kind !== 'gone') throw new RemoteCallError(failure)
      }
    }
  }
}

/** REST has no word for it. What is not in the bin is gone. */
async function emptyBin(ctx: SalesforceContext, ids: string[]): Promise<void> {
  for (const part of chunks(ids, BATCH)) {
    const call = { place: 'u', method: 'emptyRecycleBin', args: { ids: part }, purpose: 'update' } as const
    const answer = await invoke(ctx, { ...call, schema: z.unknown() })
    if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  }
}
