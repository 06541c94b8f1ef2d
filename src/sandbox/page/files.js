import { h, setIcon } from './dom.js'

/** What the simulation keeps of one file; it lives in memory. */
const LARGEST = 16 * 1024 * 1024

/** The customer's paper clip: samples of each kind, or a file of this machine. `send` takes a message. */
export function createClip(t, send) {
  const input = h('input', { type: 'file', hidden: true, onchange: pick })
  const items = ['image', 'audio', 'document'].map(type =>
    h('button', { type: 'button', onclick: () => choose({ type }) }, t[`sample_${type}`]),
  )
  items.push(h('button', { type: 'button', onclick: () => input.click() }, t.attachFile))
  const button = h('summary', { class: 'clip', title: t.attach })
  setIcon(button, 'clip')
  button.setAttribute('aria-label', t.attach)
  const note = h('p', { class: 'clip-note', role: 'alert', hidden: true })
  const element = h('details', { class: 'clip-menu' }, button, h('div', { class: 'clip-items' }, ...items, note), input)

  function choose(message) {
    element.open = false
    note.hidden = true
    void send(message)
  }

  async function pick() {
    const [file] = input.files
    input.value = ''
    if (!file) return
    if (file.size > LARGEST) {
      note.textContent = t.fileTooLarge
      note.hidden = false
      return
    }
    const mimeType = file.type || 'application/octet-stream'
    choose({ type: typeOf(mimeType), file: { mimeType, fileName: file.name, data: await base64(file) } })
  }

  return element
}

function typeOf(mimeType) {
  const [first] = mimeType.split('/')
  if (mimeType === 'image/webp') return 'sticker'
  return ['image', 'audio', 'video'].includes(first) ? first : 'document'
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '')
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

/** A file on the phone: shown, played, or opened. */
export function showFile(t, { fileId, link, type, text }) {
  if (!fileId && !link) return null
  const address = fileId ? `/control/whatsapp/files/${encodeURIComponent(fileId)}` : link
  if (!fileId) return h('a', { class: 'file', href: address, target: '_blank', rel: 'noreferrer' }, t.openFile)
  if (type === 'image' || type === 'sticker')
    return h('img', { class: 'file', src: address, alt: text, loading: 'lazy' })
  if (type === 'audio') return h('audio', { class: 'file', src: address, controls: true, preload: 'metadata' })
  if (type === 'video') return h('video', { class: 'file', src: address, controls: true, preload: 'metadata' })
  return h('a', { class: 'file', href: address, download: '' }, t.openFile)
}
