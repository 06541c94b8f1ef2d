/** Every connector there is. Adding one = one folder and one line here. */
import type { Connector } from './contract.ts'
import { googleSheets } from './google-sheets/index.ts'
import { hubspot } from './hubspot/index.ts'
import { salesforce } from './salesforce/index.ts'
import { zendesk } from './zendesk/index.ts'

export const connectors: Record<string, Connector> = {
  'google-sheets': googleSheets,
  hubspot,
  zendesk,
  salesforce,
}

/** The connector a stored connection names, or undefined when this build does not have it. */
export function connectorById(id: string): Connector | undefined {
  return Object.hasOwn(connectors, id) ? connectors[id] : undefined
}

/** What speaks through connectors needs the transport beneath them. */
export { type CallRecord, createTransport, ITEMS_HEADER } from './fetch.ts'
