/** The door to a workspace's rows: a transaction in which row-level security shows that workspace and no other. */
import { APP_ROLE, type Db, type Tx } from './client.ts'

/**
 * Runs `act` in one transaction of the workspace. The settings travel with the first statement of `act`, so the door
 * itself costs no round trip beyond BEGIN and COMMIT. The role is set too, whoever has logged in: a login that may not
 * take it is refused, and none that may bypass row-level security does so by accident.
 */
export async function inWorkspace<T>(db: Db, workspaceId: string, act: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await db.begin(async tx => {
    const [, value] = await Promise.all([enter(tx, workspaceId), act(tx)])
    return { value }
  })
  return (result as { value: T }).value
}

/**
 * The same for statements that need no answer of one another: COMMIT travels behind them, and where one fails Postgres makes
 * a ROLLBACK of it (PostgreSQL, "COMMIT"). `act` must have handed all of them over when it returns (`execute`): what it
 * asks for later is outside the transaction and refused.
 */
export async function inWorkspaceAtOnce<T>(db: Db, workspaceId: string, act: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await db.begin(async tx => {
    const answers = Promise.all([enter(tx, workspaceId), act(tx)])
    // Told to whoever waits below, unless the connection is lost before.
    answers.catch(() => {})
    return { answers }
  })
  const [, value] = await (result as { answers: Promise<[unknown, T]> }).answers
  return value
}

function enter(tx: Tx, workspaceId: string) {
  return tx`
    select set_config('role', ${APP_ROLE}, true), set_config('app.workspace_id', ${workspaceId}, true)`.execute()
}
