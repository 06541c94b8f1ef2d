/** One person: who they are here and there, why each field says what it says, and all that was said. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import type { WholeContact } from '../api/contacts.ts'
import { useMay } from '../api/session.ts'
import { contactQuery, ticketList } from '../api/tickets.ts'
import { useWords } from '../i18n/contacts/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Facts, Loaded, Page, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { ContactEditor } from './contact-editor.tsx'
import { CrmLinks } from './crm-links.tsx'
import { Provenance } from './provenance.tsx'
import { SuggestionLine } from './suggestion.tsx'
import { Timeline } from './timeline.tsx'

export function ContactPage() {
  const { id } = useParams({ from: '/shell/contacts/$id' })
  const { list } = useWords()
  const contact = useQuery(contactQuery(id))
  if (!contact.data) {
    return (
      <Page title={list.title}>
        <Loaded query={contact}>{() => null}</Loaded>
      </Page>
    )
  }
  return <Whole contact={contact.data} />
}

function Whole({ contact }: { contact: WholeContact }) {
  const { one, list, merge } = useWords()
  const mayChange = useMay('contacts.change')
  const [isEditing, setEditing] = useState(false)
  const { id, name, phone, email, category, tags, identities, links, mergedIds, suggestions } = contact
  const kindName = (kind: string) => (kind in one.kinds ? one.kinds[kind as keyof typeof one.kinds] : kind)
  return (
    <Page
      title={name ?? phone ?? list.title}
      isWide
      actions={
        mayChange && (
          <Button onClick={() => setEditing(true)}>
            <Pencil className="size-4" /> {one.edit}
          </Button>
        )
      }
    >
      <Link to="/contacts" className="self-start text-sm font-medium text-accent">
        {list.title}
      </Link>
      {suggestions.length > 0 && (
        <Section title={merge.title}>
          {suggestions.map(each => (
            <SuggestionLine key={each.id} suggestion={each} />
          ))}
        </Section>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-5">
          <Section title={one.identities}>
            <Facts
              items={[
                [list.phone, phone],
                [list.email, email],
                [one.category, one.categories[category]],
                [one.tags, tags.join(', ') || '—'],
                ...identities.map(each => [kindName(each.kind), each.value] as const),
              ]}
            />
            {mergedIds.length > 0 && <Chip>{one.merged(mergedIds.length)}</Chip>}
          </Section>
          <Section title={one.crm}>
            <CrmLinks links={links} />
          </Section>
          <Section title={one.tickets}>
            <Tickets contactId={id} />
          </Section>
          <Provenance contactId={id} />
        </div>
        <Timeline contactId={id} />
      </div>
      {isEditing && <ContactEditor contact={contact} onClose={() => setEditing(false)} />}
    </Page>
  )
}

function Tickets({ contactId }: { contactId: string }) {
  const { one } = useWords()
  const { state } = useText()
  const { data } = useInfiniteQuery(ticketList({ contactId }))
  const rows = data?.pages.flatMap(page => page.items) ?? []
  if (rows.length === 0) return <p className="text-sm text-quiet">{one.noTickets}</p>
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {rows.map(row => (
        <li key={row.id}>
          <Link
            to="/inbox/$ticket"
            params={{ ticket: row.number }}
            className="flex items-center justify-between gap-2 rounded-lg py-1 hover:text-accent"
          >
            <span className="truncate">
              <b>{row.number}</b> {row.subject}
            </span>
            <Chip>{state[row.state]}</Chip>
          </Link>
        </li>
      ))}
    </ul>
  )
}
