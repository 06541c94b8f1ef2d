import { useEffect, useRef, useState } from 'react'
import { useToast } from '../ui/toasts.tsx'

/** A voice note by the microphone; the hub makes of it what WhatsApp plays. */
export function useRecorder(onDone: (file: File) => void) {
  const [state, setState] = useState<'idle' | 'recording'>('idle')
  const recorder = useRef<MediaRecorder | null>(null)
  const say = useToast()
  // Whoever goes elsewhere sends nothing, and is heard no longer.
  useEffect(
    () => () => {
      const made = recorder.current
      if (made?.state !== 'recording') return
      made.onstop = () => silence(made)
      made.stop()
    },
    [],
  )
  return {
    state,
    async start() {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
        const parts: Blob[] = []
        const made = new MediaRecorder(stream)
        made.ondataavailable = event => parts.push(event.data)
        made.onstop = () => {
          silence(made)
          setState('idle')
          onDone(new File(parts, 'voice.webm', { type: made.mimeType }))
        }
        made.start()
        recorder.current = made
        setState('recording')
      } catch (error) {
        say((error as Error).message, { isBad: true })
      }
    },
    stop: () => recorder.current?.stop(),
  }
}

/** The microphone’s light goes out. */
function silence({ stream }: MediaRecorder) {
  for (const track of stream.getTracks()) track.stop()
}
