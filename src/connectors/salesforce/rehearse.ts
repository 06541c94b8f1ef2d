import { z } from 'zod'
import { ACCOUNT_KEY, CONTACT_KEY, MESSAGE_KEY, TICKET_KEY } from './settings.ts'

const composite = z.object({
  compositeRequest: z.array(
    z.object({
      method: z.string(),
      url: z.string(),
      referenceId: z.string(),
      body: z.object({ records: z.array(z.looseObject({ Id: z.string().optional() })) }).optional(),
    }),
  ),
})

/**
 * What Salesforce would answer to a composite of writes that goes well, without its being made; null for a call that only reads. A
 * record that would be made has the id `planned-<its external id>`.
 */
export function rehearseSalesforce(call: { method: string; url: string; body: string; now: Date }): Response | null {
  if (call.method === 'GET') return null
  const given = composite.safeParse(call.body.startsWith('{') ? JSON.parse(call.body) : undefined).data
  if (given?.compositeRequest.every(({ method }) => method === 'GET')) return null
  const compositeResponse = (given?.compositeRequest ?? []).map(({ referenceId, body }) => ({
    ...{ referenceId, httpStatusCode: 200, httpHeaders: {} },
    body: (body?.records ?? []).map(({ Id, ...fields }) => {
      const key = fields[CONTACT_KEY] ?? fields[ACCOUNT_KEY] ?? fields[TICKET_KEY] ?? fields[MESSAGE_KEY]
      return { id: Id ?? `planned-${key}`, success: true, created: Id === undefined, errors: [] }
    }),
  }))
  return Response.json({ compositeResponse })
}
