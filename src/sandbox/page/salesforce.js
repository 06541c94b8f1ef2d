import { createTimeline } from './conversation.js'
import { createFold } from './crm.js'
import { fill, h, keyed, setOptions, setText, setValue } from './dom.js'

const TIME = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
const MESSAGE_KINDS = { Inbound: 'incoming', Outbound: 'outgoing' }

/** Salesforce's cases and leads, editable as somebody who works there; seen once an organization has been set up. */
export function createSalesforce(root, { t, language, act }) {
  const tools = { t, time: new Intl.DateTimeFormat(language, TIME) }
  const orgName = h('span', { class: 'portal' })
  const cases = h('div', { class: 'records' })
  const leads = h('div', { class: 'records' })
  const leadsTitle = h('h3', { class: 'note' }, t.leads)
  root.append(
    h('header', { class: 'crm-top' }, h('h2', { class: 'panel-title' }, t.salesforce), orgName),
    h('p', { class: 'note' }, t.salesforceHow),
    cases,
    leadsTitle,
    leads,
  )

  function draw(state) {
    const org = state.salesforce.orgs.find(each => each.isSetUp)
    root.hidden = !org
    if (!org) return
    setText(orgName, org.orgId)
    const people = new Map([...org.contacts.results, ...org.leads.results].map(row => [row.id, row]))
    const items = rows => rows.results.toReversed().map(row => ({ row, org, people }))
    keyed(cases, items(org.cases), item => item.row.id, createCase)
    const open = items(org.leads).filter(({ row }) => !row.fields.IsConverted)
    leadsTitle.hidden = open.length === 0
    keyed(leads, open, item => item.row.id, createLead)
  }

  function createCase(first) {
    let current = first
    const title = h('span', { class: 'record-title' })
    const sub = h('span', { class: 'record-sub' })
    const badge = h('span', { class: 'badge' })
    const save = name => event => edit(current, 'Case', { [name]: event.target.value })
    const status = h('select', { onchange: save('Status') })
    const owner = h('select', { onchange: save('OwnerId') })
    const priority = h('select', { onchange: save('Priority') })
    const timeline = createTimeline(tools)
    const reply = createAnswer(() => ({ org: current.org, to: { caseId: current.row.id } }))
    const fold = createFold(h('span', { class: 'record-words' }, title, sub), badge)
    const labels = [
      h('label', {}, t.stage, status),
      h('label', {}, t.owner, owner),
      h('label', {}, t.priority, priority),
    ]
    fold.body.append(h('div', { class: 'fields' }, labels), timeline.element, reply)
    return {
      element: fold.element,
      update(item) {
        current = item
        const { row, org, people } = item
        const { Subject, Status, Priority, OwnerId, ContactId, IsClosed, CaseNumber } = row.fields
        setText(title, Subject || CaseNumber)
        setText(sub, [people.get(ContactId)?.fields.Name, CaseNumber].filter(Boolean).join(' · '))
        setText(badge, Status)
        badge.dataset.state = IsClosed ? 'CLOSED' : 'OPEN'
        setOptions(
          status,
          org.statuses.map(({ value }) => ({ value, label: value })),
        )
        setOptions(
          priority,
          org.priorities.map(value => ({ value, label: value })),
        )
        setOptions(
          owner,
          org.users.map(({ id, fields }) => ({ value: id, label: fields.Name })),
        )
        setValue(status, Status)
        setValue(priority, Priority)
        setValue(owner, OwnerId)
        timeline.update(entriesOf(org, 'Case__c', row.id))
      },
    }
  }

  function createLead(first) {
    let current = first
    const title = h('span', { class: 'record-title' })
    const sub = h('span', { class: 'record-sub' })
    const timeline = createTimeline(tools)
    const reply = createAnswer(() => ({ org: current.org, to: { contactId: current.row.id } }))
    const convert = () => act(`salesforce/orgs/${current.org.orgId}/convert/${current.row.id}`, {})
    const button = h('button', { type: 'button', onclick: convert }, t.convert)
    const fold = createFold(h('span', { class: 'record-words' }, title, sub))
    fold.body.append(button, timeline.element, reply)
    return {
      element: fold.element,
      update(item) {
        current = item
        const { Name, Company, MobilePhone } = item.row.fields
        setText(title, Name)
        setText(sub, [Company, MobilePhone].filter(Boolean).join(' · '))
        timeline.update(entriesOf(item.org, 'Lead__c', item.row.id))
      },
    }
  }

  /** The box in which somebody answers, as the component on a record does. */
  function createAnswer(target) {
    const text = h('textarea', { rows: 2, required: true, placeholder: t.replyText, 'aria-label': t.replyText })
    const button = h('button', { type: 'submit', class: 'primary orange' }, fill(t.replyFrom, { crm: t.salesforce }))
    async function send(event) {
      event.preventDefault()
      const { org, to } = target()
      const said = text.value.trim()
      if (said !== '' && (await act(`salesforce/orgs/${org.orgId}/reply`, { ...to, text: said }))) text.value = ''
    }
    return h('form', { class: 'reply', onsubmit: send }, text, h('div', { class: 'reply-row' }, button))
  }

  function edit({ org, row }, type, fields) {
    void act(`salesforce/orgs/${org.orgId}/objects/${type}/${row.id}`, { fields }, 'PATCH')
  }

  return { draw }
}

/** Messages that hang on a record by this lookup, oldest first. */
function entriesOf({ messages }, lookup, id) {
  return messages.results
    .filter(({ fields }) => fields[lookup] === id)
    .map(({ id, fields }) => ({
      ...{ id, kind: MESSAGE_KINDS[fields.Direction__c] ?? 'logged', at: fields.Sent_At__c ?? fields.CreatedDate },
      ...{ who: fields.Author__c ?? '', status: (fields.Status__c ?? '').toLowerCase(), text: fields.Body__c ?? '' },
    }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}
