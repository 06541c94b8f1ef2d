/** Templates: what WhatsApp has approved, refused or is looking at, and making another. */
import { useQuery } from '@tanstack/react-query'
import { FileText, Plus, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/whatsapp/index.ts'
import { takesFile } from '../inbox/template-form.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Facts, Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty, type Tone } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useToast } from '../ui/toasts.tsx'
import { NewTemplate } from './new-template.tsx'

type Template = Answer<typeof api.templates.$get>['items'][number]
export const templatesKey = ['templates']

export function Templates() {
  const { templates: words } = useWords()
  const say = useToast()
  const mayManage = useMay('templates.manage')
  const list = useQuery({ queryKey: [...templatesKey, 'all'], queryFn: () => ask(api.templates.$get({ query: {} })) })
  const sync = useAct(() => ask(api.templates.sync.$post()), {
    refresh: [templatesKey],
    onDone: ({ items }) => say(words.synced(items.reduce((sum, { count }) => sum + count, 0))),
  })
  const [opened, setOpened] = useState<Template | 'new' | null>(null)
  const acts = (
    <>
      <Button disabled={sync.isPending} onClick={() => sync.mutate(undefined)}>
        <RefreshCw className="size-4" /> {words.sync}
      </Button>
      <Button look="accent" onClick={() => setOpened('new')}>
        <Plus className="size-4" /> {words.add}
      </Button>
    </>
  )
  return (
    <Page title={words.title} lead={words.lead} actions={mayManage && acts}>
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={list}>
          {({ items }) => (
            <Table
              label={words.title}
              rows={items}
              keyOf={row => row.id}
              onOpen={setOpened}
              empty={<Empty icon={<FileText />} title={words.none} lead={words.noneLead} />}
              columns={[
                { head: words.name, cell: row => row.name },
                { head: words.language, cell: row => row.language },
                { head: words.category, cell: row => categoryName(row.category, words.categories) },
                { head: words.status, cell: row => <Status status={row.status} /> },
                { head: words.body, cell: row => <span className="line-clamp-2">{row.preview}</span>, grows: true },
              ]}
            />
          )}
        </Loaded>
      </div>
      {opened === 'new' && <NewTemplate onClose={() => setOpened(null)} />}
      {opened && opened !== 'new' && <One template={opened} mayManage={mayManage} onClose={() => setOpened(null)} />}
    </Page>
  )
}

const categoryName = (name: string, words: Record<string, string>) => words[name] ?? name

function Status({ status }: { status: Template['status'] }) {
  const tone: Tone = status === 'approved' ? 'good' : status === 'rejected' || status === 'disabled' ? 'danger' : 'warn'
  return <Chip tone={tone}>{status}</Chip>
}

function One({ template, mayManage, onClose }: { template: Template; mayManage: boolean; onClose: () => void }) {
  const { templates: words } = useWords()
  const { common } = useText()
  const { id, name, language, category, status, rejectionReason, quality, preview, needs } = template
  const remove = useAct(() => ask(api.templates[':id'].delete.$post({ param: { id } })), {
    said: words.removed,
    refresh: [templatesKey],
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={name}>
      <Facts
        items={[
          [words.language, language],
          [words.category, categoryName(category, words.categories)],
          [words.status, <Status key="status" status={status} />],
          [words.quality, quality],
          ...(rejectionReason ? ([[words.rejected, rejectionReason]] as const) : []),
        ]}
      />
      <section aria-label={words.preview} className="rounded-2xl bg-mine p-3 text-sm whitespace-pre-wrap">
        {takesFile(template) && (
          <p className="mb-2 rounded-xl bg-page px-3 py-6 text-center text-quiet">
            {words.headerKinds[needs.header.kind as 'image']}
          </p>
        )}
        {preview}
      </section>
      {mayManage && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(name)}
          lead={words.removeLead}
          yes={common.remove}
          onYes={() => remove.mutate(undefined)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
