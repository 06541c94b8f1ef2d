CREATE TABLE "channel_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"field" text NOT NULL,
	"event" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"health" jsonb,
	"data" jsonb NOT NULL,
	"delivery_id" uuid NOT NULL,
	"place" text NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_events" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP INDEX "conversations_pair";--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "quality" text;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "messaging_limit" text;--> statement-breakpoint
ALTER TABLE "channels" ADD COLUMN "verified_name" text;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "group_id" text;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "marketing" text;--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "marketing_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "target_wamid" text;--> statement-breakpoint
ALTER TABLE "statuses" ADD COLUMN "detail" jsonb;--> statement-breakpoint
ALTER TABLE "channel_events" ADD CONSTRAINT "channel_events_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "channel_events_once" ON "channel_events" USING btree ("channel_id","delivery_id","place");--> statement-breakpoint
CREATE INDEX "channel_events_recent" ON "channel_events" USING btree ("channel_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_group" ON "conversations" USING btree ("channel_id","group_id") WHERE group_id is not null;--> statement-breakpoint
CREATE INDEX "messages_target" ON "messages" USING btree ("channel_id","target_wamid") WHERE target_wamid is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_pair" ON "conversations" USING btree ("contact_id","channel_id") WHERE group_id is null;--> statement-breakpoint
CREATE POLICY "channel_events_tenant" ON "channel_events" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- A number that waits for a person, or that is no longer ours, has nothing to send.
create or replace function unsent_conversations(p_before timestamptz)
returns table (workspace_id uuid, conversation_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct m.workspace_id, m.conversation_id from messages m
  join channels c on c.id = m.channel_id and c.state not in ('reconnect', 'paused', 'disconnected')
  where m.status in ('queued', 'sending')
    and ((m.status = 'queued' and m.recorded_at <= p_before) or (m.status = 'sending' and m.sending_at <= p_before))
$$;
--> statement-breakpoint

-- The numbers of these accounts that an app may speak for: news of an account name no number, or name it as it is written.
create function find_account_channels(p_app_key text, p_waba_ids text[])
returns table (id uuid, workspace_id uuid, phone_number_id text, waba_id text, display_phone_number text)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, phone_number_id, waba_id, display_phone_number from channels
  where app_key = p_app_key and waba_id = any (p_waba_ids) order by created_at, id
$$;
--> statement-breakpoint

-- What people write now comes before large bodies of history; of these no more at once than memory bears (8 MB).
create or replace function pending_deliveries(p_before timestamptz, p_limit integer)
returns table (id uuid, source text, body text, attempts integer)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, source, body, attempts from (
    select *, sum(octet_length(body)) over (order by attempts, is_large, received_at, id) - octet_length(body) as before_it
    from (
      select id, source, body, attempts, received_at, octet_length(body) > 65536 as is_large from deliveries
      where processed_at is null and received_at <= p_before and source like 'whatsapp:%'
      order by attempts, is_large, received_at, id limit p_limit
    ) as first
  ) as taken
  where before_it < 8388608 order by attempts, is_large, received_at, id
$$;
--> statement-breakpoint

revoke all on function find_account_channels(text, text[]) from public;
--> statement-breakpoint
grant execute on function find_account_channels(text, text[]) to buzon_app;
