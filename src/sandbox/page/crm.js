import { createReply, createTimeline, entriesOf, ownerOptions } from './conversation.js'
import { emptyState, fill, h, keyed, setOptions, setText, setValue } from './dom.js'

const TIME = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }

/** HubSpot's records, editable as somebody who works there. */
export function createCrm(root, { t, language, act }) {
  const tools = { t, act, time: new Intl.DateTimeFormat(language, TIME) }
  const portalName = h('span', { class: 'portal' })
  const portals = h('select', { 'aria-label': t.hubspot, hidden: true, onchange: () => draw(last) })
  const tabs = ['tickets', 'contacts'].map(name => {
    const count = h('span', { class: 'count' })
    const tab = h(
      'button',
      { type: 'button', role: 'tab', id: `crm-${name}`, onclick: () => choose(name) },
      t[name],
      count,
    )
    return { name, tab, count }
  })
  const list = h('div', { class: 'records', role: 'tabpanel' })
  const note = h('p', { class: 'note' })
  const empty = h('div')
  root.append(
    h('header', { class: 'crm-top' }, h('h2', { class: 'panel-title' }, t.hubspot), portalName, portals),
    h(
      'div',
      { class: 'crm-tabs', role: 'tablist' },
      tabs.map(({ tab }) => tab),
    ),
    h('p', { class: 'note' }, t.savedByPerson),
    empty,
    list,
    note,
  )
  let view = 'tickets'
  let last

  function choose(name) {
    view = name
    list.replaceChildren()
    list.known = undefined
    draw(last)
  }

  function draw(state) {
    last = state
    const all = state.hubspot.portals
    portals.hidden = all.length < 2
    setOptions(
      portals,
      all.map(({ portalId }) => ({ value: String(portalId), label: fill(t.portal, { id: portalId }) })),
    )
    const portal = all.find(entry => String(entry.portalId) === portals.value) ?? all[0]
    setText(portalName, portal && all.length === 1 ? fill(t.portal, { id: portal.portalId }) : '')
    for (const { name, tab, count } of tabs) {
      tab.setAttribute('aria-selected', String(name === view))
      setText(count, String(portal?.[name].total ?? 0))
    }
    list.setAttribute('aria-labelledby', `crm-${view}`)
    const records = portal ? portal[view].results.slice().reverse() : []
    empty.replaceChildren(...(records.length === 0 ? [emptyFor(portal)] : []))
    const index = portal ? indexOf(portal) : undefined
    const items = records.map(record => ({ record, portal, index }))
    keyed(
      list,
      items,
      item => `${item.portal.portalId} ${item.record.id}`,
      view === 'tickets' ? createTicket : createContact,
    )
    const total = portal?.[view].total ?? 0
    note.hidden = records.length >= total
    setText(note, fill(t.showing, { shown: records.length, total }))
  }

  function emptyFor(portal) {
    if (!portal) return emptyState(t.noPortal, t.noPortalHow)
    return view === 'tickets' ? emptyState(t.noTickets, t.noTicketsHow) : emptyState(t.noContacts, t.noContactsHow)
  }

  function createTicket(first) {
    let current = first
    const subject = h('span', { class: 'record-title' })
    const who = h('span', { class: 'record-sub' })
    const badge = h('span', { class: 'badge' })
    const save = name => event => edit(current, 'tickets', { [name]: event.target.value })
    const stage = h('select', { onchange: save('hs_pipeline_stage') })
    const owner = h('select', { onchange: save('hubspot_owner_id') })
    const priority = h('select', { onchange: save('hs_ticket_priority') })
    const timeline = createTimeline(tools)
    const reply = createReply(tools, () => ({
      portalId: current.portal.portalId,
      contactId: contactOf(current)?.id,
      ownerId: current.record.properties.hubspot_owner_id,
    }))
    const fold = createFold(h('span', { class: 'record-words' }, subject, who), badge)
    fold.body.append(
      h(
        'div',
        { class: 'fields' },
        h('label', {}, t.stage, stage),
        h('label', {}, t.owner, owner),
        h('label', {}, t.priority, priority),
      ),
      timeline.element,
      reply.element,
    )

    function update(item) {
      current = item
      const { record, portal } = item
      const { properties } = record
      const contact = contactOf(item)
      setText(subject, properties.subject || `#${record.id}`)
      setText(who, [contact ? nameOf(contact) : '', `#${record.id}`].filter(Boolean).join(' · '))
      const stages = portal.pipelines.flatMap(pipeline => pipeline.stages)
      const now = stages.find(entry => entry.id === properties.hs_pipeline_stage)
      setText(badge, now?.label ?? '—')
      badge.dataset.state = now?.metadata.ticketState ?? ''
      fold.element.dataset.priority = properties.hs_ticket_priority ?? ''
      setOptions(
        stage,
        stages.map(({ id, label }) => ({ value: id, label })),
      )
      setOptions(owner, ownerOptions(portal, t.nobody))
      setOptions(priority, [
        { value: '', label: t.none },
        ...portal.priorities.map(({ value, label }) => ({ value, label })),
      ])
      setValue(stage, properties.hs_pipeline_stage ?? '')
      setValue(owner, properties.hubspot_owner_id ?? '')
      setValue(priority, properties.hs_ticket_priority ?? '')
      timeline.update(entriesOf(item, contact))
      reply.update(portal, contact)
    }

    function contactOf({ record, index }) {
      return index.contacts.get(record.associations.contacts?.[0])
    }

    return { element: fold.element, update }
  }

  function createContact(first) {
    let current = first
    const title = h('span', { class: 'record-title' })
    const sub = h('span', { class: 'record-sub' })
    const inputs = ['firstname', 'lastname', 'email', 'phone'].map(name => {
      const input = h('input', { onchange: event => edit(current, 'contacts', { [name]: event.target.value.trim() }) })
      return { name, input, label: h('label', {}, t[name], input) }
    })
    const owner = h('select', {
      onchange: event => edit(current, 'contacts', { hubspot_owner_id: event.target.value }),
    })
    const timeline = createTimeline(tools)
    const reply = createReply(tools, () => ({
      portalId: current.portal.portalId,
      contactId: current.record.id,
      ownerId: current.record.properties.hubspot_owner_id,
    }))
    const fold = createFold(h('span', { class: 'record-words' }, title, sub))
    fold.body.append(
      h(
        'div',
        { class: 'fields' },
        inputs.map(({ label }) => label),
        h('label', {}, t.owner, owner),
      ),
      timeline.element,
      reply.element,
    )
    return {
      element: fold.element,
      update(item) {
        current = item
        const { record, portal } = item
        setText(title, nameOf(record))
        setText(sub, [record.properties.phone, `#${record.id}`].filter(Boolean).join(' · '))
        for (const { name, input } of inputs) setValue(input, record.properties[name] ?? '')
        setOptions(owner, ownerOptions(portal, t.nobody))
        setValue(owner, record.properties.hubspot_owner_id ?? '')
        timeline.update(entriesOf(item, record))
        reply.update(portal, record)
      },
    }
  }

  function edit({ portal, record }, type, properties) {
    void act(`hubspot/portals/${portal.portalId}/objects/${type}/${record.id}`, { properties }, 'PATCH')
  }

  return { draw }
}

let folds = 0

/** A record that opens and closes. */
export function createFold(...summary) {
  const body = h('div', { class: 'record-body', id: `fold-${++folds}`, hidden: true })
  const toggle = h('button', { type: 'button', class: 'record-top', 'aria-controls': body.id }, ...summary)
  const set = open => {
    toggle.setAttribute('aria-expanded', String(open))
    body.hidden = !open
  }
  set(false)
  toggle.addEventListener('click', () => set(body.hidden))
  return { body, element: h('article', { class: 'record' }, toggle, body) }
}

/** Made once per redraw, so that no card has to search. */
function indexOf(portal) {
  const byContact = new Map()
  for (const channel of portal.channels) {
    for (const message of channel.messages) {
      byContact.set(message.contactId, [...(byContact.get(message.contactId) ?? []), message])
    }
  }
  return {
    contacts: new Map(portal.contacts.results.map(record => [record.id, record])),
    communications: new Map(portal.communications.results.map(record => [record.id, record])),
    byContact,
  }
}

function nameOf({ id, properties }) {
  return (
    [properties.firstname, properties.lastname].filter(Boolean).join(' ') ||
    properties.phone ||
    properties.email ||
    `#${id}`
  )
}
