CREATE TABLE "engine"."listeners" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "engine"."listeners_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"item_id" bigint NOT NULL,
	"event" text NOT NULL,
	"path" text NOT NULL,
	"value" text NOT NULL,
	"expression" text,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "engine"."throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"next_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "engine"."items" DROP CONSTRAINT "items_kind";--> statement-breakpoint
ALTER TABLE "engine"."runs" DROP CONSTRAINT "runs_state";--> statement-breakpoint
ALTER TABLE "engine"."items" ADD COLUMN "error" json;--> statement-breakpoint
ALTER TABLE "engine"."items" ADD COLUMN "output" json;--> statement-breakpoint
ALTER TABLE "engine"."items" ADD COLUMN "throttle" text;--> statement-breakpoint
ALTER TABLE "engine"."runs" ADD COLUMN "cancel_on" json;--> statement-breakpoint
ALTER TABLE "engine"."runs" ADD COLUMN "parent_item" bigint;--> statement-breakpoint
ALTER TABLE "engine"."listeners" ADD CONSTRAINT "listeners_item_id_items_id_fk" FOREIGN KEY ("item_id") REFERENCES "engine"."items"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "listeners_match" ON "engine"."listeners" USING btree ("event","path","value");--> statement-breakpoint
CREATE INDEX "listeners_item" ON "engine"."listeners" USING btree ("item_id");--> statement-breakpoint
CREATE INDEX "throttles_next" ON "engine"."throttles" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "runs_created" ON "engine"."runs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "runs_parent" ON "engine"."runs" USING btree ("parent_item") WHERE "engine"."runs"."parent_item" is not null;--> statement-breakpoint
ALTER TABLE "engine"."items" ADD CONSTRAINT "items_kind" CHECK ("engine"."items"."kind" in ('call', 'sleep', 'wait', 'invoke'));--> statement-breakpoint
ALTER TABLE "engine"."runs" ADD CONSTRAINT "runs_state" CHECK ("engine"."runs"."state" in ('running', 'completed', 'failed', 'cancelled'));