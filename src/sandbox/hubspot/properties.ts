import type { ObjectType } from './state.ts'

export type PropertyOption = {
  label: string
  value: string
  displayOrder: number
  hidden: boolean
  description?: string
}

export type Property = {
  name: string
  label: string
  type: string
  fieldType: string
  groupName: string
  description: string
  options: PropertyOption[]
  displayOrder: number
  calculated: boolean
  externalOptions: boolean
  hasUniqueValue: boolean
  hidden: boolean
  hubspotDefined: boolean
  formField: boolean
  dataSensitivity: string
  modificationMetadata: { archivable: boolean; readOnlyDefinition: boolean; readOnlyValue: boolean }
  archived: boolean
  createdAt?: string
  updatedAt?: string
}

export const PROPERTY_TYPES = [
  'string',
  'number',
  'date',
  'datetime',
  'enumeration',
  'bool',
  'phone_number',
  'json',
  'object_coordinates',
] as const

export const GROUPS: Record<ObjectType, { name: string; label: string }> = {
  contacts: { name: 'contactinformation', label: 'Información de contacto' },
  tickets: { name: 'ticketinformation', label: 'Información del ticket' },
  communications: { name: 'communication_information', label: 'Información de la comunicación' },
}

/** HubSpot allows this many unique properties on each object. */
export const MAX_UNIQUE = 10

const LABELS: Record<string, string> = {
  LOW: 'Baja',
  MEDIUM: 'Media',
  HIGH: 'Alta',
  URGENT: 'Urgente',
  es: 'Español',
  en: 'Inglés',
  pt: 'Portugués',
  customer: 'Cliente',
  lead: 'Lead',
}

type Spec = [name: string, label: string, type: string, fieldType: string, extra?: Partial<Property>]

const READ_ONLY = { modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: true } }

const COMMON: Spec[] = [
  ['hs_object_id', 'ID de registro', 'number', 'number', READ_ONLY],
  ['hs_createdate', 'Fecha de creación del objeto', 'datetime', 'date', READ_ONLY],
  ['hs_lastmodifieddate', 'Última modificación', 'datetime', 'date', READ_ONLY],
  ['hs_merged_object_ids', 'IDs de registros fusionados', 'enumeration', 'checkbox', READ_ONLY],
  ['hubspot_owner_id', 'Propietario', 'enumeration', 'select', { externalOptions: true }],
]

const OWN: Record<ObjectType, Spec[]> = {
  contacts: [
    ['firstname', 'Nombre', 'string', 'text'],
    ['lastname', 'Apellidos', 'string', 'text'],
    ['email', 'Correo', 'string', 'text', { hasUniqueValue: true }],
    ['phone', 'Número de teléfono', 'string', 'phonenumber'],
    ['mobilephone', 'Número de teléfono móvil', 'string', 'phonenumber'],
    ['hs_whatsapp_phone_number', 'Número de WhatsApp', 'string', 'phonenumber'],
    ['hs_searchable_calculated_phone_number', 'Teléfono calculado para la búsqueda', 'string', 'text', READ_ONLY],
    ['hs_searchable_calculated_mobile_number', 'Móvil calculado para la búsqueda', 'string', 'text', READ_ONLY],
    ['company', 'Nombre de la empresa', 'string', 'text'],
    ['city', 'Ciudad', 'string', 'text'],
    ['country', 'País/región', 'string', 'text'],
    ['hs_language', 'Idioma preferido', 'enumeration', 'select', options('es', 'en', 'pt')],
    [
      'lifecyclestage',
      'Etapa del ciclo de vida',
      'enumeration',
      'radio',
      options('subscriber', 'lead', 'opportunity', 'customer'),
    ],
    ['hs_lead_status', 'Estado del lead', 'enumeration', 'radio', options('NEW', 'OPEN', 'IN_PROGRESS', 'CONNECTED')],
    ['createdate', 'Fecha de creación', 'datetime', 'date', READ_ONLY],
    ['lastmodifieddate', 'Fecha de última modificación', 'datetime', 'date', READ_ONLY],
  ],
  tickets: [
    ['subject', 'Nombre del ticket', 'string', 'text'],
    ['content', 'Descripción del ticket', 'string', 'textarea'],
    ['hs_pipeline', 'Pipeline', 'enumeration', 'select', { externalOptions: true }],
    ['hs_pipeline_stage', 'Estado del ticket', 'enumeration', 'select', { externalOptions: true }],
    ['hs_ticket_priority', 'Prioridad', 'enumeration', 'select', options('LOW', 'MEDIUM', 'HIGH', 'URGENT')],
    [
      'hs_ticket_category',
      'Categoría',
      'enumeration',
      'checkbox',
      options('PRODUCT_ISSUE', 'BILLING_ISSUE', 'FEATURE_REQUEST', 'GENERAL_INQUIRY'),
    ],
    ['source_type', 'Origen', 'enumeration', 'select', options('CHAT', 'EMAIL', 'FORM', 'PHONE')],
    ['createdate', 'Fecha de creación', 'datetime', 'date'],
    ['closed_date', 'Fecha de cierre', 'datetime', 'date'],
  ],
  communications: [
    [
      'hs_communication_channel_type',
      'Canal',
      'enumeration',
      'select',
      options('WHATS_APP', 'LINKEDIN_MESSAGE', 'SMS'),
    ],
    ['hs_communication_logged_from', 'Registrado desde', 'enumeration', 'select', options('CRM')],
    ['hs_communication_body', 'Mensaje', 'string', 'html'],
    ['hs_timestamp', 'Fecha de la actividad', 'datetime', 'date'],
  ],
}

export function defaultProperties(type: ObjectType): Map<string, Property> {
  const properties = [...COMMON, ...OWN[type]].map(([name, label, kind, fieldType, extra], index) =>
    makeProperty({
      name,
      label,
      type: kind,
      fieldType,
      groupName: GROUPS[type].name,
      displayOrder: index,
      hubspotDefined: true,
      modificationMetadata: { archivable: false, readOnlyDefinition: true, readOnlyValue: false },
      ...extra,
    }),
  )
  return new Map(properties.map(property => [property.name, property]))
}

export type PropertyInput = Pick<Property, 'name' | 'label' | 'type' | 'fieldType' | 'groupName'> & Partial<Property>

export function makeProperty(input: PropertyInput): Property {
  return {
    description: '',
    options: [],
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    hasUniqueValue: false,
    hidden: false,
    hubspotDefined: false,
    formField: false,
    dataSensitivity: 'non_sensitive',
    modificationMetadata: { archivable: true, readOnlyDefinition: false, readOnlyValue: false },
    archived: false,
    ...input,
  }
}

function options(...values: string[]): Partial<Property> {
  return {
    options: values.map((value, displayOrder) => ({
      label: LABELS[value] ?? value,
      value,
      displayOrder,
      hidden: false,
    })),
  }
}
