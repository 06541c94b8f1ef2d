import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError, type Language } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type Settings, settingsOf, updateSettings } from '../db/workspaces.ts'
import { type InboxContext, newId } from './context.ts'

export type SettingsChange = {
  name?: string | undefined
  language?: Language | undefined
  timeZone?: string | undefined
  graceHours?: number | undefined
  singleSession?: boolean | undefined
}

/** Unchanged values change nothing. */
export function changeWorkspace(ctx: InboxContext, change: SettingsChange): Promise<Settings> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const settings = await settingsOf(tx, { lock: true })
    if (!settings) throw new AppError('not found', { what: 'workspace' })
    const changes = changesOf(settings, change)
    if (isUnchanged(changes)) return settings
    await updateSettings(tx, changes.after)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'workspace changed', subjectKind: 'workspace', subjectId: ctx.workspaceId },
      ...changes,
    })
    return { ...settings, ...changes.after }
  })
}
