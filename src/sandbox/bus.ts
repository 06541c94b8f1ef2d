/** Something changed: the page redraws and the snapshot is written. Listeners coalesce on their own. */
export type Bus = {
  changed(): void
  subscribe(listener: () => void): () => void
}

export function createBus(): Bus {
  const listeners = new Set<() => void>()
  return {
    changed() {
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
