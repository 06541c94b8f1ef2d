/** Fields of the workspace's own on contacts and tickets. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { customTypes, LONGEST_TEXT } from '../../core/custom-field.ts'
import { mappedKinds } from '../../core/mapping/row.ts'
import { type CustomFieldRow, listCustomFields } from '../../db/custom-fields.ts'
import { changeCustomField, makeCustomField, removeCustomField } from '../../inbox/custom-fields.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, jsonBody, route } from './shapes.ts'
import { within } from './within.ts'

const option = z.object({ value: z.string().trim().min(1).max(200), label: z.string().trim().min(1).max(200) })
const label = z.string().trim().min(1).max(100)
const options = z.array(option).max(500)

const fieldShape = z
  .object({
    ...{ id: z.uuid(), kind: z.enum(mappedKinds), key: z.string(), label: z.string(), type: z.enum(customTypes) },
    ...{ options: z.array(option), position: z.number().int() },
  })
  .openapi('CustomField')

const newField = z.object({
  kind: z.enum(mappedKinds),
  key: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a-z, 0-9 and _, and begin with a letter')
    .openapi({ description: 'Never changes: mappings and callers name the field by it' }),
  ...{ label, type: z.enum(customTypes), options: options.default([]) },
})
const update = z.object({ label, options, position: z.number().int().min(1).max(1_000) }).partial()

/** Values of a record: texts of so many characters at most, numbers, lists of options. */
export const customValuesBody = z
  .record(
    z.string().max(40),
    z.union([z.string().max(LONGEST_TEXT), z.number(), z.boolean(), z.array(z.string().max(200)).max(500), z.null()]),
  )
  .openapi({ description: 'Fields of the workspace’s own, by key; null empties one' })
export const customValuesShape = z.record(z.string(), z.unknown())

const routes = {
  list: route(
    ...(['signed in', 'get', '/custom-fields', 'Fields of the workspace’s own'] as const),
    { query: z.object({ kind: z.enum(mappedKinds).optional() }) },
    z.object({ items: z.array(fieldShape) }),
  ),
  make: route('settings.manage', 'post', '/custom-fields', 'Make a field', jsonBody(newField), fieldShape, 201),
  change: route(
    ...(['settings.manage', 'patch', '/custom-fields/{id}', 'Change label, options or place of a field'] as const),
    { params: idParam, ...jsonBody(update) },
    fieldShape,
  ),
  remove: route(
    ...(['settings.manage', 'delete', '/custom-fields/{id}', 'Remove a field; its values are kept'] as const),
    { params: idParam },
    fieldShape,
  ),
}

export const customFields = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { kind } = c.req.valid('query')
    return c.json({ items: (await within(c.var, tx => listCustomFields(tx, kind))).map(show) }, 200)
  })
  .openapi(routes.make, async c => {
    const row = await makeCustomField(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json'))
    return c.json(show(row), 201)
  })
  .openapi(routes.change, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await changeCustomField(ctx, c.req.valid('param').id, c.req.valid('json'))), 200)
  })
  .openapi(routes.remove, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await removeCustomField(ctx, c.req.valid('param').id)), 200)
  })

function show({ id, kind, key, label, type, options, position }: CustomFieldRow): z.infer<typeof fieldShape> {
  return { id, kind, key, label, type, options, position }
}
