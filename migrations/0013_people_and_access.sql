CREATE SCHEMA "auth";
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"workspace_id" uuid NOT NULL,
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"content_type" text,
	"body" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_workspace_id_caller_key_pk" PRIMARY KEY("workspace_id","caller","key")
);
--> statement-breakpoint
ALTER TABLE "idempotency_keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"email" text,
	"role" text NOT NULL,
	"role_id" uuid,
	"team_ids" uuid[] NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"agent_id" uuid,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"workspace_id" uuid NOT NULL,
	"name" text NOT NULL,
	"permissions" text[] NOT NULL,
	"visibility" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "roles" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "auth"."accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."rate_limits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"workspace_id" uuid,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."two_factors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"verified" boolean,
	"failed_verification_count" integer,
	"locked_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "auth"."users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean NOT NULL,
	"image" text,
	"language" text,
	"two_factor_enabled" boolean,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "user_id" uuid;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "role" text DEFAULT 'agent' NOT NULL;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "role_id" uuid;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "created_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "deactivated_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "permissions" text[];--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "hint" text;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "created_by" text;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "before" jsonb;--> statement-breakpoint
ALTER TABLE "audit" ADD COLUMN "after" jsonb;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "time_zone" text DEFAULT 'UTC' NOT NULL;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "single_session" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."two_factors" ADD CONSTRAINT "two_factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_recent" ON "invitations" USING btree ("workspace_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "roles_name" ON "roles" USING btree ("workspace_id","name");--> statement-breakpoint
CREATE INDEX "accounts_user" ON "auth"."accounts" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rate_limits_key" ON "auth"."rate_limits" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "auth"."sessions" USING btree ("token");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "auth"."sessions" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "two_factors_user" ON "auth"."two_factors" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "auth"."users" USING btree ("email");--> statement-breakpoint
CREATE INDEX "verifications_identifier" ON "auth"."verifications" USING btree ("identifier");--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "public"."roles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "agents_user" ON "agents" USING btree ("user_id","workspace_id");--> statement-breakpoint
CREATE INDEX "audit_recent" ON "audit" USING btree ("workspace_id","at","id");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("workspace_id","subject_id","at");--> statement-breakpoint
CREATE POLICY "idempotency_keys_tenant" ON "idempotency_keys" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "invitations_tenant" ON "invitations" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint
CREATE POLICY "roles_tenant" ON "roles" AS PERMISSIVE FOR ALL TO "buzon_app" USING (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) WITH CHECK (workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid);--> statement-breakpoint

-- Who may read the schema `auth`: nobody but this role. The hub's role may take it (db/auth.ts does, for a statement), but has
-- nothing of it otherwise. Before PostgreSQL 16 that is said by a role that inherits nothing.
do $$ begin
  create role buzon_auth nologin;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin
  if current_setting('server_version_num')::integer >= 160000 then
    execute 'grant buzon_auth to buzon_app with inherit false, set true';
    if not pg_has_role(current_user, 'buzon_auth', 'set') then
      execute format('grant buzon_auth to %I', current_user);
    end if;
  else
    alter role buzon_app noinherit;
    grant buzon_auth to buzon_app;
    execute format('grant buzon_auth to %I', current_user);
  end if;
end $$;
--> statement-breakpoint
grant usage on schema auth to buzon_auth;
--> statement-breakpoint
grant select, insert, update, delete on all tables in schema auth to buzon_auth;
--> statement-breakpoint

-- The person of a session, and the agent that they are in one workspace: the one asked for, else the one chosen last, else
-- their first. No row: no such session. No workspace: they are of none, or not of the one asked for. Where a workspace wants
-- one session of each, only the newest counts there. By the clock that sessions are written by, which no sandbox moves.
create function find_session(p_token text, p_workspace uuid)
returns table (session_id uuid, user_id uuid, email text, user_name text, workspace_id uuid, language text, agent_id uuid,
  agent_name text, role text, permissions text[], visibility text, team_ids uuid[])
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.user_id, u.email, u.name, m.workspace_id, coalesce(u.language, m.language), m.agent_id, m.agent_name, m.role,
    m.permissions, m.visibility, m.team_ids
  from auth.sessions s
  join auth.users u on u.id = s.user_id
  left join lateral (
    select a.workspace_id, w.language, a.id as agent_id, a.name as agent_name, a.role, r.permissions, r.visibility,
      array(select t.team_id from team_members t where t.agent_id = a.id) as team_ids
    from agents a
    join workspaces w on w.id = a.workspace_id
    left join roles r on r.id = a.role_id
    where a.user_id = s.user_id and a.deactivated_at is null and (p_workspace is null or a.workspace_id = p_workspace)
      and (not w.single_session or not exists (
        select 1 from auth.sessions n
        where n.user_id = s.user_id and n.expires_at > now() and (n.created_at, n.id) > (s.created_at, s.id)))
    order by a.workspace_id = s.workspace_id desc nulls last, w.created_at, w.id limit 1
  ) as m on true
  where s.token = p_token and s.expires_at > now()
$$;
--> statement-breakpoint

-- The workspaces that a person is of.
create function workspaces_of(p_user uuid)
returns table (workspace_id uuid, name text, agent_id uuid, role text)
language sql stable security definer set search_path = public, pg_temp as $$
  select w.id, w.name, a.id, coalesce(r.name, a.role)
  from agents a join workspaces w on w.id = a.workspace_id left join roles r on r.id = a.role_id
  where a.user_id = p_user and a.deactivated_at is null order by w.created_at, w.id
$$;
--> statement-breakpoint

-- An invitation that can still be accepted.
create function find_invitation(p_hash text, p_now timestamptz)
returns table (id uuid, workspace_id uuid, workspace_name text, language text, email text, invited_by text, expires_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select i.id, i.workspace_id, w.name, w.language, i.email, i.invited_by, i.expires_at
  from invitations i join workspaces w on w.id = i.workspace_id
  where i.token_hash = p_hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > p_now
$$;
--> statement-breakpoint

-- Whether anybody can sign in yet: the first person to come to a fresh installation sets it up.
create function has_people()
returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select 1 from auth.users)
$$;
--> statement-breakpoint

-- As before; keys end, and may open less than everything (null). When it was used last is kept to the minute.
drop function find_api_key(text);
--> statement-breakpoint
create function find_api_key(p_hash text, p_now timestamptz)
returns table (id uuid, workspace_id uuid, name text, language text, permissions text[])
language sql security definer set search_path = public, pg_temp as $$
  update api_keys set last_used_at = p_now
  where key_hash = p_hash and revoked_at is null and (expires_at is null or expires_at > p_now)
    and (last_used_at is null or last_used_at < p_now - interval '1 minute');
  select k.id, k.workspace_id, k.name, w.language, k.permissions
  from api_keys k join workspaces w on w.id = k.workspace_id
  where k.key_hash = p_hash and k.revoked_at is null and (k.expires_at is null or k.expires_at > p_now)
$$;
--> statement-breakpoint

-- Answers kept for repeated requests are for a day.
create function forget_idempotency_keys(p_before timestamptz)
returns void
language sql security definer set search_path = public, pg_temp as $$
  delete from idempotency_keys where created_at < p_before
$$;
--> statement-breakpoint

revoke all on function find_session(text, uuid), workspaces_of(uuid), find_invitation(text, timestamptz),
  has_people(), find_api_key(text, timestamptz), forget_idempotency_keys(timestamptz) from public;
--> statement-breakpoint
grant execute on function find_session(text, uuid), workspaces_of(uuid), find_invitation(text, timestamptz),
  has_people(), find_api_key(text, timestamptz), forget_idempotency_keys(timestamptz) to buzon_app;
