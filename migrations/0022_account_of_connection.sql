-- The connections of an account there, for the card in its records: a request is of whichever has the secret that signed it.
create index connections_account on connections (connector, (settings ->> 'portalId'));
--> statement-breakpoint
create function find_connections_of_account(p_connector text, p_account text)
returns table (id uuid, workspace_id uuid, name text, credentials text)
language sql stable security definer set search_path = public, pg_temp as $$
  select id, workspace_id, name, credentials from connections
  where connector = p_connector and settings ->> 'portalId' = p_account and p_account <> ''
  order by created_at desc, id limit 20
$$;
--> statement-breakpoint
revoke all on function find_connections_of_account(text, text) from public;
--> statement-breakpoint
grant execute on function find_connections_of_account(text, text) to buzon_app;
