import { useRef, useState } from 'react'
import { useToast } from '../ui/toasts.tsx'

/** A voice note by the microphone; the hub makes of it what WhatsApp plays. */
export function useRecorder(onDone: (file: File) => void) {
  const [state, setState] = useState<'idle' | 'recording'>('idle')
  const recorder = useRef<MediaRecorder | null>(null)
  const say = useToast()
  return {
    state,
    async start() {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
        const parts: Blob[] = []
        const made = new MediaRecorder(stream)
        made.ondataavailable = event => parts.push(event.data)
        made.onstop = () => {
          for (const track of stream.getTracks()) track.stop()
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
