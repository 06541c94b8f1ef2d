import { h, keyed, setOptions, setText } from './dom.js'

/** What was said, oldest first. */
export function createTimeline({ t, time }) {
  const entries = h('ol', { class: 'entries' })
  const hint = h('p', { class: 'hint' }, t.emptyTimeline)
  return {
    element: h('section', { class: 'timeline' }, h('h4', {}, t.timeline), hint, entries),
    update(items) {
      hint.hidden = items.length > 0
      keyed(
        entries,
        items,
        item => item.id,
        item => {
          const body = h('span', { class: 'entry-body' })
          const meta = h('span', { class: 'entry-meta' })
          const element = h('li', { class: `entry ${item.kind}` }, meta, body)
          return {
            element,
            update(now) {
              setText(
                meta,
                [time.format(new Date(now.at)), now.who, t[`status_${now.status}`]].filter(Boolean).join(' · '),
              )
              setText(body, now.text)
            },
          }
        },
      )
    },
  }
}

/** The box in which an agent answers. */
export function createReply({ t, act }, target) {
  const text = h('textarea', { rows: 2, required: true, placeholder: t.replyText, 'aria-label': t.replyText })
  const owner = h('select', { 'aria-label': t.replyAs })
  const button = h('button', { type: 'submit', class: 'primary orange' }, t.reply)
  const hint = h('p', { class: 'hint' })
  const form = h(
    'form',
    { class: 'reply', onsubmit: send },
    text,
    h('div', { class: 'reply-row' }, owner, button),
    hint,
  )

  async function send(event) {
    event.preventDefault()
    const { portalId, contactId } = target()
    const body = { contactId, text: text.value.trim(), ownerId: owner.value }
    if (body.text !== '' && (await act(`hubspot/portals/${portalId}/reply`, body))) text.value = ''
  }

  return {
    element: form,
    update(portal, contact) {
      const chosen = owner.value
      setOptions(owner, ownerOptions(portal))
      if (chosen === '') owner.value = target().ownerId || portal.owners[0]?.id || ''
      const ready = portal.channels.some(channel => channel.accounts.length > 0)
      button.disabled = !ready || !contact
      text.disabled = button.disabled
      owner.disabled = button.disabled
      hint.hidden = !button.disabled
      setText(hint, ready ? t.noContact : t.noChannel)
    },
  }
}

/** Logged messages of the record and the inbox conversation of its contact, in order. */
export function entriesOf({ record, index }, contact) {
  const logged = (record.associations.communications ?? [])
    .map(id => index.communications.get(id))
    .filter(Boolean)
    .map(({ id, properties }) => ({
      id,
      kind: 'logged',
      at: properties.hs_timestamp,
      who: '',
      text: plainText(properties.hs_communication_body ?? ''),
    }))
  const spoken = (index.byContact.get(contact?.id) ?? []).map(message => ({
    id: message.id,
    kind: message.direction === 'INCOMING' ? 'incoming' : 'outgoing',
    at: message.createdAt,
    who: message.senders[0]?.name ?? '',
    status: message.direction === 'OUTGOING' ? message.status.statusType.toLowerCase() : '',
    text: message.text,
  }))
  return [...logged, ...spoken].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** A parsed document that is never shown runs nothing; only its text is taken. */
function plainText(html) {
  return new DOMParser().parseFromString(html.replace(/<br\s*\/?>|<\/p>/gi, '\n'), 'text/html').body.textContent.trim()
}

export function ownerOptions(portal, nobody) {
  const owners = portal.owners.map(owner => ({ value: owner.id, label: `${owner.firstName} ${owner.lastName}` }))
  return nobody === undefined ? owners : [{ value: '', label: nobody }, ...owners]
}
