ALTER TABLE "limiters" ADD COLUMN "daily_probed_at" timestamp (3) with time zone;--> statement-breakpoint

-- As `take_call`, for vendors that count the last 24 hours: nothing begins anew at midnight, and where all is used up one call an
-- hour is let through in the lane of what people wait for, whose answer says what has come free.
create function take_rolling_call(p_connection uuid, p_workspace uuid, p_max integer, p_interval_ms integer, p_daily integer,
  p_share real, p_daily_share real, p_now timestamptz)
returns table (allowed boolean, retry_at timestamptz, why text)
language plpgsql set search_path = public, pg_temp as $$
declare
  l limiters%rowtype;
  daily integer;
  again timestamptz;
begin
  select * into l from limiters where connection_id = p_connection for update;
  if found then
    daily := floor(coalesce(l.daily_max, p_daily) * l.daily_share / 100.0 * p_daily_share);
    again := coalesce(l.daily_probed_at + interval '1 hour', p_now);
    if p_daily_share = 1 and daily > 0 and l.daily_used >= daily and again <= p_now then
      l.daily_used := daily - 1;
      l.daily_probed_at := p_now;
      again := p_now + interval '1 hour';
    end if;
    update limiters set day = (p_now at time zone 'UTC')::date, daily_used = l.daily_used, daily_probed_at = l.daily_probed_at
    where connection_id = p_connection;
  end if;
  return query select t.allowed,
    case when t.why = 'daily' then greatest(again, p_now + interval '1 minute') else t.retry_at end, t.why
    from take_call(p_connection, p_workspace, p_max, p_interval_ms, p_daily, p_share, p_daily_share, p_now) t;
end $$;
--> statement-breakpoint
do $$
begin
  revoke all on function take_rolling_call(uuid, uuid, integer, integer, integer, real, real, timestamptz) from public;
  grant execute on function take_rolling_call(uuid, uuid, integer, integer, integer, real, real, timestamptz) to buzon_app;
end $$;
