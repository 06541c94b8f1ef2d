/** Whose the ticket is, and whose it becomes. */
import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useMay, useMe } from '../api/session.ts'
import { agentsQuery, type WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Item, Line, Menu } from '../ui/menu.tsx'
import { Avatar } from '../ui/parts.tsx'
import type { Acts } from './use-ticket-acts.ts'

export function OwnerMenu({ ticket, run }: { ticket: WholeTicket; run: Acts }) {
  const { ticket: text } = useText()
  const me = useMe()
  const mayAssign = useMay('tickets.assign')
  const { data: agents } = useQuery({ ...agentsQuery, enabled: mayAssign })
  const { owner } = ticket
  const label = owner?.name ?? text.noOwner
  return (
    <Menu
      trigger={
        <Button small disabled={!mayAssign} aria-label={`${text.owner}: ${label}`} className="max-w-40">
          {owner ? <Avatar name={owner.name} size={20} /> : <UserPlus className="size-4" />}
          <span className="truncate max-[1400px]:sr-only">{label}</span>
        </Button>
      }
    >
      {me.person && owner?.id !== me.person.id && (
        <>
          <Item hotkey="A" onSelect={() => me.person && run.assign(me.person.id, me.name)}>
            <UserPlus /> {text.assignToMe}
          </Item>
          <Line />
        </>
      )}
      {agents?.items.map(agent => (
        <Item key={agent.id} checked={agent.id === owner?.id} onSelect={() => run.assign(agent.id, agent.name)}>
          <Avatar name={agent.name} size={20} /> {agent.name}
        </Item>
      ))}
      {owner && (
        <>
          <Line />
          <Item onSelect={() => run.assign(null, '')}>{text.noOwner}</Item>
        </>
      )}
    </Menu>
  )
}
