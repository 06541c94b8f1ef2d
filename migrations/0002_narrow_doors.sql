-- What must be known before the workspace is: each look-up is a narrow function that runs as the owner and gives away
-- only what it is named for. Everything else the hub's role sees through row-level security.
grant usage on schema public to buzon_app;
--> statement-breakpoint
grant select, insert, update, delete on all tables in schema public to buzon_app;
--> statement-breakpoint
alter default privileges in schema public grant select, insert, update, delete on tables to buzon_app;
--> statement-breakpoint
alter default privileges in schema public revoke execute on functions from public;
--> statement-breakpoint

-- The engine's queue: its rows carry ids, never customers' data, and belong to no workspace.
grant usage on schema engine to buzon_app;
--> statement-breakpoint
grant select, insert, update, delete on all tables in schema engine to buzon_app;
--> statement-breakpoint
alter default privileges in schema engine grant select, insert, update, delete on tables to buzon_app;
--> statement-breakpoint

-- The channels an app may speak for. A number of another app's is not found, whoever asks.
create function find_channels(p_app_key text, p_phone_number_ids text[])
returns table (id uuid, workspace_id uuid, phone_number_id text)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, phone_number_id from channels
  where app_key = p_app_key and phone_number_id = any (p_phone_number_ids)
$$;
--> statement-breakpoint

create function find_api_key(p_hash text)
returns table (id uuid, workspace_id uuid, name text, language text)
language sql stable security definer set search_path = public, pg_temp as $$
  select k.id, k.workspace_id, k.name, w.language from api_keys k join workspaces w on w.id = k.workspace_id
  where k.key_hash = p_hash and k.revoked_at is null
$$;
--> statement-breakpoint

create function find_connection(p_id uuid)
returns table (id uuid, workspace_id uuid, connector text, credentials text)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, connector, credentials from connections where id = p_id
$$;
--> statement-breakpoint

create function find_meta_app(p_app_key text)
returns table (id uuid, workspace_id uuid, secrets text)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, secrets from meta_apps where app_key = p_app_key
$$;
--> statement-breakpoint

-- Stores webhook bodies and answers with the ids of those seen before. Columns come joined: bodies by U+001E, the rest
-- by commas. Bodies of CRM connections know their workspace. Of an empty text string_to_array makes no element.
create function store_deliveries(p_ids text, p_sources text, p_bodies text, p_workspaces text, p_now timestamptz)
returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  with given as (
    select id::uuid, workspace::uuid, source, body
    from unnest(string_to_array(p_ids, ','), string_to_array(p_sources, ','),
      case p_bodies when '' then array[''] else string_to_array(p_bodies, E'\x1e') end,
      string_to_array(p_workspaces, ',', '')) as d (id, source, body, workspace)
  ), stored as (
    insert into deliveries (id, workspace_id, source, body_hash, body, received_at, attempts)
    select id, workspace, source, sha256(convert_to(body, 'UTF8')), body, p_now, 0 from given
    on conflict (source, body_hash) do nothing
    returning id
  )
  select id from given where id not in (select id from stored)
$$;
--> statement-breakpoint

-- WhatsApp bodies nobody has finished with: those of a process that stopped, or that had more than it could hold.
create function pending_deliveries(p_before timestamptz, p_limit integer)
returns table (id uuid, source text, body text, attempts integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, source, body, attempts from deliveries
  where processed_at is null and received_at <= p_before and source like 'whatsapp:%'
  order by attempts, received_at, id limit p_limit
$$;
--> statement-breakpoint

-- Of these bodies, the ones still to be processed; they stay locked until the transaction ends.
create function claim_deliveries(p_ids uuid[])
returns setof uuid
language sql security definer set search_path = public, pg_temp as $$
  select id from deliveries where id = any (p_ids) and processed_at is null order by id for update skip locked
$$;
--> statement-breakpoint

-- What came for no workspace that can be told belongs to the only workspace, where there is only one; else to the operator.
create function sole_workspace()
returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select case when count(*) = 1 then (array_agg(id))[1] end from (select id from workspaces limit 2) as w
$$;
--> statement-breakpoint

create function settle_deliveries(p_ids uuid[], p_workspace uuid, p_now timestamptz)
returns void
language sql security definer set search_path = public, pg_temp as $$
  update deliveries set processed_at = p_now, workspace_id = coalesce(workspace_id, p_workspace, sole_workspace()),
    last_error = null
  where id = any (p_ids)
$$;
--> statement-breakpoint

create function delivery_failed(p_ids uuid[], p_error text)
returns void
language sql security definer set search_path = public, pg_temp as $$
  update deliveries set attempts = attempts + 1, last_error = left(p_error, 2000) where id = any (p_ids)
$$;
--> statement-breakpoint

create function store_dead_letter(
  p_id uuid, p_workspace uuid, p_kind text, p_delivery uuid, p_place text, p_cause text, p_item jsonb, p_now timestamptz
)
returns void
language sql security definer set search_path = public, pg_temp as $$
  insert into dead_letters (id, workspace_id, kind, delivery_id, place, cause, item, created_at, replays)
  values (p_id, coalesce(p_workspace, sole_workspace()), p_kind, p_delivery, p_place, left(p_cause, 4000), p_item, p_now, 0)
  on conflict (delivery_id, place) do update
    set cause = excluded.cause, item = excluded.item, replayed_at = null,
      workspace_id = coalesce(dead_letters.workspace_id, excluded.workspace_id)
$$;
--> statement-breakpoint

-- The settled body behind a dead letter of the workspace, opened to be processed once more.
create function reopen_delivery(p_letter uuid, p_workspace uuid)
returns table (id uuid, source text, body text)
language sql security definer set search_path = public, pg_temp as $$
  update deliveries d set processed_at = null
  from dead_letters l where l.id = p_letter and l.workspace_id = p_workspace and d.id = l.delivery_id
  returning d.id, d.source, d.body
$$;
--> statement-breakpoint

-- What the sweeps look for. Ids only.
create function dirty_connections(p_now timestamptz)
returns table (workspace_id uuid, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.workspace_id, c.id from connections c
  where c.state = 'active'
    and exists (select 1 from outbox o where o.connection_id = c.id and o.available_at <= p_now)
$$;
--> statement-breakpoint

create function unread_connections(p_before timestamptz)
returns table (workspace_id uuid, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.workspace_id, c.id from deliveries d join connections c on d.source = c.connector || ':' || c.id
  where d.processed_at is null and d.received_at <= p_before
$$;
--> statement-breakpoint

create function unsent_conversations(p_before timestamptz)
returns table (workspace_id uuid, conversation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.workspace_id, m.conversation_id from messages m
  join channels c on c.id = m.channel_id and c.state <> 'reconnect'
  where m.status in ('queued', 'sending')
    and ((m.status = 'queued' and m.recorded_at <= p_before) or (m.status = 'sending' and m.sending_at <= p_before))
$$;
--> statement-breakpoint

create function workspaces_with_due_clocks(p_now timestamptz)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id from clocks
    where stopped_at is null and breached_at is null and due_at is not null and due_at <= p_now
  union
  select workspace_id from clocks
    where stopped_at is null and warned_at is null and warn_at is not null and warn_at <= p_now
$$;
--> statement-breakpoint

do $$
declare f regprocedure;
begin
  for f in
    select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to buzon_app', f);
  end loop;
end $$;
