import { type Field, RemoteCallError } from '../contract.ts'
import { read, request } from './client.ts'
import { formsAnswer, groupsAnswer, ticketFieldsAnswer, userFieldsAnswer, type ZendeskField } from './schema.ts'
import { categories } from './set-up.ts'
import { CONTACT_KEY, TICKET_KEY, type ZendeskContext } from './settings.ts'

/** Zendesk describes its own fields of a user nowhere. Throws RemoteCallError. */
export async function readUserFields(ctx: ZendeskContext): Promise<Field[]> {
  const { user_fields: own } = await read(ctx, 'user_fields', userFieldsAnswer)
  return [
    plain('name', 'Name', { required: true }),
    plain('email', 'Email', { unique: true }),
    plain('phone', 'Phone', { type: 'phone' }),
    ...[plain('notes', 'Notes'), plain('details', 'Details'), plain('tags', 'Tags', { type: 'options' })],
    ...own
      .filter(({ active }) => active)
      .map(field => ({
        ...toField(`user_fields.${field.key}`, field),
        unique: `user_fields.${field.key}` === CONTACT_KEY,
      })),
  ]
}

/** Throws RemoteCallError. */
export async function readTicketFields(ctx: ZendeskContext): Promise<Field[]> {
  const { ticket_fields: all } = await read(ctx, 'ticket_fields', ticketFieldsAnswer)
  const { groups } = await read(ctx, 'groups', groupsAnswer)
  const forms = await readForms(ctx)
  const titles = new Map(all.filter(({ removable }) => !removable).map(({ type, title }) => [type, title]))
  const label = (type: string, otherwise: string) => titles.get(type) || otherwise
  const { customStatuses, states, owners } = ctx.settings
  const options = (rows: { theirs: string; label: string }[]) =>
    [...new Map(rows.map(row => [row.theirs, row.label]))].map(([value, text]) => ({ value, label: text || value }))
  // Written as a category, a custom status is the category's own.
  const status = { type: 'option', options: customStatuses.length > 0 ? categoryOptions : options(states) } as const
  return [
    plain(TICKET_KEY, 'External ID'),
    plain('subject', label('subject', 'Subject'), { required: true }),
    plain('status', label('status', 'Status'), status),
    ...(customStatuses.length > 0
      ? [
          plain('custom_status_id', label('custom_status', 'Ticket status'), {
            type: 'option',
            options: options(states),
          }),
        ]
      : []),
    plain('priority', label('priority', 'Priority'), {
      type: 'option',
      options: PRIORITIES.map(value => ({ value, label: value })),
    }),
    plain('assignee_id', label('assignee', 'Assignee'), {
      type: 'option',
      options: owners.map(({ id, name }) => ({ value: id, label: name })),
    }),
    plain('group_id', label('group', 'Group'), {
      type: 'option',
      options: groups.map(({ id, name }) => ({ value: id, label: name })),
    }),
    plain('ticket_form_id', 'Form', { type: 'option', options: forms }),
    plain('tags', 'Tags', { type: 'options' }),
    ...all
      .filter(({ active, removable }) => active && removable)
      .map(field => toField(`custom_fields.${field.id}`, field)),
  ]
}

/** Nothing of a comment is mapped. */
export function messageFields(): Promise<Field[]> {
  const names = [
    ['author', 'Author'],
    ['body', 'Comment'],
    ['at', 'Written at'],
    ['state', 'Delivery'],
    ['failure', 'Failure'],
    ['file', 'File'],
    ['internal', 'Internal'],
  ] as const
  return Promise.resolve(names.map(([name, label]) => plain(name, label, { readOnly: name === 'at' })))
}

/** Accounts of small plans have none. */
async function readForms(ctx: ZendeskContext): Promise<Field['options']> {
  const answer = await request(ctx, { method: 'GET', path: 'ticket_forms', purpose: 'read', schema: formsAnswer })
  if (answer.kind === 'answered') {
    const { ticket_forms: forms } = answer.value
    return forms.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name }))
  }
  const { kind } = answer.failure
  if (kind === 'retry after' || kind === 'ambiguous') throw new RemoteCallError(answer.failure)
  return []
}

const categoryOptions = categories.map(value => ({ value, label: value }))

const PRIORITIES = ['low', 'normal', 'high', 'urgent']

function plain(name: string, label: string, given: Partial<Field> = {}): Field {
  return { name, label, type: 'string', required: false, readOnly: false, unique: false, options: [], ...given }
}

/** What is required is asked of agents who solve a ticket, and never of the API. */
function toField(name: string, { title, key, type, custom_field_options: given }: ZendeskField): Field {
  const options = (given ?? []).map(({ name: label, value }) => ({ value, label: label || value }))
  return plain(name, title || key || name, { type: types[type] ?? 'string', options })
}

const types: Record<string, Field['type']> = {
  ...{ tagger: 'option', dropdown: 'option', multiselect: 'options', checkbox: 'boolean', date: 'date' },
  ...{ integer: 'number', decimal: 'number' },
}
