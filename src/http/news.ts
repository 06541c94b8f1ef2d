/**
 * Tells those who listen to a workspace, in this process, that something has changed there, so that they look at once. What
 * another process changed they find at their next look.
 */
import type { Emit } from '../core/events.ts'

export type News = {
  /** Resolves with true as soon as something changes in the workspace, with false after `ms`. */
  next(workspaceId: string, ms: number): Promise<boolean>
  /** `emit` whose events are heard here too. */
  overhear(emit: Emit): Emit
}

export function createNews(): News {
  const listeners = new Map<string, Set<() => void>>()
  return {
    next(workspaceId, ms) {
      return new Promise(resolve => {
        const listening = listeners.get(workspaceId) ?? new Set()
        listeners.set(workspaceId, listening)
        const end = (hasNews: boolean) => {
          clearTimeout(timer)
          listening.delete(heard)
          if (listening.size === 0 && listeners.get(workspaceId) === listening) listeners.delete(workspaceId)
          resolve(hasNews)
        }
        const heard = () => end(true)
        const timer = setTimeout(end, ms, false)
        listening.add(heard)
      })
    },
    overhear(emit) {
      return async events => {
        for (const { name, data } of events) {
          if (name === 'inbox/changes.made') for (const heard of listeners.get(data.workspaceId) ?? []) heard()
        }
        await emit(events)
      }
    },
  }
}
