import type { Bus } from './bus.ts'
import type { Calls } from './calls.ts'
import type { Clock, ClockState } from './clock.ts'
import type { Courier, Delivery } from './courier.ts'
import type { Fault, Faults } from './faults.ts'
import { type Account, emptyGoogle, type GoogleState } from './google-sheets/state.ts'
import { type Access, emptyHubSpot, type HubSpotState, type Portal } from './hubspot/state.ts'
import { emptySalesforce, type SalesforceState } from './salesforce/state.ts'
import { emptyWhatsApp, type WhatsAppState } from './whatsapp/state.ts'
import { emptyZendesk, type Account as ZendeskAccount, type ZendeskState } from './zendesk/state.ts'

/** Everything that survives a restart. */
export type World = {
  clock: ClockState
  whatsapp: WhatsAppState
  hubspot: HubSpotState
  salesforce: SalesforceState
  google: GoogleState
  zendesk: ZendeskState
  pending: Map<string, Delivery>
}

/** What the simulated vendors work with. */
export type Runtime = {
  world: World
  clock: Clock
  courier: Courier
  faults: Faults
  calls: Calls
  bus: Bus
  /** Where it listens: files have addresses. */
  origin: { url: string }
}

/** Set by the doors in front of the vendors' routes. */
export type SandboxEnv = {
  Variables: {
    portal: Portal
    access: Access | undefined
    account: Account
    zendesk: ZendeskAccount
    zendeskUserId: number
    fault: Fault | undefined
  }
}

export function emptyWorld(): World {
  return {
    clock: { offsetMs: 0 },
    whatsapp: emptyWhatsApp(),
    hubspot: emptyHubSpot(),
    salesforce: emptySalesforce(),
    google: emptyGoogle(),
    zendesk: emptyZendesk(),
    pending: new Map(),
  }
}
