import { z } from 'zod'
import { createGoogleActs } from '../google-sheets/acts.ts'
import type { GoogleLimiter } from '../google-sheets/door.ts'
import { defaultType, link, unlink } from '../hubspot/associations.ts'
import { type ChangeFeed, personSource } from '../hubspot/changes.ts'
import { replyAsAgent } from '../hubspot/channels.ts'
import { keepUpload } from '../hubspot/file-routes.ts'
import { mergeRecords } from '../hubspot/merge.ts'
import type { Limiter } from '../hubspot/rate-limit.ts'
import {
  archiveRecord,
  commitWrite,
  findRecord,
  prepareWrite,
  purgeRecord,
  restoreRecord,
  type Scope,
} from '../hubspot/records.ts'
import { newPortal, objectTypeOf, type Portal, type Store } from '../hubspot/state.ts'
import { unknownProperties } from '../hubspot/values.ts'
import { emptyWorld, type Runtime } from '../runtime.ts'
import { createSalesforceActs } from '../salesforce/acts.ts'
import { phonesOf } from '../whatsapp/accounts.ts'
import { keepFile } from '../whatsapp/files.ts'
import { openChat, reactTo, writeInbound } from '../whatsapp/inbound.ts'
import { reviewTemplate } from '../whatsapp/review.ts'
import { releaseHeld } from '../whatsapp/send.ts'
import { type Person, type Phone, personByNumber, putPerson, type Template } from '../whatsapp/state.ts'
import { findTemplate, newTemplateId } from '../whatsapp/templates.ts'
import { metaJson, postBody } from '../whatsapp/updates.ts'
import { createZendeskActs } from '../zendesk/acts.ts'
import type { Zendesk } from '../zendesk/api.ts'
import { ControlError } from './error.ts'
import * as schema from './schema.ts'
import { type Limits, objectsOf, stateView } from './views.ts'

export type Acts = ReturnType<typeof createActs>

/** What tests and the page do to the simulation; the HTTP control API calls these. */
export function createActs(
  runtime: Runtime,
  feed: ChangeFeed,
  limiter: Limiter,
  googleLimiter: GoogleLimiter,
  zendesk: Zendesk,
) {
  const { world, bus, courier, faults, calls, clock } = runtime

  const whatsapp = {
    /** Registers a number, or changes the settings of a known one. */
    phones(input: schema.PhoneInput): Phone {
      const given = defined(parse(schema.phoneSchema, input))
      const known = world.whatsapp.phones.get(given.phoneNumberId)
      const phone = Object.assign(known ?? { ...PHONE_DEFAULTS }, given) as Phone
      world.whatsapp.phones.set(phone.phoneNumberId, phone)
      // An app hears of an account, not of a number.
      if (given.subscribed !== undefined) {
        for (const each of phonesOf(world.whatsapp, phone.wabaId)) each.subscribed = given.subscribed
      }
      bus.changed()
      return phone
    },
    /** An app as its dashboard has it: where its webhooks go, and which fields. */
    apps(input: schema.AppInput): { appId: string } {
      const app = parse(schema.appSchema, input)
      world.whatsapp.apps.set(app.appId, app)
      return { appId: app.appId }
    },
    /** A token, and the code that a sign-up hands out for it. */
    tokens(input: schema.TokenInput): { appId: string } {
      const { token, code, ...facts } = parse(schema.tokenSchema, input)
      world.whatsapp.tokens.set(token, facts)
      if (code) world.whatsapp.codes.set(code, token)
      return { appId: facts.appId }
    },
    accounts(input: schema.AccountInput): { wabaId: string } {
      const { wabaId, ...account } = parse(schema.accountSchema, input)
      world.whatsapp.accounts.set(wabaId, account)
      return { wabaId }
    },
    people(input: schema.PersonInput): Person {
      const person = parse(schema.personSchema, input)
      const kept = putPerson(world.whatsapp, { ...person, waId: person.waId.replace('+', '') })
      bus.changed()
      return kept
    },
    inbound(input: schema.InboundInput): { ids: string[] } {
      const { phoneNumberId, messages, ...disorder } = parse(schema.inboundSchema, input)
      return { ids: writeInbound(runtime, phoneOf(phoneNumberId), messages, defined(disorder)) }
    },
    /** A file that the business has put there already, by another way than ours. */
    files(input: schema.FileInput): { id: string; sha256: string } {
      const { phoneNumberId, ...given } = parse(schema.fileSchema, input)
      const { id, sha256 } = keepFile(runtime, phoneOf(phoneNumberId), { ...given, uploaded: true })
      return { id, sha256 }
    },
    /** Signs and posts any body, for shapes that the simulation does not make itself. */
    raw(input: { phoneNumberId: string; body: unknown }): { sent: true } {
      const { phoneNumberId, body } = parse(schema.rawSchema, input)
      postBody(courier, phoneOf(phoneNumberId), typeof body === 'string' ? body : metaJson(body))
      return { sent: true }
    },
    read(input: { phoneNumberId: string; waId: string }): { ids: string[] } {
      const { phoneNumberId, waId } = parse(schema.readSchema, input)
      return { ids: openChat(runtime, phoneOf(phoneNumberId), personOf(waId)) }
    },
    react(input: { phoneNumberId: string; waId: string; messageId: string; emoji: string }): { id: string } {
      const { phoneNumberId, waId, messageId, emoji } = parse(schema.reactSchema, input)
      return { id: reactTo(runtime, phoneOf(phoneNumberId), personOf(waId), messageId, emoji) }
    },
    /** A template that Meta has already, as if made in its own manager; nothing is told. */
    templates(input: schema.TemplateInput): Template {
      const { parameterFormat, status, ...given } = parse(schema.templateSchema, input)
      const known = findTemplate(world.whatsapp, given.wabaId, given.name, given.language)
      const template: Template = {
        ...given,
        ...{ id: known?.id ?? newTemplateId(), status, parameter_format: parameterFormat },
        ...{ rejectedReason: 'NONE', quality: 'UNKNOWN' },
      }
      world.whatsapp.templates.set(template.id, template)
      bus.changed()
      return template
    },
    /** Meta reviews, pauses, judges or moves a template, and tells so. */
    review(input: schema.ReviewInput): Template {
      const { wabaId, name, language, ...decision } = parse(schema.reviewSchema, input)
      const template = findTemplate(world.whatsapp, wabaId, name, language)
      if (!template) throw new ControlError(404, `no template ${name} in ${language}`)
      reviewTemplate(runtime, template, defined(decision))
      bus.changed()
      return template
    },
    /** The next messages fail with this code, in the answer or later by their state. */
    fail(input: schema.FailureInput): { failures: number } {
      world.whatsapp.failures.push(parse(schema.failureSchema, input))
      return { failures: world.whatsapp.failures.length }
    },
    /** Meta decides over templates that it held. */
    release(input: { phoneNumberId: string; deliver?: boolean }): { released: number } {
      const { phoneNumberId, deliver } = parse(schema.releaseSchema, input)
      return { released: releaseHeld(runtime, phoneOf(phoneNumberId), deliver) }
    },
  }

  const hubspot = {
    /** Opens a portal, or changes the settings of a known one. */
    portals(input: schema.PortalInput): { portalId: number } {
      const given = parse(schema.portalSchema, input)
      const portal = world.hubspot.portals.get(given.portalId) ?? newPortal(given)
      world.hubspot.portals.set(portal.portalId, portal)
      return configure(portal, given)
    },
    configure(portalId: number, input: schema.PortalPatch): { portalId: number } {
      return configure(portalOf(portalId), parse(schema.portalPatchSchema, input))
    },
    objects(portalId: number, type: string) {
      return objectsOf(portalOf(portalId), storeOf(portalId, type))
    },
    /** A person makes a record in HubSpot. */
    create(portalId: number, type: string, input: z.input<typeof schema.createSchema>) {
      const { properties, contactId, userId } = parse(schema.createSchema, input)
      const store = storeOf(portalId, type)
      const record = write(personScope(portalId, userId), store, properties, undefined)
      const contacts = portalOf(portalId).stores.contacts
      const contact = contactId === undefined ? undefined : findRecord(contacts, contactId)
      if (contact && store.type === 'tickets') link(store, record, contacts, contact, [16])
      bus.changed()
      return { id: record.id, properties: record.properties }
    },
    /** A person changes a record in HubSpot. */
    edit(portalId: number, type: string, id: string, input: z.input<typeof schema.editSchema>) {
      const { properties, userId } = parse(schema.editSchema, input)
      const store = storeOf(portalId, type)
      const record = findRecord(store, id)
      if (!record) throw new ControlError(404, `no ${store.singular} ${id}`)
      write(personScope(portalId, userId), store, properties, record)
      bus.changed()
      return { id: record.id, properties: record.properties }
    },
    archive(portalId: number, type: string, id: string, userId?: number): { archived: string } {
      const store = storeOf(portalId, type)
      const record = findRecord(store, id)
      if (!record) throw new ControlError(404, `no ${store.singular} ${id}`)
      archiveRecord(personScope(portalId, userId), store, record)
      bus.changed()
      return { archived: record.id }
    },
    /** A person brings back what was archived. */
    restore(portalId: number, type: string, id: string, userId?: number): { restored: string } {
      const store = storeOf(portalId, type)
      const record = store.archivedRecords.get(id)
      if (!record) throw new ControlError(404, `no archived ${store.singular} ${id}`)
      restoreRecord(personScope(portalId, userId), store, record)
      bus.changed()
      return { restored: record.id }
    },
    /** A person erases somebody for good, as privacy laws ask. */
    purge(portalId: number, id: string, userId?: number): { purged: string } {
      const store = storeOf(portalId, 'contacts')
      const record = findRecord(store, id)
      if (!record) throw new ControlError(404, `no contact ${id}`)
      purgeRecord(personScope(portalId, userId), store, record)
      bus.changed()
      return { purged: record.id }
    },
    /** A person associates two records, or parts them. */
    associate(portalId: number, input: z.input<typeof schema.associateSchema>): { associated: boolean } {
      const { from, fromId, to, toId, remove, userId } = parse(schema.associateSchema, input)
      const [store, toStore] = [storeOf(portalId, from), storeOf(portalId, to)]
      const [record, other] = [findRecord(store, fromId), findRecord(toStore, toId)]
      const type = defaultType(store.type, toStore.type)
      if (!record || !other || !type) throw new ControlError(404, 'no such pair of records')
      if (remove) unlink(store, record, toStore, other)
      else link(store, record, toStore, other, [type.associationTypeId])
      const scope = personScope(portalId, userId)
      scope.feed.associated(scope, store, record, toStore, other, remove)
      bus.changed()
      return { associated: !remove }
    },
    /** An agent answers a customer in HubSpot's inbox. */
    reply(portalId: number, input: z.input<typeof schema.replySchema>) {
      const message = replyAsAgent(personScope(portalId), courier, {
        ...parse(schema.replySchema, input),
        filesAt: file => keepUpload(runtime, portalOf(portalId), file),
      })
      if ('category' in message) throw new ControlError(400, message.message)
      bus.changed()
      return { id: message.id, conversationsThreadId: message.conversationsThreadId }
    },
    merge(portalId: number, input: z.input<typeof schema.mergeSchema>): { id: string } {
      const { type, primaryObjectId, objectIdToMerge, userId } = parse(schema.mergeSchema, input)
      const scope = personScope(portalId, userId)
      const survivor = mergeRecords(scope, storeOf(portalId, type), primaryObjectId, objectIdToMerge)
      if ('category' in survivor) throw new ControlError(400, survivor.message)
      bus.changed()
      return { id: survivor.id }
    },
  }

  return {
    whatsapp,
    hubspot,
    salesforce: createSalesforceActs(runtime),
    google: createGoogleActs(runtime, googleLimiter),
    zendesk: createZendeskActs(runtime, zendesk.tell),
    faults: {
      add(input: schema.FaultInput) {
        faults.add(parse(schema.faultSchema, input))
        return { faults: faults.list() }
      },
      clear: () => faults.clear(),
      list: () => faults.list(),
    },
    calls: { report: calls.report, clear: calls.clear },
    state: (limits?: Limits) => stateView(runtime, limits),
    /** Moves the simulated clock. */
    time(input: schema.TimeInput): { now: string } {
      const given = parse(schema.timeSchema, input)
      const by = 'now' in given ? Date.parse(given.now) - clock.now() : given.advanceMs
      world.clock.offsetMs += by
      bus.changed()
      return { now: clock.iso() }
    },
    /** Empties the simulation; registered numbers, portals and faults go too. */
    reset(): void {
      courier.reset()
      faults.clear()
      calls.clear()
      limiter.reset()
      googleLimiter.reset()
      zendesk.limiter.reset()
      Object.assign(world, emptyWorld())
      bus.changed()
    },
  }

  function configure(portal: Portal, given: z.infer<typeof schema.portalPatchSchema>): { portalId: number } {
    const { owners, ...settings } = defined(given)
    world.hubspot.tokens.delete(portal.token)
    Object.assign(portal, settings)
    if (owners) portal.owners = new Map(owners.map(owner => [owner.id, owner]))
    world.hubspot.tokens.set(portal.token, portal.portalId)
    bus.changed()
    return { portalId: portal.portalId }
  }

  function write(
    scope: Scope,
    store: Store,
    properties: Record<string, string>,
    record: Parameters<typeof prepareWrite>[3],
  ) {
    const unknown = unknownProperties(scope.portal, store, [{ properties }])
    if (unknown) throw new ControlError(400, unknown.message)
    const prepared = prepareWrite(scope, store, properties, record, new Set())
    if (!prepared.ok) throw new ControlError(400, prepared.refusal.message)
    return commitWrite(scope, store, prepared.value)
  }

  function personScope(portalId: number, userId?: number): Scope {
    const portal = portalOf(portalId)
    const [first] = portal.owners.values()
    return { state: world.hubspot, portal, source: personSource(userId ?? first?.userId ?? 1), feed, clock }
  }

  function phoneOf(id: string): Phone {
    const phone = world.whatsapp.phones.get(id)
    if (!phone) throw new ControlError(404, `no phone ${id}`)
    return phone
  }

  function personOf(waId: string): Person {
    const person = personByNumber(world.whatsapp, waId)
    if (!person) throw new ControlError(404, `no person ${waId}`)
    return person
  }

  function portalOf(id: number): Portal {
    const portal = world.hubspot.portals.get(id)
    if (!portal) throw new ControlError(404, `no portal ${id}`)
    return portal
  }

  function storeOf(portalId: number, name: string): Store {
    const type = objectTypeOf(name)
    if (type === undefined) throw new ControlError(404, `no object type ${name}`)
    return portalOf(portalId).stores[type]
  }
}

const PHONE_DEFAULTS = {
  registered: true,
  autoRead: false,
  batch: 1,
  duplicates: 1,
  shuffle: false,
  seed: 1,
  statusDelayMs: 20,
}

function parse<T>(shape: z.ZodType<T>, input: unknown): T {
  const parsed = shape.safeParse(input)
  if (parsed.success) return parsed.data
  throw new ControlError(400, z.prettifyError(parsed.error))
}

/** Settings that were not given leave the old ones alone. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
