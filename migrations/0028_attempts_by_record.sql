ALTER TABLE "attempts" ADD COLUMN "record_ids" uuid[];--> statement-breakpoint
CREATE INDEX "attempts_records" ON "attempts" USING gin ("record_ids");