/** Who does a thing, and so whom not to tell about it. */
export type Actor =
  | { kind: 'agent'; agentId: string; name: string }
  | { kind: 'api'; keyId: string; name: string }
  | { kind: 'connection'; connectionId: string; name: string }
  | { kind: 'customer'; contactId: string }
  | { kind: 'system' }

/** The connection that must not hear of the actor's own change. */
export function spokenBy(actor: Actor): string | null {
  return actor.kind === 'connection' ? actor.connectionId : null
}
