/** What people do, drawn by a seed: customers write and read, agents answer, edit and close, here and in HubSpot. */
import { DEMO } from '../../../src/node/demo.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import type { World } from './world.ts'

export type Random = {
  /** From 0 to `below` - 1. */
  int(below: number): number
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T | undefined
}

export function randomOf(seed: number): Random {
  const next = seededRandom(seed)
  const int = (below: number) => Math.floor(next() * below)
  return { int, chance: share => next() < share, pick: items => items[int(items.length)] }
}

/** What was done, for the comparison afterwards. Texts are told apart by a mark of their own. */
export type Done = {
  people: Set<string>
  /** Texts written by customers: each must be a message, once. */
  written: string[]
  /** Texts of agents, here and in HubSpot: each must be on the phone, once. */
  answered: string[]
  /** The last first name given in HubSpot, by number. */
  renamed: Map<string, string>
}

export const nothingDone = (): Done => ({ people: new Set(), written: [], answered: [], renamed: new Map() })

const PEOPLE = 4
const numberOf = (person: number) => `52155${String(40_000_000 + person)}`
const NAMES = ['Ana', 'Beatriz', 'Carmen', 'Diego', 'Elena', 'Fabio']

/** One to three things at once. */
export async function act(world: World, done: Done, random: Random, mark: string) {
  const acts = Array.from({ length: 1 + random.int(3) }, (_, n) => oneAct(world, done, random, `${mark}.${n}`))
  await Promise.all(acts)
}

function oneAct(world: World, done: Done, random: Random, mark: string): Promise<void> {
  const { hubspot, whatsapp } = world.sandbox
  const records = (type: string) => hubspot.objects(DEMO.portalId, type).results
  const kind = done.people.size === 0 ? 0 : random.int(10)
  switch (kind) {
    case 4: {
      const contact = random.pick(records('contacts'))
      const owner = random.pick(['71001', '71002', '71003'])
      if (!contact || !owner || !canAnswer(world, contact.properties.wa_id)) break
      const text = `respuesta ${mark} del CRM`
      hubspot.reply(DEMO.portalId, { contactId: contact.id, text, ownerId: owner })
      done.answered.push(text)
      break
    }
    case 5: {
      const ticket = random.pick(records('tickets'))
      if (ticket) hubspot.edit(DEMO.portalId, 'tickets', ticket.id, { properties: { hs_pipeline_stage: '4' } })
      break
    }
    case 6: {
      const contact = random.pick(records('contacts'))
      const firstname = `${random.pick(NAMES)} ${mark}`
      if (!contact) break
      hubspot.edit(DEMO.portalId, 'contacts', contact.id, { properties: { firstname } })
      done.renamed.set(contact.properties.wa_id ?? '', firstname)
      break
    }
    case 7:
      return answerByApi(world, done, random, mark)
    case 8:
      return changeByApi(world, random)
    case 9: {
      const person = random.pick([...done.people])
      if (person) whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: person })
      break
    }
    default:
      write(world, done, random, mark)
  }
  return Promise.resolve()
}

function write(world: World, done: Done, random: Random, mark: string) {
  const messages = Array.from({ length: 1 + random.int(3) }, (_, n) => {
    const person = random.int(PEOPLE)
    const from = numberOf(person)
    done.people.add(from)
    const text = `mensaje ${mark}.${n} de un cliente`
    done.written.push(text)
    return { from, name: `Persona ${person}`, text }
  })
  const disorder = { batch: 1 + random.int(3), duplicates: 1 + random.int(3), shuffle: true, seed: random.int(1000) }
  world.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages, ...disorder })
}

/** HubSpot lets an agent answer in a thread only, which the first message opens. */
function canAnswer(world: World, waId: string | undefined): boolean {
  const { chats, people } = world.sandbox.state().whatsapp
  const key = people.find(person => person.waId === waId || person.waId.slice(-10) === waId?.slice(-10))?.key
  return chats.some(chat => chat.person === key && chat.windowOpen)
}

async function answerByApi(world: World, done: Done, random: Random, mark: string) {
  const ticket = await anyTicket(world, random)
  if (!ticket) return
  const text = `respuesta ${mark} de aquí`
  const answer = await world.api('POST', `/tickets/${ticket}/reply`, { text, idempotencyKey: mark })
  if (answer.status === 202) done.answered.push(text)
  else if (answer.status !== 409) throw new Error(`The reply was refused: ${JSON.stringify(answer)}`)
}

async function changeByApi(world: World, random: Random) {
  const ticket = await anyTicket(world, random)
  if (!ticket) return
  if (random.chance(0.5)) await world.api('POST', `/tickets/${ticket}/resolve`)
  else await world.api('PATCH', `/tickets/${ticket}`, { priority: random.pick(['low', 'normal', 'high', 'urgent']) })
}

async function anyTicket(world: World, random: Random): Promise<string | undefined> {
  const { body } = await world.api('GET', '/tickets')
  const items = body.items as { id: string }[]
  return random.pick(items.toSorted((a, b) => (a.id < b.id ? -1 : 1)))?.id
}
