/** Makes an element. Text only ever goes in as text. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (name === 'class') element.className = value
    else if (name in element && name !== 'list') element[name] = value
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined))
  return element
}

const SHAPES = {
  clock: 'M10 2a6 6 0 1 0 0 12 6 6 0 0 0 0-12m0 3v3.5l2 1.5',
  check: 'm5 8.5 3.5 3.5L15 4.5',
  checks: 'm1 8.5 3.5 3.5L11 4.5m-1 6.5 1 1L17.5 4.5',
  alert: 'M10 3v6m0 3.5v.5',
  arrow: 'M3 8h13m-5-5 5 5-5 5',
  clip: 'm14 7-5 5a2.5 2.5 0 0 1-3.5-3.5l5.5-5.5a1.7 1.7 0 0 1 2.4 2.4L8 11',
}

/** Signs are drawn: not every machine has a font with them. */
export function setIcon(element, name) {
  if (element.dataset.icon === name) return
  element.dataset.icon = name
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 16')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg.namespaceURI, 'path')
  path.setAttribute('d', SHAPES[name])
  svg.append(path)
  element.replaceChildren(svg)
}

/** Puts the value in place of `{name}`. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_match, name) => String(values[name] ?? ''))
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Makes the container's children match the items, keeping the elements of items that stay: what somebody is typing
 * into survives every redraw.
 */
export function keyed(container, items, keyOf, create) {
  const known = container.known ?? new Map()
  const kept = new Map()
  let previous = null
  for (const item of items) {
    const key = keyOf(item)
    const entry = known.get(key) ?? create(item)
    kept.set(key, entry)
    entry.update(item)
    const next = previous ? previous.nextSibling : container.firstChild
    if (next !== entry.element) container.insertBefore(entry.element, next)
    previous = entry.element
  }
  for (const [key, entry] of known) if (!kept.has(key)) entry.element.remove()
  container.known = kept
}

/** A control that somebody is using is left alone. */
export function setValue(control, value) {
  if (control !== document.activeElement && control.value !== value) control.value = value
}

export function setOptions(select, options) {
  const wanted = JSON.stringify(options)
  if (select.wanted === wanted) return
  select.wanted = wanted
  const value = select.value
  select.replaceChildren(...options.map(option => h('option', { value: option.value }, option.label)))
  select.value = value
}

export function emptyState(title, text) {
  return h('div', { class: 'empty' }, h('strong', {}, title), h('span', {}, text))
}
