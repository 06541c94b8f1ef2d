/**
 * SOAP, as far as REST has no words: `createMetadata` makes our fields and objects, `merge`, `convertLead`, `emptyRecycleBin`. The
 * envelopes of one client are read, so elements without attributes and namespaces of their own are enough.
 */
import { addPersonField, type FieldDef, field, reference, store } from './fields.ts'
import type { Org, SObjectStore } from './state.ts'
import { storeNamed } from './state.ts'
import { convertLead, findRow, mergeRows, type Scope } from './write.ts'

type Element = { name: string; attributes: string; text: string; children: Element[] }

/** Null for what this sandbox does not know. */
export function answerSoap(scope: Scope, body: string): string | null {
  const envelope = parse(body)
  const [act] = find(envelope, 'soapenv:Body')?.children ?? []
  switch (act?.name) {
    case 'createMetadata':
      return respond(
        act.name,
        all(act, 'metadata')
          .map(metadata => make(scope.org, metadata))
          .join(''),
      )
    case 'merge': {
      const request = find(act, 'request')
      const master = request && find(request, 'masterRecord')
      const type = (master && textOf(master, 'type')) ?? ''
      const target = storeNamed(scope.org, type)
      const ids = request ? all(request, 'recordToMergeIds').map(({ text }) => text) : []
      const rows = [master ? (textOf(master, 'Id') ?? '') : '', ...ids].map(id => target && findRow(target, id))
      const [survivor, ...losers] = rows
      if (!target || !survivor || survivor.deleted || losers.some(loser => !loser || loser.deleted)) {
        return respond('merge', result(false, '', 'ENTITY_IS_DELETED', 'entity is deleted'))
      }
      mergeRows(scope, target, survivor, losers as NonNullable<(typeof losers)[number]>[])
      return respond('merge', result(true, survivor.id))
    }
    case 'convertLead': {
      const lead = storeNamed(scope.org, 'Lead')?.rows.get(textOf(act, 'leadId') ?? '')
      if (!lead) return respond('convertLead', result(false, '', 'INVALID_ID_FIELD', 'no such lead'))
      const contactId = convertLead(scope, lead, textOf(act, 'contactId'))
      return respond('convertLead', `<result><contactId>${contactId}</contactId><success>true</success></result>`)
    }
    case 'emptyRecycleBin':
      return respond(
        act.name,
        all(act, 'ids')
          .map(({ text }) => emptied(scope.org, text))
          .join(''),
      )
  }
  return null
}

function emptied(org: Org, id: string): string {
  for (const { rows } of org.objects.values()) {
    const row = rows.get(id)
    if (!row?.deleted) continue
    rows.delete(id)
    // A person account takes its contact along.
    org.objects.get('Contact')?.rows.delete(String(row.fields.PersonContactId ?? ''))
    return result(true, id)
  }
  return result(false, id, 'INVALID_ID_FIELD', 'Invalid record id; no recycle bin entry found')
}

function make(org: Org, metadata: Element): string {
  const kind = /xsi:type="(\w+)"/.exec(metadata.attributes)?.[1]
  const fullName = textOf(metadata, 'fullName') ?? ''
  const said = (success: boolean, code?: string, message?: string) => {
    const errors = code ? `<errors><message>${message}</message><statusCode>${code}</statusCode></errors>` : ''
    return `<result>${errors}<fullName>${fullName}</fullName><success>${success}</success></result>`
  }
  const duplicate = () => said(false, 'DUPLICATE_DEVELOPER_NAME', `There is already one named ${fullName}.`)
  switch (kind) {
    case 'CustomField': {
      const [object = '', name = ''] = fullName.split('.')
      const target = storeNamed(org, object)
      if (!target) return said(false, 'INVALID_CROSS_REFERENCE_KEY', `Entity ${object} cannot be found`)
      if (target.fields.has(name)) return duplicate()
      addField(org, target, name, metadata)
      return said(true)
    }
    case 'CustomObject': {
      if (org.objects.has(fullName)) return duplicate()
      const made = store(fullName, `a${String(org.objects.size).padStart(2, '0')}`, [
        field('Name', 'string', { createable: false, updateable: false }),
      ])
      for (const each of all(metadata, 'fields')) addField(org, made, textOf(each, 'fullName') ?? '', each)
      org.objects.set(fullName, made)
      return said(true)
    }
    case 'PermissionSet': {
      if (org.permissionSets.includes(fullName)) return duplicate()
      org.permissionSets.push(fullName)
      const sets = org.objects.get('PermissionSet') as SObjectStore
      const id = `0PS${String(sets.rows.size + 1).padStart(12, '0')}GAA`
      sets.rows.set(id, { id, deleted: false, fields: { Name: fullName } })
      // What nobody was given is nobody's to see: from now on it is the integration user's.
      return said(true)
    }
  }
  return said(false, 'INVALID_TYPE', `${kind} is not made here`)
}

const TYPES: Record<string, string> = {
  ...{ Text: 'string', Picklist: 'picklist', LongTextArea: 'textarea', DateTime: 'datetime', Phone: 'phone' },
  ...{ Number: 'double', Checkbox: 'boolean', Lookup: 'reference', Email: 'email' },
}

function addField(org: Org, target: SObjectStore, name: string, metadata: Element) {
  const type = TYPES[textOf(metadata, 'type') ?? ''] ?? 'string'
  const values = all(metadata, 'value').map(each => textOf(each, 'fullName') ?? '')
  const given: Partial<FieldDef> = {
    label: textOf(metadata, 'label') ?? name,
    length: Number(textOf(metadata, 'length') ?? 0),
    unique: textOf(metadata, 'unique') === 'true',
    externalId: textOf(metadata, 'externalId') === 'true',
    restrictedPicklist: textOf(metadata, 'restricted') === 'true',
    picklistValues: values.map(value => ({ value, label: value, active: true, defaultValue: false })),
  }
  const to = textOf(metadata, 'referenceTo')
  const made = to
    ? reference(name, to, name.replace(/__c$/, '__r'), { label: given.label ?? name })
    : field(name, type, given)
  target.fields.set(name, made)
  const accounts = target.name === 'Contact' ? storeNamed(org, 'Account') : undefined
  if (accounts?.fields.has('IsPersonAccount')) addPersonField(accounts, made)
  for (const row of target.rows.values()) row.fields[name] ??= type === 'boolean' ? false : null
}

function result(success: boolean, id: string, code?: string, message?: string): string {
  const errors = code ? `<errors><message>${message}</message><statusCode>${code}</statusCode></errors>` : ''
  return `<result>${errors}<id>${id}</id><success>${success}</success></result>`
}

function respond(act: string, inner: string): string {
  return envelopeOf(`<${act}Response>${inner}</${act}Response>`)
}

export function fault(code: string, message: string): string {
  const detail = `<faultcode>sf:${code}</faultcode><faultstring>${code}: ${message}</faultstring>`
  return envelopeOf(`<soapenv:Fault>${detail}</soapenv:Fault>`)
}

function envelopeOf(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`
}

/** The session that an envelope carries. */
export function sessionOf(body: string): string {
  const session = /<sessionId>([^<]*)<\/sessionId>/.exec(body)?.[1] ?? ''
  return decode(session)
}

function parse(xml: string): Element {
  const root: Element = { name: '', attributes: '', text: '', children: [] }
  const open = [root]
  for (const [, closing, name = '', attributes = '', empty, text] of xml.matchAll(
    /<(\/)?([\w:]+)([^>]*?)(\/)?>([^<]*)/g,
  )) {
    if (closing) open.pop()
    else {
      const element = { name, attributes, text: decode((text ?? '').trim()), children: [] }
      open.at(-1)?.children.push(element)
      if (!empty) open.push(element)
    }
  }
  return root
}

function find(element: Element, name: string): Element | undefined {
  for (const child of element.children) {
    const found = child.name === name ? child : find(child, name)
    if (found) return found
  }
  return undefined
}

/** Of all below, down to those that have such of their own. */
function all(element: Element, name: string): Element[] {
  return element.children.flatMap(child => (child.name === name ? [child] : all(child, name)))
}

/** Of the element's own children. */
function textOf(element: Element, name: string): string | undefined {
  const own = element.children.find(child => child.name === name)
  return own?.text ?? (name === 'restricted' ? find(element, name)?.text : undefined)
}

function decode(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '')
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
