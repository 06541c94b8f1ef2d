/** Ctrl or Cmd K: everything that can be found or done, by its first letters. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Columns3, Contact, Inbox, MessageSquare, Moon, Settings, Ticket, Zap } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { acts } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { toggleTheme } from '../ui/theme.ts'
import { useToast } from '../ui/toasts.tsx'

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { palette } = useText()
  return (
    <Radix.Root open={open} onOpenChange={isOpen => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12vh] z-50 mx-auto max-w-xl overflow-hidden rounded-2xl border border-line bg-panel shadow-2xl"
        >
          <Radix.Title className="sr-only">{palette.title}</Radix.Title>
          <Orders onClose={onClose} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Orders({ onClose }: { onClose: () => void }) {
  const { palette, nav, inbox, common } = useText()
  const [text, setText] = useState('')
  const router = useRouter()
  const say = useToast()
  const asked = useDeferredValue(text.trim())
  const { data: found } = useQuery({
    queryKey: ['search', asked],
    queryFn: () => ask(api.search.$get({ query: { q: asked } })),
    enabled: asked.length >= 2,
    placeholderData: keepPreviousData,
  })
  const open = (ticket: string) => void router.navigate({ to: '/inbox/$ticket', params: { ticket } })
  const run = (act: () => void) => () => {
    onClose()
    act()
  }
  const pull = async () => {
    try {
      open((await acts.next()).number)
    } catch (error) {
      say((error as Error).message, { isBad: true })
    }
  }
  return (
    <Command label={palette.title} shouldFilter={asked.length < 2} className="flex flex-col">
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder={palette.hint}
        className="h-13 border-b border-line bg-transparent px-5 text-base outline-none placeholder:text-quiet"
      />
      <Command.List className="scroller max-h-[50vh] overflow-y-auto p-2">
        <Command.Empty className="px-3 py-8 text-center text-quiet">{common.nothingFound}</Command.Empty>
        {found && asked.length >= 2 && (
          <>
            <Group heading={palette.tickets}>
              {found.tickets.map(row => (
                <Order key={row.id} icon={<Ticket />} value={`t${row.id}`} onSelect={run(() => open(row.number))}>
                  <b>{row.number}</b> <span className="truncate">{row.subject}</span>
                  <span className="ml-auto text-quiet">{row.contact}</span>
                </Order>
              ))}
            </Group>
            <Group heading={palette.contacts}>
              {found.contacts.map(({ id, name, phone }) => (
                <Order
                  key={id}
                  icon={<Contact />}
                  value={`c${id}`}
                  onSelect={run(() => void router.navigate({ to: '/contacts/$id', params: { id } }))}
                >
                  <b>{name ?? phone}</b> <span className="ml-auto text-quiet">{phone}</span>
                </Order>
              ))}
            </Group>
            <Group heading={palette.messages}>
              {found.messages.map(row => (
                <Order
                  key={row.id}
                  icon={<MessageSquare />}
                  value={`m${row.id}`}
                  onSelect={run(() => row.number && open(row.number))}
                >
                  <span className="truncate">{row.snippet}</span>
                  <span className="ml-auto shrink-0 text-quiet">{row.contact}</span>
                </Order>
              ))}
            </Group>
          </>
        )}
        {asked.length < 2 && (
          <>
            <Group heading={palette.go}>
              <Order icon={<Inbox />} value={nav.inbox} onSelect={run(() => void router.navigate({ to: '/inbox' }))}>
                {nav.inbox}
              </Order>
              <Order icon={<Columns3 />} value={nav.board} onSelect={run(() => void router.navigate({ to: '/board' }))}>
                {nav.board}
              </Order>
              <Order
                icon={<Contact />}
                value={nav.contacts}
                onSelect={run(() => void router.navigate({ to: '/contacts' }))}
              >
                {nav.contacts}
              </Order>
              <Order
                icon={<Settings />}
                value={nav.settings}
                onSelect={run(() => void router.navigate({ to: '/settings' }))}
              >
                {nav.settings}
              </Order>
            </Group>
            <Group heading={palette.act}>
              <Order icon={<Zap />} value={inbox.next} onSelect={run(() => void pull())}>
                {inbox.next}
              </Order>
              <Order icon={<Moon />} value={nav.theme} onSelect={run(toggleTheme)}>
                {nav.theme}
              </Order>
            </Group>
          </>
        )}
      </Command.List>
    </Command>
  )
}

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-quiet"
  >
    {children}
  </Command.Group>
)

function Order({
  icon,
  value,
  onSelect,
  children,
}: {
  icon: ReactNode
  value: string
  onSelect: () => void
  children: ReactNode
}) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-page [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-quiet"
    >
      {icon}
      {children}
    </Command.Item>
  )
}
