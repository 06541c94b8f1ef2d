CREATE TABLE "shared_limiters" (
	"key" text PRIMARY KEY NOT NULL,
	"window_started_at" timestamp (3) with time zone NOT NULL,
	"slots" integer[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "shared_limiters" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint

-- Takes one call from what a vendor allows all who connect by one app or robot, as `take_call` does from a connection's own. Whoever
-- names the key has what it is the hash of; of other workspaces they learn nothing but that calls were made.
create function take_shared_call(p_key text, p_max integer, p_interval_ms integer, p_share real, p_now timestamptz)
returns table (allowed boolean, retry_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  l shared_limiters%rowtype;
  width double precision := greatest(p_interval_ms / 10.0, 1);
  shift integer;
  total integer;
  ceiling integer := greatest(1, floor(p_max * p_share));
  freed integer := 0;
begin
  insert into shared_limiters (key, window_started_at) values (p_key, p_now) on conflict (key) do nothing;
  select * into l from shared_limiters where key = p_key for update;
  shift := least(greatest(0, floor(extract(epoch from p_now - l.window_started_at) * 1000 / width)), 1000000)::integer;
  if shift >= 11 or cardinality(l.slots) <> 11 then
    l.slots := array_fill(0, array[11]);
    l.window_started_at := p_now;
  elsif shift > 0 then
    l.slots := array_fill(0, array[shift]) || l.slots[1:11 - shift];
    l.window_started_at := l.window_started_at + shift * width * interval '1 millisecond';
  end if;
  select sum(s) into total from unnest(l.slots) s;
  allowed := total < ceiling;
  if allowed then
    l.slots[1] := l.slots[1] + 1;
  else
    for n in reverse 11..1 loop
      freed := freed + l.slots[n];
      retry_at := l.window_started_at + (12 - n) * width * interval '1 millisecond';
      exit when total - freed < ceiling;
    end loop;
  end if;
  update shared_limiters set slots = l.slots, window_started_at = l.window_started_at where key = p_key;
  return next;
end $$;
--> statement-breakpoint
revoke all on function take_shared_call(text, integer, integer, real, timestamptz) from public;
--> statement-breakpoint
grant execute on function take_shared_call(text, integer, integer, real, timestamptz) to buzon_app;
