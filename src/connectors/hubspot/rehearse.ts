import { z } from 'zod'

const inputs = z.object({
  inputs: z
    .array(
      z.object({
        id: z.string().optional(),
        idProperty: z.string().optional(),
        objectWriteTraceId: z.string().optional(),
        properties: z.record(z.string(), z.string().nullable()).default({}),
      }),
    )
    .default([]),
})

/** Calls that only read, though they are posted. */
const READS = /\/(batch\/read|search)$/

/**
 * What HubSpot would answer to a write that goes well, without its being made; null for a call that only reads. A record that
 * would be made has the id `planned-<trace id>`.
 */
export function rehearseHubSpot(call: { method: string; url: string; body: string; now: Date }): Response | null {
  const { pathname } = new URL(call.url)
  if (call.method === 'GET' || READS.test(pathname)) return null
  const given = inputs.safeParse(call.body === '' ? {} : JSON.parse(call.body)).data?.inputs ?? []
  const at = call.now.toISOString()
  const results = given.map(({ id, idProperty, objectWriteTraceId, properties }) => ({
    id: id && !idProperty ? id : `planned-${objectWriteTraceId}`,
    ...{ properties, objectWriteTraceId, createdAt: at, updatedAt: at, archived: false },
  }))
  return Response.json({ status: 'COMPLETE', results, startedAt: at, completedAt: at })
}
