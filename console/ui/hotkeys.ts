/** Keys of one letter outside of fields; with Ctrl or Cmd everywhere. No Alt: Spanish keyboards write with it. */
import { useEffect, useRef } from 'react'

export type Hotkeys = Record<string, (event: KeyboardEvent) => void>

/** `j`, `?`, `Escape`, `mod+k`. */
export function useHotkeys(keys: Hotkeys) {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return
      const hasMod = event.ctrlKey || event.metaKey
      const name = `${hasMod ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`
      if (!hasMod && isWriting(event.target) && event.key !== 'Escape') return
      const act = latest.current[name]
      if (!act) return
      event.preventDefault()
      act(event)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role=menu],[role=dialog]') !== null
  )
}
