/** A workspace with any number of tickets, as years of work leave it: nearly all resolved, some hundreds open. */
import type { Db } from '../../src/db/client.ts'
import { newId } from '../../src/inbox/new-id.ts'

export type Generated = { workspaceId: string; teams: string[]; agents: string[]; now: Date }

const AGENTS = 40
const TEAMS = 8
/** Open at a time, however long the history is. */
const OPEN = 400
const NOW = new Date('2026-11-20T18:00:00Z')

/** `owner`: the tables' own; triggers are off, so that only what is asked for is written. */
export async function generate(owner: Db, tickets: number): Promise<Generated> {
  const workspaceId = newId()
  const [teams, agents] = [TEAMS, AGENTS].map(count => Array.from({ length: count }, newId)) as [string[], string[]]
  const channelId = newId()
  const contacts = Math.ceil(tickets / 4)
  await owner.begin(async tx => {
    await tx`set local session_replication_role = replica`
    await tx`insert into workspaces (id, name, language, grace_hours, last_ticket_number, created_at)
      values (${workspaceId}, 'Banco de pruebas', 'es', 72, ${tickets}, ${NOW})`
    await tx`insert into channels (id, workspace_id, name, phone_number_id, waba_id, app_key, token, state, created_at)
      values (${channelId}, ${workspaceId}, 'Ventas', ${workspaceId}, '1', 'default', 'sealed', 'connected', ${NOW})`
    await tx`insert into teams (id, workspace_id, name, is_default)
      select id, ${workspaceId}, 'Equipo ' || n, n = 1 from unnest(${teams}::uuid[]) with ordinality as t (id, n)`
    await tx`insert into agents (id, workspace_id, name, email, available)
      select id, ${workspaceId}, 'Persona ' || n, n || '@example.com', true
      from unnest(${agents}::uuid[]) with ordinality as a (id, n)`
    await tx`create temporary table people on commit drop as
      select n, gen_random_uuid() as id, gen_random_uuid() as conversation_id from generate_series(0, ${contacts}::integer - 1) as n`
    await tx`create unique index on people (n)`
    await tx`analyze people`
    await tx`insert into contacts (id, workspace_id, name, phone, wa_key, category, tags, created_at, updated_at, version)
      select id, ${workspaceId}, 'Cliente ' || n, '+5215550' || lpad(n::text, 7, '0'), id::text,
        case when n % 50 = 0 then 'vip' else 'standard' end, '{}', ${NOW}, ${NOW}, 1 from people`
    await tx`insert into conversations (id, workspace_id, contact_id, channel_id, last_inbound_at, created_at)
      select conversation_id, ${workspaceId}, id, ${channelId}, ${NOW}, ${NOW} from people`
    await tx`
      insert into tickets (id, workspace_id, number, conversation_id, contact_id, channel_id, state, state_at, priority, subject,
        tags, owner_id, team_id, escalation_level, opened_at, resolved_at, created_at, updated_at, version, board, due_at,
        waiting_since)
      select gen_random_uuid(), ${workspaceId}, s.n, p.conversation_id, p.id, ${channelId},
        case s.place when 'new' then 'open' when 'assigned' then 'in_progress' when 'escalated' then 'in_progress' else s.place end,
        s.at, (array['low', 'normal', 'normal', 'high', 'urgent'])[1 + s.n % 5],
        (array['factura', 'pedido', 'devolución', 'envío', 'horario'])[1 + s.n % 5] || ' ' || s.n,
        case when s.n % 10 = 0 then array['vip'] else '{}' end,
        case when s.place = 'new' then null else (${agents}::uuid[])[1 + s.n % ${AGENTS}::integer] end,
        (${teams}::uuid[])[1 + s.n % ${TEAMS}::integer], case when s.place = 'escalated' then 1 else 0 end,
        s.at, case when s.place = 'resolved' then s.at + interval '3 hours' end, s.at, s.at, 1, s.place,
        case when s.place in ('new', 'assigned', 'escalated') then s.at + interval '1 day' end,
        case when s.place in ('new', 'assigned', 'escalated') then s.at end
      from (
        select n, ${NOW}::timestamptz - (${tickets}::integer - n) * (interval '730 days' / ${tickets}::integer) as at,
          case when n <= ${tickets}::integer - ${OPEN}::integer then 'resolved'
            else (array['new', 'assigned', 'waiting', 'assigned', 'escalated'])[1 + n % 5] end as place
        from generate_series(1, ${tickets}::integer) as n
      ) as s join people p on p.n = s.n % ${contacts}::integer
      on conflict do nothing`
    await tx`
      insert into search_documents (workspace_id, kind, record_id, ticket_id, at, words)
      select workspace_id, 'ticket', t.id, t.id, opened_at, array_to_tsvector(array[
        search_mark(workspace_id, 'ticket') || split_part(subject, ' ', 1), search_mark(workspace_id, 'ticket') || number])
      from tickets t where workspace_id = ${workspaceId}`
    await tx`
      insert into ticket_facts (ticket_id, workspace_id, opened_at, resolved_at, state, channel_id, team_id, owner_id, priority,
        category, tags, frt_ms, frt_business_ms, next_answers, nrt_ms, nrt_business_ms, ttr_ms, reopened, first_contact, frt_met,
        messages_in, messages_out)
      select id, workspace_id, opened_at, resolved_at, state, channel_id, team_id, owner_id, priority, 'standard', tags,
        600000, 300000, 1, 60000, 60000, 10800000, 0, true, number % 10 > 0, 3, 2
      from tickets where workspace_id = ${workspaceId}`
  })
  for (const table of ['tickets', 'contacts', 'conversations', 'search_documents', 'ticket_facts']) {
    await owner.unsafe(`analyze ${table}`)
  }
  return { workspaceId, teams, agents, now: NOW }
}
