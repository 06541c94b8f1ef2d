DROP INDEX "plan_items_record";--> statement-breakpoint
CREATE UNIQUE INDEX "plan_items_record" ON "plan_items" USING btree ("plan_id","kind","record_id","act");