import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  json,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

/** Tables of `src/engine`, the durable function engine. Payloads are `json`, which, unlike `jsonb`, takes any JSON. */
export const engine = pgSchema('engine')

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** One execution of one function: what it was given and how it ended. */
export const runs = engine.table(
  'runs',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    functionId: text('function_id').notNull(),
    state: text('state').notNull().default('running'),
    events: json('events').notNull(),
    /** Concurrency keys, in the order of the function's constraints. */
    keys: text('keys').array().notNull().default(sql`'{}'`),
    /** Parallel steps and sleeps not yet finished. */
    pending: integer('pending').notNull().default(0),
    output: json('output'),
    /** How it failed, or why it is being retried. */
    error: json('error'),
    /** The events that cancel it, as listeners; kept for the day it is reopened. */
    cancelOn: json('cancel_on'),
    /** The item of another run that invoked it and waits for its end. */
    parentItem: bigint('parent_item', { mode: 'number' }),
    createdAt: instant('created_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  table => [
    check('runs_state', sql`${table.state} in ('running', 'completed', 'failed', 'cancelled')`),
    index('runs_function').on(table.functionId, table.createdAt),
    index('runs_created').on(table.createdAt, table.id),
    index('runs_parent').on(table.parentItem).where(sql`${table.parentItem} is not null`),
    index('runs_finished').on(table.finishedAt).where(sql`${table.finishedAt} is not null`),
  ],
)

/** A finished step: its result is written once and given to every later call of its run. */
export const steps = engine.table(
  'steps',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    id: text('id').notNull(),
    /** Order of completion. */
    position: bigint('position', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    name: text('name').notNull(),
    output: json('output').notNull(),
    finishedAt: instant('finished_at').notNull(),
  },
  table => [primaryKey({ columns: [table.runId, table.id] })],
)

/** The queue. Each running run has one item `step`, its next call; parallel steps, sleeps and waits have their own. */
export const items = engine.table(
  'items',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: uuid('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    functionId: text('function_id').notNull(),
    stepId: text('step_id').notNull(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    keys: text('keys').array().notNull().default(sql`'{}'`),
    /** When it is due; while leased, when the lease runs out; null while the run waits for its parallel steps. */
    at: instant('at'),
    attempt: integer('attempt').notNull().default(0),
    lease: uuid('lease'),
    /** A step of the run finished while this call was out: call once more. */
    again: boolean('again').notNull().default(false),
    /** Why it is being retried. */
    error: json('error'),
    /** What a sleep, a wait or an invoked function comes to when its time is up: null or an error. */
    output: json('output'),
    /** The throttle that the start of the run has yet to pass. */
    throttle: text('throttle'),
    /** The run goes on as soon as this one is done, without its siblings. */
    race: boolean('race').notNull().default(false),
  },
  table => [
    check('items_kind', sql`${table.kind} in ('call', 'sleep', 'wait', 'invoke')`),
    unique('items_step').on(table.runId, table.stepId),
    index('items_due').on(table.at, table.id),
    index('items_leased').on(table.at).where(sql`${table.lease} is not null`),
  ],
)

/**
 * Who listens to which event: a waiting item goes on with it, and an item `step` is cancelled with its run. It is gone
 * with its item. With a path, only an event that holds the value there can match; the expression is what else it asks.
 */
export const listeners = engine.table(
  'listeners',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    itemId: bigint('item_id', { mode: 'number' })
      .notNull()
      .references(() => items.id, { onDelete: 'cascade' }),
    event: text('event').notNull(),
    path: text('path').notNull(),
    value: text('value').notNull(),
    expression: text('expression'),
    expiresAt: instant('expires_at'),
  },
  table => [
    index('listeners_match').on(table.event, table.path, table.value),
    index('listeners_item').on(table.itemId),
  ],
)

/** When the next run of a throttle would start, if they were spaced evenly: the theoretical arrival time of GCRA. */
export const throttles = engine.table(
  'throttles',
  { key: text('key').primaryKey(), nextAt: instant('next_at').notNull() },
  table => [index('throttles_next').on(table.nextAt)],
)

/** What starts runs later: open debounces and batches, and the next tick of each cron. */
export const timers = engine.table(
  'timers',
  {
    functionId: text('function_id').notNull(),
    kind: text('kind').notNull(),
    key: text('key').notNull(),
    events: json('events').array().notNull().default(sql`'{}'`),
    dueAt: instant('due_at').notNull(),
    /** A debounce is not pushed beyond this. */
    deadline: instant('deadline'),
    /** A batch that holds as many is due at once. */
    size: integer('size'),
  },
  table => [
    check('timers_kind', sql`${table.kind} in ('debounce', 'batch', 'cron')`),
    primaryKey({ columns: [table.functionId, table.kind, table.key] }),
    index('timers_due').on(table.dueAt),
  ],
)

/** What has happened and may not happen again before `until`: an event id, an idempotency key, a cron tick. */
export const once = engine.table(
  'once',
  { key: text('key').primaryKey(), until: instant('until').notNull() },
  table => [index('once_until').on(table.until)],
)
