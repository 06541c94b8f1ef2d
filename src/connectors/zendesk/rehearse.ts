import { z } from 'zod'

const body = z.object({
  users: z.array(z.looseObject({ id: z.unknown() })).optional(),
  tickets: z.array(z.looseObject({ id: z.unknown() })).optional(),
})

/**
 * What Zendesk would answer to a write that goes well, without its being made; null for a call that only reads. A job is over at
 * once, so a plan's calls are without the looks at jobs. A record that would be made has the id `9…`, which no account has yet.
 */
export function rehearseZendesk(call: { method: string; url: string; body: string; now: Date }): Response | null {
  if (call.method === 'GET') return null
  // Its body is a file.
  if (new URL(call.url).pathname.endsWith('/uploads.json')) return Response.json({ upload: { token: 'planned' } })
  const given = body.safeParse(call.body === '' ? {} : JSON.parse(call.body)).data ?? {}
  const items = given.users ?? given.tickets
  if (!items) return Response.json({ ticket: { ...BLANK, id: PLANNED } })
  const results = items.map(({ id }, index) => ({
    index,
    id: id ?? PLANNED + index,
    status: id ? 'Updated' : 'Created',
  }))
  return Response.json({ job_status: { id: 'planned', status: 'completed', results } })
}

const PLANNED = 9_000_000_000_000
const BLANK = { status: 'new' }
