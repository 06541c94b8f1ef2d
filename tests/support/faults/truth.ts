/** What must hold when all is quiet, whatever befell on the way: nothing lost, nothing doubled, both sides equal. */
import { DEMO } from '../../../src/node/demo.ts'
import type { Done } from './acts.ts'
import type { World } from './world.ts'

/** Seconds: soon after, when a lease or an abandoned send runs out, at the sweeps, and after the longest wait of a retry. */
const WAITS = [2, 25, 65, 60, 60, 300, 600, 1_800, 3_600]

/** Lets time pass until nothing is under way; answers what is left after hours. */
export async function comeToRest(world: World): Promise<Record<string, number>> {
  let left = await underWay(world)
  for (const seconds of WAITS) {
    await world.pass(seconds)
    left = await underWay(world)
    if (Object.values(left).every(count => count === 0)) break
  }
  return left
}

async function underWay({ database, sandbox }: World) {
  const [row] = await database.owner<Record<string, number>[]>`
    select (select count(*) from outbox)::int as outbox,
      (select count(*) from deliveries where processed_at is null)::int as deliveries,
      (select count(*) from messages where status in ('queued', 'sending'))::int as unsent,
      (select count(*) from engine.runs where state = 'running')::int as runs,
      (select count(*) from links where remote_id is null or pushing_at is not null)::int as pushes`
  return { ...row, webhooks: sandbox.state().pendingWebhooks }
}

/** Everything that is wrong, in words; empty when all is right. */
export async function faultsFound(world: World, done: Done): Promise<string[]> {
  const wrong: string[] = []
  const expectThat = (right: boolean, what: string) => {
    if (!right) wrong.push(what)
  }
  const { owner } = world.database
  const { hubspot, whatsapp } = world.sandbox.state()
  const portal = hubspot.portals.find(each => each.portalId === DEMO.portalId)
  if (!portal) throw new Error('The portal is gone')

  const messages = await owner<Message[]>`
    select id, text, direction, status, ticket_id, source_connection_id from messages order by provider_at, id`
  const inbound = messages.filter(message => message.direction === 'in')
  compare(wrong, 'customers’ messages', done.written, texts(inbound))
  expectThat(
    messages.every(message => message.ticketId !== null),
    'a message is in no ticket',
  )

  const onPhones = whatsapp.chats.flatMap(chat => chat.messages).filter(message => message.direction === 'out')
  const uncertain = new Set(messages.filter(message => message.status === 'uncertain').map(message => message.text))
  compare(
    wrong,
    'answers on the phones',
    done.answered.filter(text => !uncertain.has(text)),
    texts(onPhones).filter(text => !uncertain.has(text)),
  )
  for (const text of uncertain) {
    expectThat(texts(onPhones).filter(each => each === text).length === 0, `“${text}” arrived, and is called uncertain`)
  }
  compare(wrong, 'answers in the inbox', done.answered, texts(messages.filter(message => message.direction === 'out')))

  const people = await owner<{ count: number }[]>`select count(*)::int as count from contacts`
  expectThat(people[0]?.count === done.people.size, `${people[0]?.count} contacts of ${done.people.size} people`)
  const doubled = await owner`
    select contact_id from tickets where state not in ('resolved', 'closed') group by contact_id having count(*) > 1`
  expectThat(doubled.length === 0, 'somebody has two open tickets')

  const told = portal.communications.results.map(record => record.properties.hs_communication_body ?? '')
  // What was written in HubSpot is there already.
  const toBeTold = messages.filter(message => message.sourceConnectionId === null)
  for (const { text } of toBeTold) {
    const times = told.filter(body => body.includes(text)).length
    expectThat(times === 1, `“${text}” is in HubSpot ${times} times`)
  }
  expectThat(told.length === toBeTold.length, `${told.length} messages told to HubSpot, not ${toBeTold.length}`)
  await compareRecords(world, portal, wrong)
  for (const [waId, firstname] of done.renamed) {
    const remote = portal.contacts.results.find(record => record.properties.wa_id === waId)
    expectThat(
      remote?.properties.firstname === firstname,
      `${waId} was called ${firstname} in HubSpot, and is ${remote?.properties.firstname} now`,
    )
  }

  const letters = await owner<{ cause: string }[]>`select cause from dead_letters`
  for (const { cause } of letters) wrong.push(`a dead letter: ${cause}`)
  const failed = await owner<{ functionId: string; error: { message?: string } }[]>`
    select function_id, error from engine.runs where state = 'failed'`
  for (const { functionId, error } of failed) wrong.push(`${functionId} failed: ${error?.message}`)
  expectThat(world.sandbox.state().lostWebhooks === 0, 'a webhook was given up')
  return wrong
}

type Message = {
  id: string
  text: string
  direction: string
  status: string
  ticketId: string | null
  sourceConnectionId: string | null
}
type Portal = ReturnType<World['sandbox']['state']>['hubspot']['portals'][number]

/** Each contact and ticket has one counterpart, with the same values. */
async function compareRecords({ database }: World, portal: Portal, wrong: string[]) {
  const { owner } = database
  const [connection] = await owner<{ settings: { stages: { ours: string; theirs: string }[] } }[]>`
    select settings from connections`
  const stages = new Map(connection?.settings.stages.map(({ ours, theirs }) => [ours, theirs]))
  const contacts = await owner<{ name: string | null; remoteId: string }[]>`
    select contacts.name, links.remote_id from contacts left join links on links.record_id = contacts.id`
  const tickets = await owner<{ number: string; state: string; subject: string; remoteId: string }[]>`
    select tickets.number, tickets.state, tickets.subject, links.remote_id
    from tickets left join links on links.record_id = tickets.id`
  const count = (what: string, here: number, there: number) => {
    if (here !== there) wrong.push(`${here} ${what} here, ${there} in HubSpot`)
  }
  count('contacts', contacts.length, portal.contacts.results.length)
  count('tickets', tickets.length, portal.tickets.results.length)
  for (const { name, remoteId } of contacts) {
    const theirs = portal.contacts.results.find(record => record.id === remoteId)?.properties
    const called = [theirs?.firstname, theirs?.lastname].filter(Boolean).join(' ')
    if (called !== name) wrong.push(`contact “${name}” is “${called}” in HubSpot`)
  }
  for (const { number, state, subject, remoteId } of tickets) {
    const theirs = portal.tickets.results.find(record => record.id === remoteId)?.properties
    if (theirs?.subject !== subject) wrong.push(`ticket ${number}: “${subject}” is “${theirs?.subject}” in HubSpot`)
    if (theirs?.hs_pipeline_stage !== stages.get(state)) {
      wrong.push(`ticket ${number}: ${state} is stage ${theirs?.hs_pipeline_stage} in HubSpot`)
    }
  }
}

function compare(wrong: string[], what: string, expected: string[], found: string[]) {
  const times = (list: string[], text: string) => list.filter(each => each === text).length
  for (const text of new Set([...expected, ...found])) {
    const [wanted, got] = [times(expected, text), times(found, text)]
    if (wanted !== got) wrong.push(`${what}: “${text}” ${got} times, not ${wanted}`)
  }
}

function texts(list: { text?: string | undefined }[]): string[] {
  return list.map(each => each.text ?? '')
}
