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
