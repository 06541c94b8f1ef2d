CREATE TABLE "send_limits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"paid_at" timestamp with time zone NOT NULL,
	"blocked_until" timestamp (3) with time zone,
	"refusals" integer NOT NULL,
	"refused_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "send_limits" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "templates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"waba_id" text NOT NULL,
	"remote_id" text NOT NULL,
	"name" text NOT NULL,
	"language" text NOT NULL,
	"category" text NOT NULL,
	"status" text NOT NULL,
	"status_at" timestamp (3) with time zone NOT NULL,
	"rejection_reason" text,
	"quality" text,
	"upcoming_category" text,
	"upcoming_category_at" timestamp (3) with time zone,
	"parameter_format" text NOT NULL,
	"components" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "templates" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "per_second" integer DEFAULT 80 NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "decision" text;--> statement-breakpoint
CREATE UNIQUE INDEX "templates_name" ON "templates" USING btree ("workspace_id","waba_id","name","language");--> statement-breakpoint
CREATE INDEX "templates_remote" ON "templates" USING btree ("waba_id","remote_id");--> statement-breakpoint
CREATE POLICY "send_limits_tenant" ON "send_limits" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "templates_tenant" ON "templates" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- A number that waits for a person has nothing to send.
create or replace function unsent_conversations(p_before timestamptz)
returns table (workspace_id uuid, conversation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.workspace_id, m.conversation_id from messages m
  join channels c on c.id = m.channel_id and c.state not in ('reconnect', 'paused')
  where m.status in ('queued', 'sending')
    and ((m.status = 'queued' and m.recorded_at <= p_before) or (m.status = 'sending' and m.sending_at <= p_before))
$$;
