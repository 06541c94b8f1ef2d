/** The file over a template's text: chosen, uploaded, and shown as it will be seen. */
import { Paperclip, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Problem, post } from '../api/client.ts'
import { useText } from '../i18n/index.tsx'
import { Button, IconButton } from '../ui/button.tsx'

/** `id`: of the file at the hub; `url`: of the one here, for the preview. */
export type HeaderMedia = { id: string; kind: string; name: string; url: string }

/** As WhatsApp takes them (Cloud API, "Supported media types"). */
const accepted: Record<string, string> = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4,video/3gpp',
  document: '.pdf,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.txt',
}

/** As the customer will see it. */
export function HeaderPreview({ media }: { media: HeaderMedia }) {
  if (media.kind === 'image')
    return <img src={media.url} alt={media.name} className="mb-2 max-h-56 w-full rounded-xl object-contain" />
  // biome-ignore lint/a11y/useMediaCaption: one's own file, which has none
  if (media.kind === 'video') return <video src={media.url} controls className="mb-2 w-full rounded-xl" />
  return <p className="mb-2 truncate rounded-xl bg-page px-3 py-2">{media.name}</p>
}

type Props = { kind: string; media: HeaderMedia | null; onChange: (media: HeaderMedia | null) => void }

export function HeaderFile({ kind, media, onChange }: Props) {
  const { composer: text } = useText()
  const field = useRef<HTMLInputElement>(null)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const url = media?.url
  useEffect(() => () => (url ? URL.revokeObjectURL(url) : undefined), [url])
  async function upload(file: File) {
    setBusy(true)
    setProblem(null)
    try {
      const form = new FormData()
      form.append('as', kind)
      form.append('file', file)
      const { id } = await post<{ id: string }>('/api/v1/media', form)
      onChange({ id, kind, name: file.name, url: URL.createObjectURL(file) })
    } catch (error) {
      setProblem(error instanceof Problem && error.status === 413 ? text.tooLarge : (error as Error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="flex flex-col gap-1.5 text-sm">
      <span className="font-medium">{text.headerFile[kind as 'image'] ?? text.attach}</span>
      <input
        ref={field}
        type="file"
        hidden
        accept={accepted[kind]}
        aria-label={text.headerFile[kind as 'image'] ?? text.attach}
        onChange={event => {
          const [file] = event.target.files ?? []
          event.target.value = ''
          if (file) void upload(file)
        }}
      />
      {media ? (
        <span className="flex items-center gap-2 rounded-lg bg-page px-3 py-1.5">
          <span className="min-w-0 grow truncate">{media.name}</span>
          <IconButton label={text.discard} small onClick={() => onChange(null)}>
            <X />
          </IconButton>
        </span>
      ) : (
        <Button disabled={isBusy} onClick={() => field.current?.click()}>
          <Paperclip className="size-4" /> {isBusy ? text.uploading : text.chooseFile}
        </Button>
      )}
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
    </div>
  )
}
