ALTER TABLE "remote_feeds" ADD COLUMN "stream_position" text;--> statement-breakpoint
ALTER TABLE "remote_feeds" ADD COLUMN "stream_by" uuid;--> statement-breakpoint
ALTER TABLE "remote_feeds" ADD COLUMN "stream_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "remote_feeds" ADD COLUMN "stream_error" text;