/** What an admin may set of a connection that is there: its connector's settings that have a title and name no account. */
import { z } from 'zod'
import type { Connector } from '../connectors/contract.ts'
import { connectorById } from '../connectors/registry.ts'
import type { Actor } from '../core/actor.ts'
import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { saveSettings } from '../db/access.ts'
import { writeAudit } from '../db/audit.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { askRemote } from './ask-remote.ts'
import { placeOf } from './connect.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, openConnection } from './open-connection.ts'
import { refuseInput, wrongIn } from './refuse-input.ts'

type Values = Record<string, unknown>

/** `schema`: a JSON Schema of each, with its title and what it does, in English. */
export type Settings = { values: Values; schema: Record<string, Values> }

/** Throws `not found`. */
export async function settingsOf(ctx: SyncContext, connectionId: string): Promise<Settings> {
  const { connector, row } = await find(ctx, connectionId)
  return view(connector, row.settings)
}

/**
 * Sets some of them, the others stay. The CRM is asked as when it was connected, so what a setting needs there is made.
 * Throws `not found`, `invalid input` or `connection failed`, and then nothing has changed.
 */
export async function changeSettings(
  ctx: SyncContext,
  connectionId: string,
  given: Values,
  actor: Actor,
): Promise<Settings> {
  const { connector, row: known } = await find(ctx, connectionId)
  const schema = settable(connector)
  const unknown = Object.keys(given).filter(key => !Object.hasOwn(schema, key))
  const parsed = connector.settings.safeParse({ ...(known.settings as Values), ...given })
  const misplaced = unknown.map(key => ({ path: ['settings', key], message: 'cannot be set here' }) as const)
  refuseInput([...misplaced, ...wrongIn('settings', parsed)], { settings: given })

  const connection = await openConnection(ctx, { ...known, settings: parsed.data })
  try {
    const place = await placeOf(ctx, known)
    const settings = await askRemote(connector, () => connector.setUp(connection.remote, place))
    const changed = view(connector, settings)
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      await saveSettings(tx, connectionId, settings)
      await writeAudit(tx, { ...ctx, actor }, newId(), {
        ...{ action: 'connection changed', subjectKind: 'connection', subjectId: connectionId },
        ...changesOf(view(connector, known.settings).values, changed.values),
      })
    })
    return changed
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, tx => keepAccount(tx, connection))
  }
}

async function find(ctx: SyncContext, connectionId: string): Promise<{ connector: Connector; row: ConnectionRow }> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  const connector = row && connectorById(row.connector)
  if (!row || !connector) throw new AppError('not found', { what: 'connection' })
  return { connector, row }
}

function view(connector: Connector, settings: unknown): Settings {
  const schema = settable(connector)
  const values = Object.entries(connector.settings.parse(settings) as Values)
  return { values: Object.fromEntries(values.filter(([key]) => Object.hasOwn(schema, key))), schema }
}

/** Without a title a setting is what the connector keeps for itself; one that is `fixed` says which account it is. */
function settable(connector: Connector): Record<string, Values> {
  const { properties = {} } = z.toJSONSchema(connector.settings, { io: 'input', unrepresentable: 'any' })
  const own = Object.entries(properties as Record<string, Values>)
  return Object.fromEntries(own.filter(([, { title, fixed }]) => title !== undefined && !fixed))
}
