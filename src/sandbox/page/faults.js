import { fill, h, setOptions, setText } from './dom.js'

/** What may go wrong, and for how many calls. */
const KINDS = {
  limit: { kind: 'status', status: 429, headers: { 'retry-after': '2' }, times: 3 },
  down: { kind: 'status', status: 503, times: 5 },
  lost: { kind: 'store_then_hang', times: 1 },
}
const VENDORS = {
  whatsapp: 'WhatsApp',
  hubspot: 'HubSpot',
  salesforce: 'Salesforce',
  zendesk: 'Zendesk',
  google: 'Google',
}

/** The next calls of Buzón to a vendor fail, as people choose. */
export function createFaults({ t, act }) {
  const vendor = h('select', { 'aria-label': t.faultOf })
  const kind = h('select', { 'aria-label': t.faultKind })
  setOptions(
    vendor,
    Object.entries(VENDORS).map(([value, label]) => ({ value, label })),
  )
  setOptions(
    kind,
    Object.keys(KINDS).map(value => ({ value, label: t[`fault_${value}`] })),
  )
  const left = h('p', { class: 'faults-left', role: 'status' })
  const clear = h('button', { type: 'button', onclick: clearAll }, t.faultClear)
  const form = h('form', { onsubmit: add }, vendor, kind, h('button', { type: 'submit' }, t.faultAdd))
  const panel = h('div', { class: 'faults-panel' }, h('p', {}, t.faultHow), form, left, clear)
  const element = h('details', { class: 'faults', ontoggle: show }, h('summary', {}, t.faults), panel)

  async function add(event) {
    event.preventDefault()
    await act('faults', { vendor: vendor.value, ...KINDS[kind.value] })
    await show()
  }

  async function clearAll() {
    await act('faults', {}, 'DELETE')
    await show()
  }

  async function show() {
    const response = await fetch('/control/faults').catch(() => undefined)
    const { faults } = response?.ok ? await response.json() : { faults: [] }
    const calls = faults.reduce((sum, fault) => sum + fault.times, 0)
    setText(left, calls > 0 ? fill(t.faultsLeft, { calls }) : t.faultsNone)
    clear.hidden = calls === 0
  }

  return element
}
