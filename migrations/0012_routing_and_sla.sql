CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"ticket_id" uuid,
	"data" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"read_at" timestamp (3) with time zone,
	"mail_at" timestamp (3) with time zone,
	"mail_error" text,
	"mailed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "notifications" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "breach_causes" (
	"clock_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"note" text NOT NULL,
	"actor" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "breach_causes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "escalations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"ticket_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"turn" integer NOT NULL,
	"step" integer NOT NULL,
	"says" jsonb NOT NULL,
	"due_at" timestamp (3) with time zone,
	"taken_at" timestamp (3) with time zone,
	"outcome" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "escalations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "sla_recomputes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"after_id" uuid,
	"tickets" integer NOT NULL,
	"moved" integer NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "sla_recomputes" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "on_call_shifts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"team_id" uuid NOT NULL,
	"agent_id" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"to_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "on_call_shifts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "clocks_one";--> statement-breakpoint
ALTER TABLE "clocks" ADD COLUMN "turn" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "category" text;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "channel_id" uuid;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "position" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "target_percent" integer;--> statement-breakpoint
ALTER TABLE "sla_policies" ADD COLUMN "escalation" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "away_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "capacity" integer;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "skills" text[];--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "calendar_id" uuid;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "notifications" jsonb;--> statement-breakpoint
ALTER TABLE "teams" ADD COLUMN "assignment" jsonb;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "skills" text[];--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "config_version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_causes" ADD CONSTRAINT "breach_causes_clock_id_clocks_id_fk" FOREIGN KEY ("clock_id") REFERENCES "public"."clocks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escalations" ADD CONSTRAINT "escalations_ticket_id_tickets_id_fk" FOREIGN KEY ("ticket_id") REFERENCES "public"."tickets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "on_call_shifts" ADD CONSTRAINT "on_call_shifts_team_id_teams_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "on_call_shifts" ADD CONSTRAINT "on_call_shifts_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_once" ON "notifications" USING btree ("agent_id","kind","key");--> statement-breakpoint
CREATE INDEX "notifications_list" ON "notifications" USING btree ("agent_id","created_at","id");--> statement-breakpoint
CREATE INDEX "notifications_mail" ON "notifications" USING btree ("mail_at");--> statement-breakpoint
CREATE UNIQUE INDEX "escalations_once" ON "escalations" USING btree ("ticket_id","kind","turn","step");--> statement-breakpoint
CREATE INDEX "escalations_due" ON "escalations" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "sla_recomputes_open" ON "sla_recomputes" USING btree ("done_at","requested_at");--> statement-breakpoint
CREATE INDEX "on_call_shifts_end" ON "on_call_shifts" USING btree ("workspace_id","to_at");--> statement-breakpoint
CREATE UNIQUE INDEX "clocks_turn" ON "clocks" USING btree ("ticket_id","kind","turn");--> statement-breakpoint
CREATE INDEX "clocks_board" ON "clocks" USING btree ("workspace_id","stopped_at","due_at");--> statement-breakpoint
CREATE INDEX "clocks_breached" ON "clocks" USING btree ("workspace_id","breached_at","id");--> statement-breakpoint
CREATE INDEX "tickets_load" ON "tickets" USING btree ("owner_id","state","priority");--> statement-breakpoint
CREATE POLICY "notifications_tenant" ON "notifications" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "breach_causes_tenant" ON "breach_causes" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "escalations_tenant" ON "escalations" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "sla_recomputes_tenant" ON "sla_recomputes" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "on_call_shifts_tenant" ON "on_call_shifts" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- What decides over new tickets is read once for each version. A number is never given twice, whatever is rolled back, so
-- that no process takes what it has for something else.
create sequence config_versions;
--> statement-breakpoint
create function note_config_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update workspaces set config_version = nextval('config_versions')
  where id = case tg_op when 'DELETE' then old.workspace_id else new.workspace_id end;
  return null;
end $$;
--> statement-breakpoint

-- Hits are counted with each message, and change nothing.
create trigger routing_rules_configured after insert or delete or update of position, name, enabled, conditions, actions
  on routing_rules for each row execute function note_config_changed();
--> statement-breakpoint
create trigger sla_policies_configured after insert or delete or update on sla_policies
  for each row execute function note_config_changed();
--> statement-breakpoint
create trigger business_hours_configured after insert or delete or update on business_hours
  for each row execute function note_config_changed();
--> statement-breakpoint
create trigger teams_configured after insert or delete or update on teams
  for each row execute function note_config_changed();
--> statement-breakpoint
-- Whether tickets have to be counted goes by it.
create trigger agents_configured after insert or delete or update of capacity on agents
  for each row execute function note_config_changed();
--> statement-breakpoint
create trigger team_members_configured after insert or delete or update on team_members
  for each row execute function note_config_changed();
--> statement-breakpoint

-- What the sweeps look for, each by its index. Ids only.
create function workspaces_with_due_escalations(p_now timestamptz)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct workspace_id from escalations where due_at <= p_now
$$;
--> statement-breakpoint
create function workspaces_with_due_mail(p_now timestamptz)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct workspace_id from notifications where mail_at <= p_now
$$;
--> statement-breakpoint
create function workspaces_to_recompute()
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct workspace_id from sla_recomputes where done_at is null
$$;
--> statement-breakpoint

-- Where somebody waits for an owner. What a person left without one does not wait.
create function workspaces_with_queue()
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select w.id from workspaces w where exists (
    select 1 from tickets t
    where t.workspace_id = w.id and t.board in ('new', 'escalated') and t.owner_id is null and t.snoozed_at is null
      and t.assignment_reason ->> 'kind' <> 'by hand'
  )
$$;
--> statement-breakpoint

do $$
declare f text;
begin
  foreach f in array array['note_config_changed()', 'workspaces_with_due_escalations(timestamptz)',
    'workspaces_with_due_mail(timestamptz)', 'workspaces_to_recompute()', 'workspaces_with_queue()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to buzon_app', f);
  end loop;
end $$;
