import { emptyState, fill, h, keyed, setIcon, setText, setValue } from './dom.js'
import { createClip, showFile } from './files.js'

const TICKS = { accepted: 'clock', sent: 'check', delivered: 'checks', read: 'checks', failed: 'alert' }
const COLOURS = ['teal', 'plum', 'amber', 'blue', 'rose']

/** The customers' phones. */
export function createPhones(root, { t, language, act }) {
  const numbers = h('select', { id: 'number', onchange: () => draw(last) })
  const picker = h('label', { class: 'number-picker', hidden: true }, t.number, numbers)
  const grid = h('div', { class: 'phone-grid' })
  const empty = emptyState(t.noNumber, t.noNumberHow)
  root.append(h('h2', { class: 'panel-title' }, t.phones), picker, empty, grid, addPersonForm())
  const time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
  let last

  function draw(state) {
    last = state
    const { phones, people, chats } = state.whatsapp
    picker.hidden = phones.length < 2
    empty.hidden = phones.length > 0
    drawNumbers(phones)
    const phone = phones.find(entry => entry.phoneNumberId === numbers.value) ?? phones[0]
    const byPerson = new Map(
      chats.filter(chat => chat.phoneNumberId === phone?.phoneNumberId).map(chat => [chat.person, chat]),
    )
    const shown = people.map((person, index) => ({ person, index, phone, chat: byPerson.get(person.key) }))
    keyed(grid, shown, item => item.person.key, createPhone)
  }

  function drawNumbers(phones) {
    const value = numbers.value
    numbers.replaceChildren(
      ...phones.map(phone =>
        h('option', { value: phone.phoneNumberId }, `${phone.verifiedName} ${phone.displayPhoneNumber}`),
      ),
    )
    if (phones.some(phone => phone.phoneNumberId === value)) numbers.value = value
  }

  function createPhone(first) {
    let current = first
    const name = h('span', { class: 'owner-name' })
    const number = h('span', { class: 'owner-number' })
    const avatar = h('span', { class: `avatar ${COLOURS[first.index % COLOURS.length]}`, 'aria-hidden': 'true' })
    const business = h('strong')
    const presence = h('span', { class: 'presence' })
    const read = h('button', { type: 'button', class: 'read', onclick: openChat })
    const log = h('div', { class: 'chat', role: 'log', tabIndex: 0 })
    const hint = h('p', { class: 'hint' }, t.emptyChat)
    const messages = h('div', { class: 'bubbles' })
    log.append(hint, messages)
    const input = h('input', {
      class: 'message',
      type: 'text',
      placeholder: t.write,
      autocomplete: 'off',
      maxLength: 4096,
      onfocus: openChat,
    })
    const button = h('button', { class: 'send', type: 'submit' })
    setIcon(button, 'arrow')
    button.setAttribute('aria-label', t.send)
    const clip = createClip(t, message => say(message))
    const form = h('form', { class: 'composer', onsubmit: write }, clip, input, button)
    const element = h(
      'article',
      { class: 'phone' },
      h('h3', { class: 'owner' }, avatar, h('span', { class: 'owner-words' }, name, number)),
      h(
        'div',
        { class: 'device' },
        h('div', { class: 'chat-top' }, h('span', { class: 'chat-words' }, business, presence), read),
        log,
        form,
      ),
    )

    async function write(event) {
      event.preventDefault()
      const text = input.value.trim()
      if (text === '' || !current.phone) return
      input.value = ''
      if (!(await say({ text }))) setValue(input, text)
    }

    function say(message) {
      const { phoneNumberId } = current.phone
      return act('whatsapp/inbound', { phoneNumberId, messages: [{ from: current.person.waId, ...message }] })
    }

    function openChat() {
      if (!current.chat || current.chat.unread === 0) return
      void act('whatsapp/read', { phoneNumberId: current.phone.phoneNumberId, waId: current.person.waId })
    }

    function update(item) {
      current = item
      const { person, phone, chat } = item
      element.setAttribute('aria-label', fill(t.phoneOf, { name: person.name }))
      log.setAttribute('aria-label', fill(t.chatWith, { name: phone?.verifiedName ?? '' }))
      input.setAttribute('aria-label', `${t.write} · ${person.name}`)
      setText(avatar, initials(person.name))
      setText(name, person.name)
      setText(number, `+${person.waId}`)
      setText(business, phone?.verifiedName ?? '—')
      setText(presence, presenceOf(chat))
      presence.classList.toggle('typing', Boolean(chat?.typing))
      setText(read, fill(t.openChat, { count: chat?.unread ?? 0 }))
      read.hidden = !chat || chat.unread === 0
      input.disabled = !phone
      button.disabled = !phone
      clip.hidden = !phone
      hint.hidden = !phone || Boolean(chat && chat.messages.length > 0)
      const newest = chat?.messages.at(-1)?.id
      keyed(messages, chat?.messages ?? [], message => message.id, createBubble)
      if (newest !== log.newest) {
        log.newest = newest
        log.scrollTop = log.scrollHeight
      }
    }

    return { element, update }
  }

  function presenceOf(chat) {
    if (!chat) return ''
    if (chat.typing) return t.typing
    return chat.windowOpen ? t.windowOpen : t.windowClosed
  }

  /** The customer's own messages are on the right, as on a real phone. */
  function createBubble(message) {
    const text = h('span', { class: 'text' })
    const reaction = h('span', { class: 'reaction', hidden: true })
    const ticks = h('span', { class: 'ticks', role: 'img' })
    const reason = h('span', { class: 'reason', hidden: true })
    const meta = h('span', { class: 'meta' }, h('time', {}, time.format(new Date(message.at))), ticks)
    const side = message.direction === 'in' ? 'mine' : 'theirs'
    const file = showFile(t, message)
    const element = h('div', { class: `bubble ${side}` }, file, text, meta, reason, reaction)
    return {
      element,
      update(now) {
        const status = now.direction === 'in' ? (now.readByBusiness ? 'read' : 'delivered') : now.status
        // A file without words speaks for itself.
        setText(text, file && now.text === `[${now.type}]` ? '' : now.text)
        setIcon(ticks, TICKS[status] ?? 'clock')
        ticks.setAttribute('aria-label', t[`status_${status}`] ?? status)
        ticks.title = t[`status_${status}`] ?? status
        element.dataset.status = status
        reason.hidden = !now.error
        if (now.error) setText(reason, fill(t.notDelivered, { reason: reasonOf(now.error) }))
        reaction.hidden = !now.reactions?.length
        element.classList.toggle('reacted', !reaction.hidden)
        setText(reaction, (now.reactions ?? []).map(entry => entry.emoji).join(' '))
      },
    }
  }

  function reasonOf(error) {
    if (error.code === 131047) return `${t.windowReason} (${error.code})`
    if (error.code === 131026) return `${t.undeliverableReason} (${error.code})`
    return `${error.title} (${error.code})`
  }

  function addPersonForm() {
    const name = h('input', { name: 'name', required: true, autocomplete: 'off' })
    const number = h('input', {
      name: 'number',
      required: true,
      inputMode: 'tel',
      pattern: '\\+?[0-9 ]{8,20}',
      placeholder: '+52 1 55 …',
      autocomplete: 'off',
    })
    const details = h('details', { class: 'add-person' })
    const form = h(
      'form',
      {
        onsubmit: async event => {
          event.preventDefault()
          const waId = number.value.replace(/\D/g, '')
          if (!(await act('whatsapp/people', { name: name.value.trim(), waId }))) return
          form.reset()
          details.open = false
        },
      },
      h('label', {}, t.personName, name),
      h('label', {}, t.personNumber, number),
      h('button', { type: 'submit', class: 'primary' }, t.add),
    )
    details.append(h('summary', {}, `+ ${t.addPerson}`), h('p', {}, t.addPersonHow), form)
    return details
  }

  return { draw }
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean)
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map(word => (word ? [...word][0] : ''))
    .join('')
    .toUpperCase()
}
