/** A template as most are: a header, a text with placeholders and their examples, a footer. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/whatsapp/index.ts'
import { HeaderFile, type HeaderMedia, HeaderPreview } from '../inbox/header-file.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextArea, TextField } from '../ui/form.tsx'
import { channelsQuery } from './channels.tsx'
import { templatesKey } from './templates.tsx'

/** A file's header is made by the hub, of what was uploaded. */
const headerKinds = ['text', 'image', 'video', 'document'] as const
type HeaderKind = (typeof headerKinds)[number]

const categories = ['utility', 'marketing', 'authentication'] as const
const metaLanguages = ['es', 'es_MX', 'es_AR', 'es_ES', 'pt_BR', 'pt_PT', 'en', 'en_US'] as const

export function NewTemplate({ onClose }: { onClose: () => void }) {
  const { templates: words } = useWords()
  const { data: channels } = useQuery(channelsQuery)
  const [draft, setDraft] = useState({
    ...{ channelId: '', name: '', language: 'es' as string, category: 'utility' as (typeof categories)[number] },
    ...{ headerKind: 'text' as HeaderKind, header: '', body: '', footer: '', examples: [] as string[] },
  })
  const [media, setMedia] = useState<HeaderMedia | null>(null)
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const channelId = draft.channelId || channels?.items[0]?.id || ''
  const places = placesOf(draft.body)
  const submit = useAct(
    () =>
      ask(
        api.templates.$post({
          json: {
            ...{ channelId, name: draft.name, language: draft.language, category: draft.category },
            components: componentsOf(draft, places),
            ...(draft.headerKind !== 'text' && media ? { headerMedia: { id: media.id } } : {}),
          },
        }),
      ),
    { isForm: true, said: words.submitted, refresh: [templatesKey], onDone: onClose },
  )
  const preview = draft.body.replace(/\{\{(\d+)\}\}/g, (whole, nth) => draft.examples[Number(nth) - 1] || whole)
  return (
    <Dialog open onClose={onClose} title={words.add} lead={words.noneLead} wide>
      <Form
        onSubmit={() => submit.mutate(undefined)}
        submit={words.submit}
        error={submit.error}
        isBusy={submit.isPending || !channelId || (draft.headerKind !== 'text' && !media)}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.name}
            name="name"
            hint={words.nameHint}
            value={draft.name}
            onChange={name => set({ name })}
            required
          />
          <Choice
            label={words.channel}
            value={channelId}
            onChange={id => set({ channelId: id })}
            options={(channels?.items ?? []).map(each => [each.id, each.name])}
          />
          <Choice
            label={words.language}
            value={draft.language}
            onChange={language => set({ language })}
            options={metaLanguages.map(each => [each, each])}
          />
          <Choice
            label={words.category}
            value={draft.category}
            onChange={category => category && set({ category })}
            options={categories.map(each => [each, words.categories[each]])}
          />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.headerKind}
            value={draft.headerKind}
            onChange={headerKind => {
              if (headerKind) set({ headerKind })
              setMedia(null)
            }}
            options={headerKinds.map(each => [each, words.headerKinds[each]])}
          />
          {draft.headerKind === 'text' ? (
            <TextField label={words.header} value={draft.header} onChange={header => set({ header })} />
          ) : (
            <HeaderFile kind={draft.headerKind} media={media} onChange={setMedia} />
          )}
        </div>
        <TextArea
          label={words.body}
          name="components"
          hint={words.bodyHint}
          value={draft.body}
          onChange={body => set({ body })}
          required
        />
        {places.length > 0 && (
          <fieldset className="grid gap-3 sm:grid-cols-2">
            <legend className="mb-2 text-sm font-medium">{words.examples}</legend>
            {places.map(nth => (
              <TextField
                key={nth}
                label={words.example(nth)}
                value={draft.examples[nth - 1] ?? ''}
                onChange={text => {
                  const examples = [...draft.examples]
                  examples[nth - 1] = text
                  set({ examples })
                }}
                required
              />
            ))}
          </fieldset>
        )}
        <TextField label={words.footer} value={draft.footer} onChange={footer => set({ footer })} />
        <section aria-label={words.preview} className="rounded-2xl bg-mine p-3 text-sm whitespace-pre-wrap">
          {media && <HeaderPreview media={media} />}
          {draft.headerKind === 'text' && draft.header && <b className="block">{draft.header}</b>}
          {preview || words.preview}
          {draft.footer && <span className="block pt-1 text-xs text-quiet">{draft.footer}</span>}
        </section>
      </Form>
    </Dialog>
  )
}

/** The numbers of the placeholders, from 1 on. */
function placesOf(body: string): number[] {
  const named = [...body.matchAll(/\{\{(\d+)\}\}/g)].map(match => Number(match[1]))
  return Array.from({ length: Math.min(Math.max(0, ...named), 50) }, (_, nth) => nth + 1)
}

type Draft = { headerKind: HeaderKind; header: string; body: string; footer: string; examples: string[] }

/** As Meta writes them (Graph API, "Message templates"). */
function componentsOf({ headerKind, header, body, footer, examples }: Draft, places: number[]) {
  const given = places.map(nth => examples[nth - 1] ?? '')
  return [
    ...(headerKind === 'text' && header ? [{ type: 'HEADER', format: 'TEXT', text: header }] : []),
    { type: 'BODY', text: body, ...(given.length > 0 ? { example: { body_text: [given] } } : {}) },
    ...(footer ? [{ type: 'FOOTER', text: footer }] : []),
  ]
}
