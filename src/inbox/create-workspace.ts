/** A workspace with its people, teams, rules, hours and deadlines, ready for its first message. */
import { z } from 'zod'
import { calendarShape } from '../core/business-hours.ts'
import { languages } from '../core/errors.ts'
import { ruleActions, ruleConditions } from '../core/routing.ts'
import { DEFAULT_GRACE_HOURS, priorities } from '../core/ticket.ts'
import type { Db } from '../db/client.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { insertWorkspace } from '../db/workspaces.ts'
import { newId } from './new-id.ts'

const minutes = z.number().int().positive().nullable()

/** People and teams are named; names are told apart within the workspace. */
export const newWorkspace = z.object({
  name: z.string().min(1),
  language: z.enum(languages),
  graceHours: z.number().int().positive().default(DEFAULT_GRACE_HOURS),
  timeZone: z.string().default('UTC'),
  agents: z
    .array(
      z.object({
        ...{ name: z.string().min(1), email: z.email() },
        role: z.enum(['admin', 'supervisor', 'agent']).default('agent'),
        /** Who signs in as them; others are invited by their e-mail. */
        userId: z.uuid().optional(),
      }),
    )
    .min(1),
  /** The first team is the one that gets what no rule says. */
  teams: z.array(z.object({ name: z.string().min(1), members: z.array(z.email()) })).min(1),
  rules: z
    .array(
      z.object({
        name: z.string(),
        conditions: ruleConditions,
        actions: ruleActions.omit({ teamId: true, agentId: true }).extend({ team: z.string().optional() }),
      }),
    )
    .default([]),
  calendar: calendarShape,
  policies: z.array(
    z.object({
      name: z.string(),
      priority: z.enum(priorities).nullable(),
      ...{ frtMinutes: minutes, nrtMinutes: minutes, ttrMinutes: minutes },
    }),
  ),
})
export type NewWorkspace = z.input<typeof newWorkspace>

/** Share of a deadline after which somebody is warned. */
const WARN_AT = 0.8

/** `keyHash` is the SHA-256 of its first API key, where it has one. Throws a ZodError on input that is none. Returns its id. */
export async function createWorkspace(db: Db, input: NewWorkspace, keyHash: string | null, now: Date): Promise<string> {
  const given = newWorkspace.parse(input)
  const workspaceId = newId()
  const own = { workspaceId }
  const agents = given.agents.map(agent => ({ id: newId(), ...own, ...agent, available: true, createdAt: now }))
  const teams = given.teams.map((team, nth) => ({ id: newId(), ...own, name: team.name, isDefault: nth === 0 }))
  const businessHours = { id: newId(), ...own, name: given.name, calendar: given.calendar, isDefault: true }
  await inWorkspace(db, workspaceId, tx =>
    insertWorkspace(tx, {
      workspace: {
        ...{ id: workspaceId, name: given.name, language: given.language, graceHours: given.graceHours },
        ...{ timeZone: given.timeZone, singleSession: false },
        ...{ lastTicketNumber: FIRST_TICKET - 1, createdAt: now, configVersion: 0 },
      },
      apiKeys: keyHash ? [{ id: newId(), ...own, name: given.name, keyHash, createdAt: now }] : [],
      agents,
      teams,
      teamMembers: given.teams.flatMap((team, nth) =>
        team.members.flatMap(email => {
          const agent = agents.find(each => each.email === email)
          return agent ? [{ ...own, teamId: teams[nth]?.id, agentId: agent.id }] : []
        }),
      ),
      routingRules: given.rules.map(({ name, conditions, actions: { team, ...actions } }, nth) => {
        const teamId = teams.find(each => each.name === team)?.id
        const rule = { id: newId(), ...own, position: nth + 1, name, enabled: true, hits: 0 }
        return { ...rule, conditions, actions: { ...actions, ...(teamId ? { teamId } : {}) } }
      }),
      businessHours: [businessHours],
      slaPolicies: given.policies.map((policy, nth) => ({
        ...{ id: newId(), ...own, ...policy, businessHoursId: businessHours.id },
        ...{ pauseWhileWaiting: true, warnAt: WARN_AT, position: nth, escalation: [] },
      })),
    }),
  )
  return workspaceId
}

/** Of a ticket's number, which people read and say: four digits from the first. */
const FIRST_TICKET = 1001
