import { fill, h, setText } from './dom.js'

const KEPT = 'buzon-guide'

/** The first minute: what to do next, ticked off as it happens. What was there before counts for nothing. */
export function createGuide(root, { t, hubUrl }) {
  const kept = { begin: null, done: [], hidden: false, ...read() }
  const steps = ['write', ...(hubUrl ? ['inbox'] : []), 'crm', 'answer', 'close']
  const items = steps.map((step, nth) => item(step, nth + 1))
  const title = h('h2', {}, t.guide)
  const count = h('span', { class: 'guide-count' })
  const hide = h('button', { type: 'button', class: 'quiet', onclick: dismiss }, t.guideHide)
  root.append(
    h('div', { class: 'guide-top' }, title, count, hide),
    h(
      'ol',
      {},
      items.map(({ element }) => element),
    ),
  )
  root.setAttribute('aria-label', t.guide)
  show()

  function draw(state) {
    const now = countAll(state)
    kept.begin ??= now
    const since = name => now[name] > kept.begin[name]
    // A message that reaches HubSpot is one that somebody wrote here.
    const happened = { write: since('written'), crm: since('told') && since('written') }
    note({ ...happened, answer: since('answered'), close: since('closed') })
  }

  function note(happened) {
    for (const step of steps) if (happened[step] && !kept.done.includes(step)) kept.done.push(step)
    keep()
    show()
  }

  function show() {
    root.hidden = kept.hidden
    const next = steps.find(step => !kept.done.includes(step))
    for (const { step, element, mark } of items) {
      const isDone = kept.done.includes(step)
      element.classList.toggle('done', isDone)
      element.classList.toggle('next', step === next)
      if (step === next) element.setAttribute('aria-current', 'step')
      else element.removeAttribute('aria-current')
      setText(mark, isDone ? t.guideDone : '')
    }
    setText(title, next ? t.guide : t.guideAll)
    setText(count, fill(t.guideCount, { done: kept.done.length, of: steps.length }))
  }

  function item(step, nth) {
    const mark = h('span', { class: 'unseen' })
    const link = h(
      'a',
      { href: hubUrl, target: '_blank', rel: 'noopener', onclick: () => note({ inbox: true }) },
      t.guide_inbox,
    )
    const words = step === 'inbox' ? link : h('span', {}, t[`guide_${step}`])
    const number = h('span', { class: 'guide-number', 'aria-hidden': 'true' }, String(nth))
    return { step, mark, element: h('li', {}, number, words, mark) }
  }

  function dismiss() {
    kept.hidden = true
    keep()
    show()
  }

  function keep() {
    sessionStorage.setItem(KEPT, JSON.stringify(kept))
  }

  return { draw }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '{}')
  } catch {
    return {}
  }
}

function countAll({ whatsapp, hubspot }) {
  const messages = whatsapp.chats.flatMap(chat => chat.messages)
  const closed = portal => {
    const stages = portal.pipelines.flatMap(pipeline => pipeline.stages)
    const over = new Set(stages.filter(stage => stage.metadata?.ticketState === 'CLOSED').map(stage => stage.id))
    return portal.tickets.results.filter(ticket => over.has(ticket.properties.hs_pipeline_stage)).length
  }
  const sum = (list, of) => list.reduce((total, each) => total + of(each), 0)
  return {
    written: messages.filter(message => message.direction === 'in').length,
    answered: messages.filter(message => message.direction === 'out').length,
    told: sum(hubspot.portals, portal => portal.communications.total),
    closed: sum(hubspot.portals, closed),
  }
}
