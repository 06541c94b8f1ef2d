CREATE TABLE "channel_checks" (
	"channel_id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	"checks" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_checks" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "meta_apps" ADD COLUMN "app_id" text;--> statement-breakpoint
ALTER TABLE "meta_apps" ADD COLUMN "old_secret_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "channel_checks" ADD CONSTRAINT "channel_checks_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE POLICY "channel_checks_tenant" ON "channel_checks" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- When this very body came in, whatever workspace it belongs to: whoever asks must know the body. For the test that posts
-- one to the public address.
create function delivery_arrived(p_source text, p_hash bytea)
returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select received_at from deliveries where source = p_source and body_hash = p_hash
$$;
--> statement-breakpoint

-- All numbers, for the check of each night. Ids only.
create function all_channels()
returns table (workspace_id uuid, channel_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id from channels order by id
$$;
--> statement-breakpoint

-- As before, and until when the second of two secrets holds.
drop function find_meta_app(text);
--> statement-breakpoint
create function find_meta_app(p_app_key text)
returns table (id uuid, workspace_id uuid, secrets text, old_secret_until timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, secrets, old_secret_until from meta_apps where app_key = p_app_key
$$;
--> statement-breakpoint

revoke all on function delivery_arrived(text, bytea), all_channels(), find_meta_app(text) from public;
--> statement-breakpoint
grant execute on function delivery_arrived(text, bytea), all_channels(), find_meta_app(text) to buzon_app;
