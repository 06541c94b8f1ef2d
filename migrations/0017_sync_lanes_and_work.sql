CREATE TABLE "backfills" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"scope" jsonb NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp (3) with time zone,
	"cursor" jsonb,
	"total" integer,
	"seen" integer NOT NULL,
	"queued" integer NOT NULL,
	"adopted" integer NOT NULL,
	"created" integer NOT NULL,
	"skipped" integer NOT NULL,
	"error" text,
	"requested_by" jsonb NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "backfills" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "flush_leases" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"fence" bigint NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "flush_leases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "remote_feeds" (
	"connection_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"cursor" text,
	"due_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone,
	"lost_at" timestamp (3) with time zone,
	"error" text
);
--> statement-breakpoint
ALTER TABLE "remote_feeds" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "round_trips" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"trips" integer NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	"fields" jsonb NOT NULL,
	"held_at" timestamp (3) with time zone,
	"released_at" timestamp (3) with time zone,
	"released_by" jsonb
);
--> statement-breakpoint
ALTER TABLE "round_trips" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "drift_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"field" text NOT NULL,
	"problem" text NOT NULL,
	"facts" jsonb NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "drift_findings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "field_snapshots" (
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"fields" jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "field_snapshots_connection_id_kind_pk" PRIMARY KEY("connection_id","kind")
);
--> statement-breakpoint
ALTER TABLE "field_snapshots" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plan_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"act" text NOT NULL,
	"fields" jsonb NOT NULL,
	"reason" text,
	"fingerprint" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "plan_items" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"request" jsonb NOT NULL,
	"summary" jsonb NOT NULL,
	"state" text NOT NULL,
	"made_by" jsonb NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"applied_by" jsonb,
	"applied_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "plans" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reconciliation_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"reconciliation_id" uuid NOT NULL,
	"problem" text NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid,
	"remote_id" text,
	"fields" jsonb,
	"found_at" timestamp (3) with time zone NOT NULL,
	"outcome" text NOT NULL,
	"repaired_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "reconciliation_findings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp (3) with time zone,
	"cursor" jsonb,
	"checked" integer NOT NULL,
	"missing_there" integer NOT NULL,
	"missing_here" integer NOT NULL,
	"differing" integer NOT NULL,
	"repaired" integer NOT NULL,
	"still_missing" integer NOT NULL,
	"error" text,
	"requested_by" jsonb NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "reconciliations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "limiters" ADD COLUMN "slots" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "limiters" ADD COLUMN "daily_max" integer;--> statement-breakpoint
ALTER TABLE "limiters" ADD COLUMN "daily_used" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "limiters" ADD COLUMN "day" date;--> statement-breakpoint
ALTER TABLE "limiters" ADD COLUMN "daily_share" integer DEFAULT 100 NOT NULL;--> statement-breakpoint
ALTER TABLE "links" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "lane" text DEFAULT 'live' NOT NULL;--> statement-breakpoint
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliation_findings" ADD CONSTRAINT "reconciliation_findings_reconciliation_id_reconciliations_id_fk" FOREIGN KEY ("reconciliation_id") REFERENCES "public"."reconciliations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "backfills_recent" ON "backfills" USING btree ("workspace_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "backfills_due" ON "backfills" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "remote_feeds_due" ON "remote_feeds" USING btree ("due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "round_trips_pair" ON "round_trips" USING btree ("connection_id","kind","record_id");--> statement-breakpoint
CREATE INDEX "round_trips_held" ON "round_trips" USING btree ("workspace_id","held_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "drift_findings_open" ON "drift_findings" USING btree ("connection_id","kind","field","problem");--> statement-breakpoint
CREATE INDEX "drift_findings_recent" ON "drift_findings" USING btree ("workspace_id","found_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "plan_items_record" ON "plan_items" USING btree ("plan_id","kind","record_id");--> statement-breakpoint
CREATE INDEX "plans_recent" ON "plans" USING btree ("workspace_id","made_at","id");--> statement-breakpoint
CREATE INDEX "reconciliation_findings_of" ON "reconciliation_findings" USING btree ("reconciliation_id","outcome","id");--> statement-breakpoint
CREATE UNIQUE INDEX "reconciliation_findings_once" ON "reconciliation_findings" USING btree ("reconciliation_id","problem","kind","record_id");--> statement-breakpoint
CREATE INDEX "reconciliations_recent" ON "reconciliations" USING btree ("workspace_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "reconciliations_due" ON "reconciliations" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "outbox_lane" ON "outbox" USING btree ("connection_id","lane","kind","available_at");--> statement-breakpoint
CREATE POLICY "backfills_tenant" ON "backfills" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "flush_leases_tenant" ON "flush_leases" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "remote_feeds_tenant" ON "remote_feeds" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "round_trips_tenant" ON "round_trips" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "drift_findings_tenant" ON "drift_findings" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "field_snapshots_tenant" ON "field_snapshots" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "plan_items_tenant" ON "plan_items" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "plans_tenant" ON "plans" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "reconciliation_findings_tenant" ON "reconciliation_findings" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "reconciliations_tenant" ON "reconciliations" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- Takes one call from a connection's allowance, or says when to ask again and why. The window rolls by tenths: its newest
-- tenth and the ten before cover more than the whole of it, so that no stretch of that length ever holds more than `max`,
-- whatever the order of the processes. A share below 1 leaves the rest to whoever is more urgent. As the caller: row-level
-- security holds.
create function take_call(p_connection uuid, p_workspace uuid, p_max integer, p_interval_ms integer, p_daily integer,
  p_share real, p_daily_share real, p_now timestamptz)
returns table (allowed boolean, retry_at timestamptz, why text)
language plpgsql set search_path = public, pg_temp as $$
declare
  l limiters%rowtype;
  width double precision;
  shift integer;
  total integer;
  ceiling integer;
  today date := (p_now at time zone 'UTC')::date;
  daily integer;
  freed integer := 0;
begin
  insert into limiters (connection_id, workspace_id, window_started_at, used, max, interval_ms)
  values (p_connection, p_workspace, p_now, 0, p_max, p_interval_ms) on conflict (connection_id) do nothing;
  select * into l from limiters where connection_id = p_connection for update;
  width := greatest(l.interval_ms / 10.0, 1);
  shift := least(greatest(0, floor(extract(epoch from p_now - l.window_started_at) * 1000 / width)), 1000000)::integer;
  if shift >= 11 or cardinality(l.slots) <> 11 then
    l.slots := array_fill(0, array[11]);
    l.window_started_at := p_now;
  elsif shift > 0 then
    l.slots := array_fill(0, array[shift]) || l.slots[1:11 - shift];
    l.window_started_at := l.window_started_at + shift * width * interval '1 millisecond';
  end if;
  if l.day is distinct from today and (l.day is null or l.day < today) then
    l.day := today;
    l.daily_used := 0;
  end if;
  select sum(s) into total from unnest(l.slots) s;
  ceiling := greatest(1, floor(l.max * p_share));
  daily := floor(coalesce(l.daily_max, p_daily) * l.daily_share / 100.0 * p_daily_share);
  allowed := true;
  if l.blocked_until > p_now then
    allowed := false;
    retry_at := l.blocked_until;
    why := 'quiet';
  elsif l.daily_used >= daily then
    allowed := false;
    retry_at := ((l.day + 1)::timestamp at time zone 'UTC');
    why := 'daily';
  elsif total >= ceiling then
    allowed := false;
    why := 'window';
    for n in reverse 11..1 loop
      freed := freed + l.slots[n];
      retry_at := l.window_started_at + (12 - n) * width * interval '1 millisecond';
      exit when total - freed < ceiling;
    end loop;
  else
    l.slots[1] := l.slots[1] + 1;
    l.daily_used := l.daily_used + 1;
    total := total + 1;
  end if;
  update limiters set slots = l.slots, window_started_at = l.window_started_at, used = total, day = l.day,
    daily_used = l.daily_used
  where connection_id = p_connection;
  return next;
end $$;
--> statement-breakpoint

-- What the sweeps look for.
create function due_backfills(p_now timestamptz)
returns table (workspace_id uuid, backfill_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from backfills where due_at <= p_now
$$;
--> statement-breakpoint
create function due_reconciliations(p_now timestamptz)
returns table (workspace_id uuid, reconciliation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from reconciliations where due_at <= p_now
$$;
--> statement-breakpoint
create function due_feeds(p_now timestamptz, p_connectors text[])
returns table (workspace_id uuid, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.workspace_id, c.id from connections c left join remote_feeds f on f.connection_id = c.id
  where c.state = 'active' and c.connector = any(p_connectors) and coalesce(f.due_at <= p_now, true)
$$;
--> statement-breakpoint
create function active_connections()
returns table (workspace_id uuid, connection_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from connections where state = 'active'
$$;
--> statement-breakpoint
do $$
declare f text;
begin
  foreach f in array array['take_call(uuid, uuid, integer, integer, integer, real, real, timestamptz)',
    'due_backfills(timestamptz)', 'due_reconciliations(timestamptz)', 'due_feeds(timestamptz, text[])',
    'active_connections()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to buzon_app', f);
  end loop;
end $$;
