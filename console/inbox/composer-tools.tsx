/** What an answer can be beside words: files, a voice note, an approved text. */
import { LayoutTemplate, Mic, Paperclip, Square } from 'lucide-react'
import { useRef } from 'react'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { useRecorder } from './use-recorder.ts'

type Props = {
  onFiles: (files: FileList | null) => void
  onVoice: (file: File) => void
  onTemplate: () => void
}

export function ComposerTools({ onFiles, onVoice, onTemplate }: Props) {
  const { composer: text } = useText()
  const field = useRef<HTMLInputElement>(null)
  const recorder = useRecorder(onVoice)
  return (
    <>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={event => {
          onFiles(event.target.files)
          event.target.value = ''
        }}
      />
      <IconButton label={text.attach} small onClick={() => field.current?.click()}>
        <Paperclip />
      </IconButton>
      {recorder.state === 'recording' ? (
        <IconButton label={text.stop} small look="danger" onClick={recorder.stop}>
          <Square />
        </IconButton>
      ) : (
        <IconButton label={text.record} small onClick={recorder.start}>
          <Mic />
        </IconButton>
      )}
      <IconButton label={text.template} small onClick={onTemplate}>
        <LayoutTemplate />
      </IconButton>
    </>
  )
}
