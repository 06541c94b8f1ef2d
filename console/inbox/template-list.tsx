import { useText } from '../i18n/index.tsx'
import { Chip } from '../ui/parts.tsx'
import type { Template } from './template-form.tsx'

/** Approved texts to choose from. */
export function TemplateList({
  templates,
  onChoose,
}: {
  templates: readonly Template[]
  onChoose: (template: Template) => void
}) {
  const { composer: text } = useText()
  if (templates.length === 0) return <p className="py-8 text-center text-quiet">{text.noTemplates}</p>
  return (
    <ul className="flex flex-col gap-2">
      {templates.map(template => (
        <li key={template.id}>
          <button
            type="button"
            onClick={() => onChoose(template)}
            className="flex w-full flex-col gap-1 rounded-xl border border-line p-3 text-left hover:bg-page"
          >
            <span className="flex items-center gap-2">
              <b className="truncate">{template.name}</b>
              <Chip>{template.language}</Chip>
              <Chip>{template.category}</Chip>
            </span>
            <span className="line-clamp-2 text-sm text-quiet">{template.preview}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
