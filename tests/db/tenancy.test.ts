import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDb, type Queryable } from '../../src/db/client.ts'
import { inWorkspace, inWorkspaceAtOnce } from '../../src/db/tenancy.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
const [a, b] = ['019d0000-0000-7000-8000-00000000000a', '019d0000-0000-7000-8000-00000000000b']

beforeAll(async () => {
  database = await testDatabase()
  for (const id of [a, b]) {
    await inWorkspace(database.db, id, tx => {
      return tx`insert into workspaces values (${id}, 'Taller', 'es', 72, 1000, now())`
    })
  }
})
afterAll(() => database.close())

it('shows a session the rows of its workspace only', async () => {
  const seen = await inWorkspace(database.db, a, tx => tx`select id from workspaces`)
  expect(seen.map(row => row.id)).toEqual([a])
})

it('shows nothing where no workspace was named, also on a connection that served one', async () => {
  for (let n = 0; n < 20; n++) expect(await database.db`select id from workspaces`).toHaveLength(0)
})

it('refuses to write into another workspace', async () => {
  const write = inWorkspace(database.db, a, tx => tx`insert into teams values (${b}, ${b}, 'Ventas', true)`)
  await expect(write).rejects.toThrow(/row-level security/)
})

it('keeps none of what is asked at once where one fails, and refuses what is asked too late', async () => {
  const [kept, late] = ['019d0000-0000-7000-8000-0000000000c1', '019d0000-0000-7000-8000-0000000000c2']
  const team = (tx: Queryable, id: string, workspaceId = a) =>
    tx`insert into teams values (${id}, ${workspaceId}, 'Ventas', false)`.execute()
  const teams = () => inWorkspace(database.db, a, tx => tx`select id from teams order by id`)

  const failing = inWorkspaceAtOnce(database.db, a, tx => Promise.all([team(tx, kept), team(tx, late, b)]))
  await expect(failing).rejects.toThrow(/row-level security/)
  expect(await teams()).toEqual([])

  const tooLate = inWorkspaceAtOnce(database.db, a, async tx => {
    await team(tx, kept)
    await team(tx, late)
  })
  await expect(tooLate).rejects.toThrow(/row-level security/)
  expect(await teams()).toEqual([{ id: kept }])
})

it('has a policy on every table of the product', async () => {
  const open = await database.owner`
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity`
  expect(open.map(row => row.relname)).toEqual([])
})

it('works as a role that cannot bypass row-level security and owns nothing', async () => {
  const [role] = await database.db`
    select current_user as name, rolsuper, rolbypassrls from pg_roles where rolname = current_user`
  expect(role).toEqual({ name: 'buzon_app', rolsuper: false, rolbypassrls: false })
  const owned = await database.owner`select 1 from pg_class where relowner = 'buzon_app'::regrole`
  expect(owned).toHaveLength(0)
})

it('holds whoever has logged in to the workspace, when the connection asked for no role', async () => {
  // A superuser, whom row-level security does not concern.
  const pooled = openDb(database.url, { pooled: true, max: 1 })
  const who = async (tx: Queryable) => (await tx`select current_user as name`)[0]?.name
  try {
    expect(await who(pooled)).not.toBe('buzon_app')
    const seen = await inWorkspace(pooled, a, async tx => ({
      name: await who(tx),
      rows: await tx`select id from workspaces`,
    }))
    expect(seen).toEqual({ name: 'buzon_app', rows: [{ id: a }] })
    const write = inWorkspace(pooled, a, tx => tx`insert into teams values (${b}, ${b}, 'Ventas', true)`)
    await expect(write).rejects.toThrow(/row-level security/)
    // The next transaction on the connection is somebody else's.
    expect(await who(pooled)).not.toBe('buzon_app')
  } finally {
    await pooled.end()
  }
})

it('refuses a login that may not take the role, before anything is read', async () => {
  const login = 'tenancy_test_stranger'
  await database.owner.unsafe(`
    create role ${login} login password '${login}'; grant select on all tables in schema public to ${login}`)
  const url = new URL(database.url)
  url.username = login
  url.password = login
  const stranger = openDb(url.href, { pooled: true, max: 1 })
  try {
    const read = inWorkspace(stranger, a, tx => tx`select id from workspaces`)
    await expect(read).rejects.toThrow('permission denied to set role "buzon_app"')
  } finally {
    await stranger.end()
    await database.owner.unsafe(`drop owned by ${login}; drop role ${login}`)
  }
})
