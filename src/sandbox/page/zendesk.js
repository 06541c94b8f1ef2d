import { createTimeline } from './conversation.js'
import { createFold } from './crm.js'
import { fill, h, keyed, setOptions, setText, setValue } from './dom.js'

const TIME = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
const PRIORITIES = ['low', 'normal', 'high', 'urgent']

/** Zendesk's tickets, answered and edited as an agent there; seen once an account listens. */
export function createZendesk(root, { t, language, act }) {
  const tools = { t, time: new Intl.DateTimeFormat(language, TIME) }
  const name = h('span', { class: 'portal' })
  const tickets = h('div', { class: 'records' })
  const mails = h('p', { class: 'note' })
  root.append(
    h('header', { class: 'crm-top' }, h('h2', { class: 'panel-title' }, t.zendesk), name),
    h('p', { class: 'note' }, t.zendeskHow),
    mails,
    tickets,
  )

  function draw(state) {
    const account = state.zendesk.accounts.find(each => each.webhooks.length > 0)
    root.hidden = !account
    if (!account) return
    setText(name, `${account.subdomain}.zendesk.com`)
    mails.hidden = account.mails.length === 0
    setText(mails, fill(t.zendeskMails, { count: account.mails.length }))
    const people = new Map([...account.users.results, ...account.agents].map(user => [user.id, user]))
    const items = account.tickets.results.toReversed().map(ticket => ({ ticket, account, people }))
    keyed(tickets, items, item => item.ticket.id, createTicket)
  }

  function createTicket(first) {
    let current = first
    const title = h('span', { class: 'record-title' })
    const sub = h('span', { class: 'record-sub' })
    const badge = h('span', { class: 'badge' })
    const save = (field, number) => event =>
      edit(current, { [field]: number ? Number(event.target.value) || null : event.target.value })
    const status = h('select', { onchange: save('custom_status_id', true) })
    const owner = h('select', { onchange: save('assignee_id', true) })
    const priority = h('select', { onchange: save('priority') })
    const timeline = createTimeline(tools)
    const answer = createAnswer(() => current)
    const fold = createFold(h('span', { class: 'record-words' }, title, sub), badge)
    const labels = [
      h('label', {}, t.stage, status),
      h('label', {}, t.owner, owner),
      h('label', {}, t.priority, priority),
    ]
    fold.body.append(h('div', { class: 'fields' }, labels), timeline.element, answer.element)
    return {
      element: fold.element,
      update(item) {
        current = item
        const { ticket, account, people } = item
        setText(title, ticket.subject || `#${ticket.id}`)
        const tags = ticket.tags.join(' ')
        setText(sub, [people.get(ticket.requester_id)?.name, `#${ticket.id}`, tags].filter(Boolean).join(' · '))
        const now = account.statuses.find(({ id }) => id === ticket.custom_status_id)
        setText(badge, now?.label ?? ticket.status)
        badge.dataset.state = ['solved', 'closed'].includes(ticket.status) ? 'CLOSED' : 'OPEN'
        fold.element.dataset.priority = (ticket.priority ?? '').toUpperCase()
        setOptions(
          status,
          account.statuses.map(({ id, label }) => ({ value: String(id), label })),
        )
        const agents = account.agents.map(({ id, name }) => ({ value: String(id), label: name }))
        setOptions(owner, [{ value: '', label: t.nobody }, ...agents])
        const known = PRIORITIES.map(value => ({ value, label: value }))
        setOptions(priority, [{ value: '', label: t.none }, ...known])
        setValue(status, String(ticket.custom_status_id ?? ''))
        setValue(owner, String(ticket.assignee_id ?? ''))
        setValue(priority, ticket.priority ?? '')
        timeline.update(entriesOf(item))
        answer.update(agents.filter((_, nth) => account.agents[nth].role === 'agent'))
      },
    }
  }

  /** As Zendesk's own composer: an answer that all may read, or a note among agents. */
  function createAnswer(target) {
    const text = h('textarea', { rows: 2, required: true, placeholder: t.replyText, 'aria-label': t.replyText })
    const agent = h('select', { 'aria-label': t.replyAs })
    const isNote = h('input', { type: 'checkbox' })
    const button = h('button', { type: 'submit', class: 'primary orange' }, fill(t.replyFrom, { crm: t.zendesk }))
    async function send(event) {
      event.preventDefault()
      const { ticket, account } = target()
      const said = {
        ticketId: ticket.id,
        text: text.value.trim(),
        public: !isNote.checked,
        agentId: Number(agent.value),
      }
      if (said.text !== '' && (await act(`zendesk/accounts/${account.subdomain}/reply`, said))) text.value = ''
    }
    const row = h('div', { class: 'reply-row' }, agent, h('label', {}, isNote, ' ', t.internalNote), button)
    return {
      element: h('form', { class: 'reply', onsubmit: send }, text, row),
      update(agents) {
        const chosen = agent.value
        setOptions(agent, agents)
        setValue(agent, chosen || (agents[0]?.value ?? ''))
      },
    }
  }

  function edit({ account, ticket }, values) {
    void act(`zendesk/accounts/${account.subdomain}/tickets/${ticket.id}`, values, 'PATCH')
  }

  return { draw }
}

/** Comments in their order: the customer's, what went out, and notes. */
function entriesOf({ ticket, people }) {
  return ticket.comments.map(comment => {
    const author = people.get(comment.author_id)
    const kind = !comment.public ? 'logged' : author?.role === 'end-user' ? 'incoming' : 'outgoing'
    return { id: comment.id, kind, at: comment.created_at, who: author?.name ?? '', status: '', text: comment.body }
  })
}
