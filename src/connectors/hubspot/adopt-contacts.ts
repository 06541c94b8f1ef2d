import type { Failure } from '../../core/failure.ts'
import { type PushResult, RemoteCallError } from '../contract.ts'
import { BATCH_SIZE, chunks, failed, type Write, writeAll } from './batch.ts'
import { batchRead, batchUpdate, type UpdateInput, type UpsertInput } from './client.ts'
import { CONFLICT, lostCall } from './failure.ts'
import type { HubSpotObject } from './schema.ts'
import { CONTACT_KEY, type HubSpotContext } from './settings.ts'

/**
 * E-mail is HubSpot's own identity: a contact that has ours is the person, met before we knew the number. It gets our
 * key and what it lacks; what people wrote there stays. With another key it is somebody else.
 */
export async function adoptContacts(ctx: HubSpotContext, writes: Write<UpsertInput>[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  const updates: Write<UpdateInput>[] = []
  const adopted = new Set<string>()
  for (const part of chunks(writes, BATCH_SIZE)) {
    let owners: Map<string, HubSpotObject>
    try {
      owners = await readByEmail(ctx, part)
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      const failure = lostCall(error.failure, 'read')
      results.push(...part.map(({ item }) => failed(item, failure)))
      continue
    }
    for (const write of part) {
      const owner = owners.get(emailOf(write))
      if (owner && !owner.properties[CONTACT_KEY] && !adopted.has(owner.id)) {
        adopted.add(owner.id)
        updates.push(whatLacks(owner, write))
      } else results.push(failed(write.item, emailTaken(write.input.properties.email, owner)))
    }
  }
  const updated = await writeAll(updates, { purpose: 'update', send: inputs => batchUpdate(ctx, 'contacts', inputs) })
  return [...results, ...updated]
}

async function readByEmail(ctx: HubSpotContext, writes: Write<UpsertInput>[]): Promise<Map<string, HubSpotObject>> {
  const emails = [...new Set(writes.map(emailOf))].filter(email => email !== '')
  if (emails.length === 0) return new Map()
  const names = [...new Set(writes.flatMap(({ input }) => Object.keys(input.properties)))]
  const found = await batchRead(ctx, 'contacts', emails, names, 'email')
  return new Map(found.map(owner => [owner.properties.email?.toLowerCase() ?? '', owner]))
}

function emailOf({ input }: Write<UpsertInput>): string {
  return input.properties.email?.toLowerCase() ?? ''
}

function whatLacks({ id, properties: theirs }: HubSpotObject, { item, input }: Write<UpsertInput>): Write<UpdateInput> {
  const lacking = Object.entries(input.properties).filter(([name]) => !theirs[name])
  return { item, input: { objectWriteTraceId: item.recordId, id, properties: Object.fromEntries(lacking) } }
}

function emailTaken(email: string | undefined, theirs: HubSpotObject | undefined): Failure {
  const whose = theirs ? `contact ${theirs.id}, which has another WhatsApp number` : 'another contact'
  const message = `HubSpot has ${email ?? 'a unique value of this contact'} on ${whose}`
  return { kind: 'rejected', code: CONFLICT, ...(email ? { field: 'email' } : {}), message }
}
