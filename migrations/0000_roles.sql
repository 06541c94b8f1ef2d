-- The role the hub works as: it owns nothing, cannot log in by itself and cannot bypass row-level security.
-- Roles belong to the whole server, so another database of the same server may have made it already.
do $$ begin
  create role buzon_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  if not pg_has_role(current_user, 'buzon_app', 'set') then
    execute format('grant buzon_app to %I', current_user);
  end if;
exception when others then
  -- Before PostgreSQL 16 the privilege is called MEMBER.
  execute format('grant buzon_app to %I', current_user);
end $$;
