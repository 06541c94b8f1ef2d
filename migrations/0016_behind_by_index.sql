-- The first change a reader has not read is looked up, where `exists` reads from the beginning of the feed.
create or replace function workspaces_behind(p_consumer text)
returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select w.id from workspaces w left join feed_cursors f on f.workspace_id = w.id and f.consumer = p_consumer
  cross join lateral (
    select 1 from changes c
    where c.workspace_id = w.id and (c.xid, c.seq) > (coalesce(f.xid, 0), coalesce(f.seq, 0))
      and c.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    order by c.workspace_id, c.xid, c.seq limit 1
  ) as unread
$$;
