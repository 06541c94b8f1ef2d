DROP INDEX "conversations_pair";--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_one" UNIQUE NULLS NOT DISTINCT("contact_id","channel_id","group_id");