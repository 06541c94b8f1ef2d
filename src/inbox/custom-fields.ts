/** Fields of the workspace's own are made, changed and removed. Values stay with their records. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { type CustomField, type CustomOption, customKey } from '../core/custom-field.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { lockConfig } from '../db/config-rows.ts'
import * as db from '../db/custom-fields.ts'
import { mappingsNaming } from '../db/mappings.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

export type NewField = Omit<CustomField, 'id'>

/** Fields of one kind of record; beyond it a form is a database. */
const MOST = 100

/** Throws `already exists` for a key that the kind has, and `invalid input` for options that do not go with the type. */
export function makeCustomField(ctx: InboxContext, field: NewField): Promise<db.CustomFieldRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConfig(tx)
    const known = await db.listCustomFields(tx, field.kind)
    if (known.some(({ key }) => key === field.key)) throw new AppError('already exists', { what: field.key })
    if (known.length >= MOST) throw invalidInput('kind', 'at most {most} of a kind', { most: String(MOST) })
    mustFit(field.type, field.options)
    const row: db.CustomFieldRow = {
      ...{ id: newId(), workspaceId: ctx.workspaceId, ...field },
      ...{ position: await db.nextPosition(tx, field.kind), createdAt: ctx.now, updatedAt: ctx.now },
    }
    await db.insertCustomField(tx, row)
    await audit(tx, ctx, 'made', row.id, {}, field)
    return row
  })
}

export type FieldUpdate = {
  label?: string | undefined
  options?: CustomOption[] | undefined
  position?: number | undefined
}

/** Key and type last. An option that goes stays with the records that have it. Throws `not found` and `invalid input`. */
export function changeCustomField(ctx: InboxContext, id: string, update: FieldUpdate): Promise<db.CustomFieldRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConfig(tx)
    const row = await mustBe(tx, id)
    const changes = changesOf(row, update)
    if (isUnchanged(changes)) return row
    const changed = { ...row, ...changes.after, updatedAt: ctx.now }
    mustFit(changed.type, changed.options)
    await db.updateCustomField(tx, changed)
    await audit(tx, ctx, 'changed', id, changes.before, changes.after)
    return changed
  })
}

/** Its values are kept, and are there again when a field of this key is made again. Throws `not found` and `in use`. */
export function removeCustomField(ctx: InboxContext, id: string): Promise<db.CustomFieldRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockConfig(tx)
    const row = await mustBe(tx, id)
    const by = await mappingsNaming(tx, row.kind, customKey(row.key))
    if (by.length > 0) throw new AppError('in use', { by: by.join(', ') })
    await db.deleteCustomField(tx, id)
    const { kind, key, label, type, options } = row
    await audit(tx, ctx, 'removed', id, { kind, key, label, type, options }, {})
    return row
  })
}

async function mustBe(tx: Tx, id: string): Promise<db.CustomFieldRow> {
  const row = await db.customFieldById(tx, id)
  if (!row) throw new AppError('not found', { what: 'custom field' })
  return row
}

function mustFit(type: CustomField['type'], options: CustomOption[]) {
  const has = type === 'option' || type === 'options'
  const values = options.map(({ value }) => value)
  const problem =
    has && options.length === 0
      ? 'must not be empty'
      : !has && options.length > 0
        ? 'must be empty for {type}'
        : new Set(values).size < values.length
          ? 'must have different values'
          : null
  if (problem) throw invalidInput('options', problem, { type })
}

function audit(tx: Tx, ctx: InboxContext, done: string, subjectId: string, before: object, after: object) {
  const entry = { action: `custom field ${done}`, subjectKind: 'custom field', subjectId, before, after }
  return writeAudit(tx, ctx, newId(), entry)
}
