CREATE TABLE "custom_fields" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"label" text NOT NULL,
	"type" text NOT NULL,
	"options" jsonb NOT NULL,
	"position" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "custom_fields" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "conflicts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"field" text NOT NULL,
	"base" jsonb,
	"ours" jsonb,
	"theirs" jsonb,
	"ours_by" jsonb,
	"ours_at" timestamp (3) with time zone,
	"theirs_by" jsonb,
	"theirs_at" timestamp (3) with time zone,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"decision" text,
	"decided" jsonb,
	"decided_at" timestamp (3) with time zone,
	"decided_by" jsonb
);
--> statement-breakpoint
ALTER TABLE "conflicts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mapping_pauses" (
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"row_id" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mapping_pauses_connection_id_kind_row_id_pk" PRIMARY KEY("connection_id","kind","row_id")
);
--> statement-breakpoint
ALTER TABLE "mapping_pauses" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "mappings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"connection_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"state" text NOT NULL,
	"rows" jsonb NOT NULL,
	"origin" text NOT NULL,
	"restores" integer,
	"edited_by" jsonb NOT NULL,
	"edited_at" timestamp (3) with time zone NOT NULL,
	"applied_by" jsonb,
	"applied_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "mappings" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "provenance" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"field" text NOT NULL,
	"value" jsonb,
	"previous" jsonb,
	"actor" jsonb NOT NULL,
	"source" jsonb,
	"policy" text,
	"at" timestamp (3) with time zone NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "provenance" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "custom" jsonb;--> statement-breakpoint
ALTER TABLE "tickets" ADD COLUMN "custom" jsonb;--> statement-breakpoint
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mapping_pauses" ADD CONSTRAINT "mapping_pauses_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mappings" ADD CONSTRAINT "mappings_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_fields_key" ON "custom_fields" USING btree ("workspace_id","kind","key");--> statement-breakpoint
CREATE UNIQUE INDEX "conflicts_one_open" ON "conflicts" USING btree ("connection_id","record_id","field") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "conflicts_recent" ON "conflicts" USING btree ("workspace_id","state","opened_at","id");--> statement-breakpoint
CREATE INDEX "conflicts_record" ON "conflicts" USING btree ("record_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "mappings_version" ON "mappings" USING btree ("connection_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "mappings_one_draft" ON "mappings" USING btree ("connection_id") WHERE state = 'draft';--> statement-breakpoint
CREATE UNIQUE INDEX "mappings_one_active" ON "mappings" USING btree ("connection_id") WHERE state = 'active';--> statement-breakpoint
CREATE INDEX "provenance_field" ON "provenance" USING btree ("workspace_id","record_id","field","recorded_at","id");--> statement-breakpoint
CREATE POLICY "custom_fields_tenant" ON "custom_fields" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "conflicts_tenant" ON "conflicts" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "mapping_pauses_tenant" ON "mapping_pauses" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "mappings_tenant" ON "mappings" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "provenance_tenant" ON "provenance" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);