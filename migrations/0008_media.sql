CREATE TABLE "media" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"message_id" uuid,
	"channel_id" uuid,
	"remote_id" text,
	"url" text,
	"kind" text NOT NULL,
	"mime" text NOT NULL,
	"file_name" text,
	"sha256" text,
	"bytes" bigint,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"cause" text,
	"available_at" timestamp (3) with time zone,
	"blob_key" text,
	"thumbnail_key" text,
	"width" integer,
	"height" integer,
	"duration_ms" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "media" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "media_copies" (
	"media_id" uuid NOT NULL,
	"channel_id" uuid NOT NULL,
	"workspace_id" uuid NOT NULL,
	"remote_id" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "media_copies_media_id_channel_id_pk" PRIMARY KEY("media_id","channel_id")
);
--> statement-breakpoint
ALTER TABLE "media_copies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "media_copies" ADD CONSTRAINT "media_copies_media_id_media_id_fk" FOREIGN KEY ("media_id") REFERENCES "public"."media"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "media_message" ON "media" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "media_same" ON "media" USING btree ("workspace_id","sha256");--> statement-breakpoint
CREATE INDEX "media_due" ON "media" USING btree ("available_at");--> statement-breakpoint
CREATE POLICY "media_tenant" ON "media" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "media_copies_tenant" ON "media_copies" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- Files to be fetched or looked into. Ids only.
create function due_media(p_now timestamptz, p_limit integer)
returns table (workspace_id uuid, media_id uuid, channel_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select workspace_id, id, channel_id from media where available_at <= p_now order by available_at, id limit p_limit
$$;
--> statement-breakpoint

revoke all on function due_media(timestamptz, integer) from public;
--> statement-breakpoint
grant execute on function due_media(timestamptz, integer) to buzon_app;
