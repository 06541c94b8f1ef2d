CREATE TABLE "changes" (
	"xid" bigint NOT NULL,
	"seq" bigint NOT NULL,
	"workspace_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"ticket_id" uuid,
	"detail" text,
	CONSTRAINT "changes_workspace_id_xid_seq_pk" PRIMARY KEY("workspace_id","xid","seq")
);
--> statement-breakpoint
ALTER TABLE "changes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "feed_cursors" (
	"workspace_id" uuid NOT NULL,
	"consumer" text NOT NULL,
	"xid" bigint NOT NULL,
	"seq" bigint NOT NULL,
	CONSTRAINT "feed_cursors_workspace_id_consumer_pk" PRIMARY KEY("workspace_id","consumer")
);
--> statement-breakpoint
ALTER TABLE "feed_cursors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"author" jsonb NOT NULL,
	"author_name" text NOT NULL,
	"text" text NOT NULL,
	"mentions" uuid[] NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "presence" (
	"workspace_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "presence_ticket_id_agent_id_pk" PRIMARY KEY("ticket_id","agent_id")
);
--> statement-breakpoint
ALTER TABLE "presence" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tags" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"colour" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tags" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"title" text NOT NULL,
	"owner_id" uuid,
	"due_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone,
	"reminded_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "tasks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "quick_replies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"shortcut" text NOT NULL,
	"title" text NOT NULL,
	"category" text,
	"language" text NOT NULL,
	"body" text NOT NULL,
	"uses" integer NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "quick_replies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "message_hours" (
	"workspace_id" uuid NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"channel_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"messages" integer NOT NULL,
	CONSTRAINT "message_hours_workspace_id_hour_channel_id_agent_id_direction_pk" PRIMARY KEY("workspace_id","hour","channel_id","agent_id","direction")
);
--> statement-breakpoint
ALTER TABLE "message_hours" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "ticket_facts" (
	"ticket_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"state" text NOT NULL,
	"channel_id" uuid NOT NULL,
	"team_id" uuid,
	"owner_id" uuid,
	"priority" text NOT NULL,
	"category" text NOT NULL,
	"tags" text[] NOT NULL,
	"ad_id" text,
	"first_answer_at" timestamp (3) with time zone,
	"frt_ms" bigint,
	"frt_business_ms" bigint,
	"next_answers" integer NOT NULL,
	"nrt_ms" bigint NOT NULL,
	"nrt_business_ms" bigint NOT NULL,
	"ttr_ms" bigint,
	"ttr_business_ms" bigint,
	"reopened" integer NOT NULL,
	"first_contact" boolean,
	"frt_met" boolean,
	"nrt_met" boolean,
	"ttr_met" boolean,
	"csat" smallint,
	"messages_in" integer NOT NULL,
	"messages_out" integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ticket_facts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "search_documents" (
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"ticket_id" uuid,
	"at" timestamp (3) with time zone NOT NULL,
	"words" "tsvector" NOT NULL,
	CONSTRAINT "search_documents_record_id_kind_pk" PRIMARY KEY("record_id","kind")
);
--> statement-breakpoint
ALTER TABLE "search_documents" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "views" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"scope" text NOT NULL,
	"agent_id" uuid,
	"team_id" uuid,
	"filter" jsonb NOT NULL,
	"sort" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "views" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"event_id" text NOT NULL,
	"event_type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"next_at" timestamp (3) with time zone,
	"last_status" integer,
	"last_answer" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"url" text NOT NULL,
	"description" text NOT NULL,
	"events" text[] NOT NULL,
	"secret" text NOT NULL,
	"state" text NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "author_id" uuid;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "board" text;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "waiting_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "snoozed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "merged_into" uuid;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "auto_close_days" integer;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presence" ADD CONSTRAINT "presence_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ticket_facts" ADD CONSTRAINT "ticket_facts_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "changes_old" ON "changes" USING btree ("at");--> statement-breakpoint
CREATE INDEX "notes_ticket" ON "notes" USING btree ("ticket_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "tags_name" ON "tags" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "tasks_ticket" ON "tasks" USING btree ("ticket_id","created_at");--> statement-breakpoint
CREATE INDEX "tasks_owner" ON "tasks" USING btree ("workspace_id","owner_id","due_at");--> statement-breakpoint
CREATE INDEX "tasks_due" ON "tasks" USING btree ("due_at") WHERE done_at is null and reminded_at is null and due_at is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "quick_replies_shortcut" ON "quick_replies" USING btree ("workspace_id","shortcut","language");--> statement-breakpoint
CREATE INDEX "ticket_facts_opened" ON "ticket_facts" USING btree ("workspace_id","opened_at");--> statement-breakpoint
CREATE INDEX "ticket_facts_resolved" ON "ticket_facts" USING btree ("workspace_id","resolved_at");--> statement-breakpoint
CREATE INDEX "search_documents_words" ON "search_documents" USING gin ("words");--> statement-breakpoint
CREATE INDEX "views_of" ON "views" USING btree ("workspace_id","scope","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_once" ON "webhook_deliveries" USING btree ("endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_recent" ON "webhook_deliveries" USING btree ("endpoint_id","created_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_at") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "messages_ticket" ON "messages" USING btree ("ticket_id","provider_at","id");--> statement-breakpoint
CREATE INDEX "tickets_board" ON "tickets" USING btree ("workspace_id","board","opened_at","id");--> statement-breakpoint
CREATE INDEX "tickets_due" ON "tickets" USING btree ("workspace_id","board","due_at","id") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "tickets_waiting" ON "tickets" USING btree ("workspace_id","waiting_since","id") WHERE waiting_since is not null;--> statement-breakpoint
CREATE INDEX "tickets_owner" ON "tickets" USING btree ("workspace_id","owner_id","opened_at","id");--> statement-breakpoint
CREATE INDEX "tickets_team" ON "tickets" USING btree ("workspace_id","team_id","opened_at","id");--> statement-breakpoint
CREATE INDEX "tickets_asleep" ON "tickets" USING btree ("snoozed_until") WHERE snoozed_until is not null;--> statement-breakpoint
CREATE POLICY "changes_tenant" ON "changes" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "feed_cursors_tenant" ON "feed_cursors" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "notes_tenant" ON "notes" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "presence_tenant" ON "presence" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tags_tenant" ON "tags" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "tasks_tenant" ON "tasks" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "quick_replies_tenant" ON "quick_replies" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "message_hours_tenant" ON "message_hours" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "ticket_facts_tenant" ON "ticket_facts" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "search_documents_tenant" ON "search_documents" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "views_tenant" ON "views" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "webhook_deliveries_tenant" ON "webhook_deliveries" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "webhook_endpoints_tenant" ON "webhook_endpoints" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- The column of the board that a ticket stands in, whoever writes it.
create function set_board() returns trigger language plpgsql as $$
begin
  new.board := case
    when new.state = 'resolved' then 'resolved'
    when new.escalation_level > 0 then 'escalated'
    when new.state = 'waiting' then 'waiting'
    when new.owner_id is null then 'new'
    else 'assigned' end;
  return new;
end $$;
--> statement-breakpoint
create trigger tickets_set_board before insert or update on tickets for each row execute function set_board();
--> statement-breakpoint

-- The feed: one row for each thing that happened, in the same transaction, with ids only. A trigger fires once for a
-- statement, whatever the number of its rows.
create sequence changes_seq cache 32;
--> statement-breakpoint
grant usage on sequence changes_seq to buzon_app;
--> statement-breakpoint
create function note_messages_made() returns trigger language plpgsql as $$
begin
  insert into changes (xid, seq, workspace_id, at, kind, record_id, ticket_id, detail)
  select pg_current_xact_id()::text::bigint, nextval('changes_seq'), workspace_id, clock_timestamp(),
    case when via = 'history' then 'message.imported' when direction = 'in' then 'message.received' else 'message.created' end,
    id, ticket_id, status
  from made;
  return null;
end $$;
--> statement-breakpoint
create trigger messages_made after insert on messages referencing new table as made
  for each statement execute function note_messages_made();
--> statement-breakpoint
create function note_messages_changed() returns trigger language plpgsql as $$
begin
  insert into changes (xid, seq, workspace_id, at, kind, record_id, ticket_id, detail)
  select pg_current_xact_id()::text::bigint, nextval('changes_seq'), n.workspace_id, clock_timestamp(),
    case when n.status is distinct from o.status then 'message.status' else 'message.changed' end,
    n.id, n.ticket_id, n.status
  from now_so n join was o using (id)
  where (n.status, n.text, n.content, n.ticket_id, n.decision) is distinct from
    (o.status, o.text, o.content, o.ticket_id, o.decision);
  return null;
end $$;
--> statement-breakpoint
create trigger messages_changed after update on messages referencing old table as was new table as now_so
  for each statement execute function note_messages_changed();
--> statement-breakpoint
create function note_ticket_events() returns trigger language plpgsql as $$
begin
  insert into changes (xid, seq, workspace_id, at, kind, record_id, ticket_id, detail)
  select pg_current_xact_id()::text::bigint, nextval('changes_seq'), workspace_id, clock_timestamp(),
    'ticket.' || replace(kind, ' ', '_'), ticket_id, ticket_id, data ->> 'clock'
  from made;
  return null;
end $$;
--> statement-breakpoint
create trigger ticket_events_made after insert on ticket_events referencing new table as made
  for each statement execute function note_ticket_events();
--> statement-breakpoint
create function note_contacts_made() returns trigger language plpgsql as $$
begin
  insert into changes (xid, seq, workspace_id, at, kind, record_id)
  select pg_current_xact_id()::text::bigint, nextval('changes_seq'), workspace_id, clock_timestamp(), 'contact.created', id
  from made;
  return null;
end $$;
--> statement-breakpoint
create trigger contacts_made after insert on contacts referencing new table as made
  for each statement execute function note_contacts_made();
--> statement-breakpoint
create function note_contacts_changed() returns trigger language plpgsql as $$
begin
  insert into changes (xid, seq, workspace_id, at, kind, record_id)
  select pg_current_xact_id()::text::bigint, nextval('changes_seq'), n.workspace_id, clock_timestamp(), 'contact.updated', n.id
  from now_so n join was o using (id) where n.version <> o.version or n.merged_into is distinct from o.merged_into;
  return null;
end $$;
--> statement-breakpoint
create trigger contacts_changed after update on contacts referencing old table as was new table as now_so
  for each statement execute function note_contacts_changed();
--> statement-breakpoint

-- Who has not read all that can be read. Ids only.
create function workspaces_behind(p_consumer text)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select w.id from workspaces w left join feed_cursors f on f.workspace_id = w.id and f.consumer = p_consumer
  where exists (
    select 1 from changes c
    where c.workspace_id = w.id and (c.xid, c.seq) > (coalesce(f.xid, 0), coalesce(f.seq, 0))
      and c.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  )
$$;
--> statement-breakpoint
create function trim_changes(p_before timestamptz)
returns void
language sql security definer set search_path = public, pg_temp as $$
  delete from changes where at < p_before
$$;
--> statement-breakpoint

-- Words as they are looked for: as written, and as stems of the three languages, all without accents. Endings whose accent
-- was left out are written as they should be first, so that "devolucion" has the stem of "devoluciones".
create function search_words(p_text text)
returns text[]
language sql immutable parallel safe set search_path = public, pg_catalog, pg_temp as $$
  with cased as (
    select translate(lower(left(p_text, 4000)), 'ÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÑÇ', 'áàâãäéèêëíìîïóòôõöúùûüñç') as accented
  ), plain as (
    select accented, translate(accented, 'áàâãäéèêëíìîïóòôõöúùûüñç', 'aaaaaeeeeiiiiooooouuuunc') as bare from cased
  ), restored as (
    select accented || ' ' || bare || ' ' || regexp_replace(regexp_replace(regexp_replace(bare,
      '([cs])ion\M', '\1ión', 'g'), 'cao\M', 'ção', 'g'), 'coes\M', 'ções', 'g') as spelled,
      regexp_replace(bare, '[-_./@:+#]+', ' ', 'g') as parts
    from plain
  ), found as (
    select unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', parts))
      || tsvector_to_array(to_tsvector('pg_catalog.spanish', spelled))
      || tsvector_to_array(to_tsvector('pg_catalog.portuguese', spelled))
      || tsvector_to_array(to_tsvector('pg_catalog.english', spelled))) as word
    from restored
  )
  select coalesce(array_agg(distinct translate(word, 'áàâãäéèêëíìîïóòôõöúùûüñç''\', 'aaaaaeeeeiiiiooooouuuunc')), '{}')
  from found where length(word) <= 100
$$;
--> statement-breakpoint

-- Each word by its stems or its beginning, or by digits within a number; all of them.
create function search_query(p_mark text, p_words text[])
returns tsquery
language sql immutable parallel safe set search_path = public, pg_catalog, pg_temp as $$
  select string_agg('(' || alternatives || ')', ' & ')::tsquery from unnest(p_words) as word, lateral (
    select string_agg(term, ' | ') as alternatives from (
      select quote_literal(p_mark || stem) as term from unnest(search_words(word)) as stem
      union all
      select quote_literal(p_mark || translate(lower(word), 'áàâãäéèêëíìîïóòôõöúùûüñç''\', 'aaaaaeeeeiiiiooooouuuunc')) || ':*'
      union all
      select quote_literal(p_mark || '#' || word) || ':*' where word ~ '^[0-9]{4,}$'
    ) as terms
  ) as each
$$;
--> statement-breakpoint

-- The mark of a workspace's words of one kind. Two workspaces may share one: rows are told apart by their workspace too.
create function search_mark(p_workspace uuid, p_kind text)
returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
  select right(p_workspace::text, 6) || left(p_kind, 1)
$$;
--> statement-breakpoint

-- What the workspace of this session has to these words. Operators of text search are not leakproof, so that row-level
-- security would read the table from end to end. Of words that are everywhere a part is looked at.
create function find_documents(p_kind text, p_words text[])
returns table (record_id uuid, ticket_id uuid, at timestamptz)
language sql stable security definer set search_path = public, pg_temp set gin_fuzzy_search_limit = 5000 as $$
  select record_id, ticket_id, at from search_documents
  where words @@ search_query(search_mark(nullif(current_setting('app.workspace_id', true), '')::uuid, p_kind), p_words)
    and workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid and kind = p_kind
$$;
--> statement-breakpoint

-- What the sweeps look for. Ids only.
create function tickets_to_wake(p_now timestamptz, p_limit integer)
returns table (workspace_id uuid, ticket_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from tickets where snoozed_until <= p_now order by snoozed_until limit p_limit
$$;
--> statement-breakpoint
create function tickets_to_close(p_now timestamptz, p_limit integer)
returns table (workspace_id uuid, ticket_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.id, t.id from workspaces w cross join lateral (
    select id from tickets t
    where t.workspace_id = w.id and t.board in ('waiting', 'escalated') and t.state = 'waiting' and t.snoozed_at is null
      and t.state_at <= p_now - make_interval(days => w.auto_close_days)
    limit p_limit
  ) as t
  where w.auto_close_days is not null limit p_limit
$$;
--> statement-breakpoint
create function workspaces_with_due_tasks(p_now timestamptz)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct workspace_id from tasks
  where done_at is null and reminded_at is null and due_at is not null and due_at <= p_now
$$;
--> statement-breakpoint
create function due_webhooks(p_now timestamptz, p_limit integer)
returns table (workspace_id uuid, delivery_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from webhook_deliveries where next_at <= p_now order by next_at limit p_limit
$$;
--> statement-breakpoint
do $$
declare f text;
begin
  foreach f in array array['workspaces_behind(text)', 'trim_changes(timestamptz)', 'find_documents(text, text[])',
    'tickets_to_wake(timestamptz, integer)', 'tickets_to_close(timestamptz, integer)', 'workspaces_with_due_tasks(timestamptz)',
    'due_webhooks(timestamptz, integer)', 'search_words(text)', 'search_query(text, text[])', 'search_mark(uuid, text)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to buzon_app', f);
  end loop;
end $$;
--> statement-breakpoint

-- What is there already stands on the board, and is read by whoever follows the feed.
update tickets set board = null;
--> statement-breakpoint
update tickets t set due_at = (
  select min(k.due_at) from clocks k where k.ticket_id = t.id and k.stopped_at is null and k.due_at is not null
) where state <> 'resolved';
--> statement-breakpoint
update tickets set waiting_since = state_at where state in ('open', 'in_progress');
--> statement-breakpoint
insert into changes (xid, seq, workspace_id, at, kind, record_id, ticket_id)
select pg_current_xact_id()::text::bigint, nextval('changes_seq'), workspace_id, clock_timestamp(), kind, id, ticket_id from (
  select workspace_id, 'contact.known' as kind, id, null::uuid as ticket_id from contacts
  union all select workspace_id, 'ticket.known', id, id from tickets
  union all select workspace_id, 'message.imported', id, ticket_id from messages
) as known;
