/** The answers and webhook bodies we read: the fields we use, and nothing said about the rest. */
import { z } from 'zod'

const id = z.union([z.string(), z.number()]).transform(String)
const idOrNone = id.nullish().transform(value => value || null)
const text = z
  .string()
  .nullish()
  .transform(value => value ?? null)
const more = z
  .object({ has_more: z.boolean().default(false), after_cursor: z.string().nullish() })
  .default({ has_more: false })

export const user = z.object({
  id,
  name: text,
  email: text,
  phone: text,
  external_id: text,
  role: text,
  tags: z.array(z.string()).default([]),
  notes: text,
  details: text,
  user_fields: z.record(z.string(), z.unknown()).nullish(),
  active: z.boolean().default(true),
  updated_at: text,
})
export type User = z.infer<typeof user>

export const ticket = z.object({
  id,
  subject: text,
  status: z.string().transform(value => value.toLowerCase()),
  custom_status_id: idOrNone,
  priority: text,
  requester_id: idOrNone,
  assignee_id: idOrNone,
  group_id: idOrNone,
  ticket_form_id: idOrNone,
  external_id: text,
  tags: z.array(z.string()).default([]),
  custom_fields: z.array(z.object({ id, value: z.unknown() })).nullish(),
  via: z
    .object({ source: z.object({ rel: text, from: z.object({ ticket_id: idOrNone }).nullish() }).nullish() })
    .nullish(),
  followup_ids: z.array(id).nullish(),
  updated_at: text,
})
export type Ticket = z.infer<typeof ticket>

export const attachment = z.object({
  id,
  file_name: text,
  content_url: text,
  content_type: text,
  size: z.number().nullish(),
})
/** `custom`: of the audit; we keep there which messages a comment is. */
export const comment = z.object({
  id,
  author_id: idOrNone,
  body: z.string().default(''),
  html_body: text,
  public: z.boolean().default(true),
  created_at: text,
  metadata: z.object({ custom: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  attachments: z.array(attachment).default([]),
})
export type Comment = z.infer<typeof comment>

export const part = z.object({ id: z.string(), n: z.number().int(), at: z.string().optional() })

export const userAnswer = z.object({ user })
/** `identities` where they were asked for: all addresses and numbers of each. */
export const usersAnswer = z.object({
  users: z.array(user),
  meta: more,
  identities: z.array(z.object({ user_id: id, type: z.string(), value: text })).default([]),
})
export const ticketAnswer = z.object({ ticket })
export const ticketsAnswer = z.object({ tickets: z.array(ticket), meta: more })
export const commentsAnswer = z.object({ comments: z.array(comment), meta: more })
export const searchAnswer = z.object({ results: z.array(ticket) })

const page = { after_cursor: text, end_of_stream: z.boolean().default(true) }
export const exportedUsers = z.object({ users: z.array(user), ...page })
export const exportedTickets = z.object({ tickets: z.array(ticket), ...page })
export const exportedEvents = z.object({
  ticket_events: z.array(
    z.object({
      ticket_id: id,
      updater_id: idOrNone,
      timestamp: z.number(),
      child_events: z
        .array(
          z.object({
            id,
            event_type: text,
            public: z.boolean().nullish(),
            body: text,
            html_body: text,
            author_id: idOrNone,
            attachments: z.array(attachment).nullish(),
          }),
        )
        .default([]),
    }),
  ),
  end_time: z.number().nullish(),
  end_of_stream: z.boolean().default(true),
})

/** Of one item of a job; `id` of a refused one is its place in the job. */
export const jobResult = z.object({
  id: id.nullish(),
  index: z.number().nullish(),
  error: text,
  details: text,
  status: text,
})
export type JobResult = z.infer<typeof jobResult>
export const job = z.object({
  id: z.string(),
  status: z.string(),
  message: text,
  results: z.union([z.array(jobResult), z.record(z.string(), z.unknown()).transform(() => null)]).nullish(),
})
export type Job = z.infer<typeof job>
export const jobAnswer = z.object({ job_status: job })
export const jobsAnswer = z.object({ job_statuses: z.array(job) })

export const field = z.object({
  id,
  key: text,
  title: text,
  type: z.string(),
  active: z.boolean().default(true),
  removable: z.boolean().default(true),
  required: z.boolean().default(false),
  custom_field_options: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
})
export type ZendeskField = z.infer<typeof field>
export const ticketFieldsAnswer = z.object({ ticket_fields: z.array(field) })
export const userFieldsAnswer = z.object({ user_fields: z.array(field) })
export const statusesAnswer = z.object({
  custom_statuses: z.array(
    z.object({
      id,
      status_category: z.string(),
      agent_label: z.string().default(''),
      active: z.boolean().default(true),
      default: z.boolean().default(false),
    }),
  ),
})
export type CustomStatus = z.infer<typeof statusesAnswer>['custom_statuses'][number]
export const groupsAnswer = z.object({ groups: z.array(z.object({ id, name: z.string() })) })
export const formsAnswer = z.object({
  ticket_forms: z.array(z.object({ id, name: z.string(), active: z.boolean().default(true) })),
})
export const triggersAnswer = z.object({
  triggers: z.array(
    z.object({
      title: z.string(),
      conditions: z
        .object({
          all: z.array(z.object({ field: z.string(), operator: text, value: z.unknown() })).default([]),
        })
        .default({ all: [] }),
      actions: z.array(z.object({ field: z.string(), value: z.unknown() })).default([]),
    }),
  ),
})

const webhook = z.object({
  ...{ id: z.string(), name: z.string(), endpoint: z.string(), status: z.string() },
  subscriptions: z.array(z.string()).default([]),
})
export const webhookAnswer = z.object({ webhook })
export const webhooksAnswer = z.object({ webhooks: z.array(webhook) })
export const secretAnswer = z.object({ signing_secret: z.object({ secret: z.string() }) })
export const invocationsAnswer = z.object({ invocations: z.array(z.object({ status: z.string() })) })
export const uploadAnswer = z.object({ upload: z.object({ token: z.string() }) })

/** Zendesk's errors: three shapes, all of it optional. */
export const zendeskError = z.object({
  error: z
    .union([z.string(), z.object({ title: z.string().optional(), message: z.string().optional() })])
    .optional()
    .catch(undefined),
  description: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  details: z
    .record(z.string(), z.array(z.object({ description: z.string().optional() })))
    .optional()
    .catch(undefined),
})

export const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().optional(),
  scope: z.string().default(''),
  expires_in: z.number().nullish(),
  refresh_token_expires_in: z.number().nullish(),
})

/** An event's ids are text, its words may be upper case, and what is empty is ''. */
export const event = z.object({
  type: z.string(),
  id: z.string().optional(),
  time: z.string(),
  detail: z.object({
    id,
    actor_id: idOrNone,
    external_id: text,
    status: text,
    custom_status: idOrNone,
    priority: text,
    subject: text,
    assignee_id: idOrNone,
    requester_id: idOrNone,
    tags: z.array(z.string()).nullish(),
  }),
  event: z.looseObject({}).default({}),
})
export type ZendeskEvent = z.infer<typeof event>
export const commentEvent = z.object({
  comment: z.object({
    id,
    body: z.string().default(''),
    is_public: z.boolean(),
    author: z.object({ id: idOrNone, is_staff: z.boolean(), name: text }),
    attachment: z.object({ id }).nullish().catch(null),
  }),
})
