DROP INDEX "tickets_conversation";--> statement-breakpoint
CREATE INDEX "tickets_conversation" ON "tickets" USING btree ("workspace_id","conversation_id","opened_at");