/** Where somebody is, told to colleagues as long as they are there. */
import { useEffect } from 'react'
import { acts } from '../api/tickets.ts'

const HERE_MS = 20_000

/** Colleagues see who has it open. */
export function usePresence(id: string | undefined) {
  useEffect(() => {
    if (!id) return
    const tell = () => void acts.present(id, 'viewing').catch(() => {})
    tell()
    const timer = setInterval(() => document.visibilityState === 'visible' && tell(), HERE_MS)
    return () => {
      clearInterval(timer)
      void acts.present(id, null).catch(() => {})
    }
  }, [id])
}

const TYPING_MS = 15_000

/** Colleagues see that somebody answers, while they write. */
export function useTyping(id: string, isTyping: boolean) {
  useEffect(() => {
    if (!isTyping) return
    const tell = () => void acts.present(id, 'replying').catch(() => {})
    tell()
    const timer = setInterval(tell, TYPING_MS)
    return () => {
      clearInterval(timer)
      void acts.present(id, 'viewing').catch(() => {})
    }
  }, [id, isTyping])
}
