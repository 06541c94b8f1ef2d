DROP INDEX "deliveries_pending";--> statement-breakpoint
CREATE INDEX "deliveries_large" ON "deliveries" USING btree ("attempts","received_at","id") WHERE processed_at is null and octet_length(body) > 65536;--> statement-breakpoint
CREATE INDEX "deliveries_pending" ON "deliveries" USING btree ("attempts","received_at","id") WHERE processed_at is null;--> statement-breakpoint

-- As before, each half by an index of its own: the rows that wait were all read and sorted for each batch. Before its
-- first analysis Postgres would take them for few, and do so still.
create or replace function pending_deliveries(p_before timestamptz, p_limit integer)
returns table (id uuid, source text, body text, attempts integer)
language sql stable security definer set search_path = public, pg_temp set enable_bitmapscan = off as $$
  select id, source, body, attempts from (
    select *, sum(octet_length(body)) over (order by attempts, is_large, received_at, id) - octet_length(body) as before_it
    from (
      (select id, source, body, attempts, received_at, false as is_large from deliveries
        where processed_at is null and octet_length(body) <= 65536 and received_at <= p_before and source like 'whatsapp:%'
        order by attempts, received_at, id limit p_limit)
      union all
      (select id, source, body, attempts, received_at, true as is_large from deliveries
        where processed_at is null and octet_length(body) > 65536 and received_at <= p_before and source like 'whatsapp:%'
        order by attempts, received_at, id limit p_limit)
      order by attempts, is_large, received_at, id limit p_limit
    ) as first
  ) as taken
  where before_it < 8388608 order by attempts, is_large, received_at, id
$$;
