/**
 * What must be in an organization: our external ids, the object of messages, and a permission set for all of it. Setting up makes what
 * is missing; the package in `app/` brings the same.
 */
import type { SObject } from './records.ts'
import { CASE_LEAD, CONTACT_KEY, LINES, MESSAGE, MESSAGE_KEY, TICKET_KEY } from './settings.ts'

/** As the Metadata API has it: https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm */
export type CustomField = { fullName: string; label: string; type: string } & Record<string, unknown>

const key = (fullName: string, label: string): CustomField => ({
  ...{ fullName, label, type: 'Text', length: 64, externalId: true, unique: true, caseSensitive: false },
})

export const keyFields: { object: Exclude<SObject, typeof MESSAGE>; field: CustomField }[] = [
  { object: 'Contact', field: key(CONTACT_KEY, 'WhatsApp ID') },
  { object: 'Lead', field: key(CONTACT_KEY, 'WhatsApp ID') },
  { object: 'Case', field: key(TICKET_KEY, 'Buzón ticket ID') },
]

const lookup = (
  fullName: string,
  label: string,
  referenceTo: string,
  list = { relationshipName: 'WhatsApp_Messages', relationshipLabel: 'WhatsApp messages' },
): CustomField => ({
  ...{ fullName, label, type: 'Lookup', referenceTo, relationshipName: list.relationshipName },
  ...{ deleteConstraint: 'SetNull', relationshipLabel: list.relationshipLabel },
})

/** A case is a contact's; this one may be a lead's too. */
export const caseLead = lookup(CASE_LEAD, 'WhatsApp lead', 'Lead', {
  ...{ relationshipName: 'WhatsApp_Cases', relationshipLabel: 'WhatsApp cases' },
})

const picklist = (fullName: string, label: string, values: string[]): CustomField => ({
  ...{ fullName, label, type: 'Picklist' },
  valueSet: {
    restricted: true,
    valueSetDefinition: {
      sorted: false,
      value: values.map(value => ({ fullName: value, default: false, label: value })),
    },
  },
})

export const messageFields: CustomField[] = [
  key(MESSAGE_KEY, 'Buzón message ID'),
  picklist('Direction__c', 'Direction', ['Inbound', 'Outbound']),
  picklist('Status__c', 'Status', ['Received', 'Queued', 'Sending', 'Sent', 'Delivered', 'Read', 'Failed']),
  { fullName: 'Failure_Reason__c', label: 'Failure reason', type: 'Text', length: 255 },
  { fullName: 'Author__c', label: 'Author', type: 'Text', length: 120 },
  { fullName: 'Body__c', label: 'Message', type: 'LongTextArea', length: 32_768, visibleLines: 5 },
  { fullName: LINES, label: 'Lines (Buzón)', type: 'LongTextArea', length: 131_072, visibleLines: 3 },
  { fullName: 'Sent_At__c', label: 'Sent at', type: 'DateTime' },
  { fullName: 'From__c', label: 'Answer as', type: 'Phone' },
  lookup('Contact__c', 'Contact', 'Contact'),
  lookup('Lead__c', 'Lead', 'Lead'),
  lookup('Case__c', 'Case', 'Case'),
]

export const PERMISSION_SET = 'Buzon'

/** For `createMetadata`. */
export function messageObject() {
  return {
    ...{ '@xsi:type': 'CustomObject', fullName: MESSAGE, label: 'WhatsApp message', pluralLabel: 'WhatsApp messages' },
    ...{ nameField: { type: 'AutoNumber', label: 'Number', displayFormat: 'WM-{000000}' } },
    ...{ deploymentStatus: 'Deployed', sharingModel: 'ReadWrite', fields: messageFields },
  }
}

export function customField(object: string, field: CustomField) {
  return { '@xsi:type': 'CustomField', ...field, fullName: `${object}.${field.fullName}` }
}

/** Fields that the Metadata API makes are nobody's to see until a permission set says so. */
export function permissionSet() {
  const fields = [
    ...keyFields.map(({ object, field }) => `${object}.${field.fullName}`),
    `Case.${CASE_LEAD}`,
    ...messageFields.map(({ fullName }) => `${MESSAGE}.${fullName}`),
  ]
  const all = { allowCreate: true, allowDelete: true, allowEdit: true, allowRead: true }
  return {
    ...{ '@xsi:type': 'PermissionSet', fullName: PERMISSION_SET, label: 'Buzón (WhatsApp)' },
    fieldPermissions: fields.map(field => ({ editable: true, field, readable: true })),
    objectPermissions: [{ ...all, modifyAllRecords: true, object: MESSAGE, viewAllRecords: true }],
  }
}
