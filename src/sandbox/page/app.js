import { createCrm } from './crm.js'
import { fill, h, setText } from './dom.js'
import { createFaults } from './faults.js'
import { createGuide } from './guide.js'
import { createPhones } from './phones.js'
import { createSalesforce } from './salesforce.js'
import { createSheet } from './sheet.js'
import { createZendesk } from './zendesk.js'

/** How much of each list the page asks for. */
const LIMIT = 100

const boot = await (await fetch(`/page/boot.json?lang=${document.documentElement.lang}`)).json()
const { strings: t, language } = boot
const $ = id => document.getElementById(id)

setText($('banner'), t.banner)
const { clock, live } = drawTop()
drawTabs()
const tools = { t, language, act }
const guide = createGuide($('guide'), { t, hubUrl: boot.hubUrl })
const phones = createPhones($('phones'), tools)
const crm = createCrm($('crm'), tools)
const salesforce = createSalesforce($('salesforce'), tools)
const zendesk = createZendesk($('zendesk'), tools)
const sheet = createSheet($('sheet'), tools)
listen()

/** Redraws on every change; changes during a redraw make one more. */
function listen() {
  const events = new EventSource('/control/events')
  let running = false
  let again = false
  events.addEventListener('change', async () => {
    if (running) {
      again = true
      return
    }
    running = true
    do {
      again = false
      await refresh()
    } while (again)
    running = false
  })
  events.onopen = () => setLive(true)
  events.onerror = () => setLive(false)
}

async function refresh() {
  const response = await fetch(`/control/state?limit=${LIMIT}`).catch(() => undefined)
  if (!response?.ok) return
  const state = await response.json()
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  setText(clock, format.format(new Date(state.now)))
  phones.draw(state)
  crm.draw(state)
  salesforce.draw(state)
  zendesk.draw(state)
  sheet.draw(state)
  guide.draw(state)
}

/** One control call; what goes wrong is said on the page. */
async function act(path, body, method = 'POST') {
  const response = await fetch(`/control/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (response?.ok) return true
  const reason = response ? ((await response.json().catch(() => ({}))).error ?? response.status) : t.offline
  say(fill(t.failed, { reason }))
  return false
}

function drawTop() {
  const clock = h('time', { class: 'clock-time' })
  const live = h('span', { class: 'live' }, t.offline)
  const forward = (label, text, advanceMs) =>
    h('button', { type: 'button', title: label, 'aria-label': label, onclick: () => act('time', { advanceMs }) }, text)
  const languages = boot.languages.map(code => {
    const link = h('a', { href: `?lang=${code}`, hreflang: code, lang: code }, code.toUpperCase())
    if (code === language) link.setAttribute('aria-current', 'true')
    return link
  })
  $('top').append(
    h(
      'div',
      { class: 'brand' },
      h('img', { src: '/page/icon.svg', alt: '', width: 36, height: 36 }),
      h('div', {}, h('h1', {}, t.title), h('p', {}, t.intro)),
    ),
    h(
      'div',
      { class: 'tools' },
      live,
      h(
        'div',
        { class: 'clock', role: 'group', 'aria-label': t.clock, title: t.clock },
        h('span', { class: 'clock-label' }, t.clock),
        clock,
        forward(t.advanceHour, '+1 h', 3_600_000),
        forward(t.advanceDay, '+24 h', 86_400_000),
      ),
      createFaults({ t, act }),
      hubLinks(),
      h('nav', { class: 'languages', 'aria-label': t.language }, languages),
    ),
  )
  return { clock, live }
}

function hubLinks() {
  const links = h('div', { class: 'hub' })
  if (boot.hubUrl) links.append(h('a', { class: 'button', href: boot.hubUrl }, t.openInbox))
  if (boot.apiKeyHint) {
    const apiDocument = boot.hubUrl ? h('a', { href: `${boot.hubUrl}/openapi.json` }, t.openHub) : null
    links.append(h('details', {}, h('summary', {}, t.apiHow), h('code', {}, boot.apiKeyHint, '\n', apiDocument)))
  }
  return links
}

/** Narrow screens show one side at a time; wide ones both. */
function drawTabs() {
  const names = { phones: t.phones, crm: t.hubspot }
  const tabs = Object.entries(names).map(([id, label]) =>
    h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': id, onclick: () => choose(id) },
      label,
    ),
  )
  $('tabs').setAttribute('aria-label', t.title)
  $('tabs').append(...tabs)
  $('tabs').addEventListener('keydown', event => {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
    const other = tabs.find(tab => tab !== document.activeElement)
    other?.focus()
    other?.click()
  })
  function choose(id) {
    document.body.dataset.tab = id
    for (const tab of tabs) {
      const chosen = tab.id === `tab-${id}`
      tab.setAttribute('aria-selected', String(chosen))
      tab.tabIndex = chosen ? 0 : -1
    }
  }
  choose('phones')
}

function setLive(on) {
  live.classList.toggle('on', on)
  setText(live, on ? t.live : t.offline)
}

let toastTimer
function say(text) {
  setText($('toast'), text)
  $('toast').hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    $('toast').hidden = true
  }, 6_000)
}
