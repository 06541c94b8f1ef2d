/**
 * Keeps a page that changes by itself up to date: fetches it again and puts the new content in place of the old, where
 * the reader is. It waits while somebody chooses, marks text, or has paused it. Pages work without it.
 */
export const SCRIPT = `
const EVERY_MS = 3000
const news = document.querySelector('#news')
const isPaused = () => sessionStorage.getItem('paused') === 'yes'

function prepare() {
  const button = document.querySelector('#updates')
  if (!button) return
  button.hidden = false
  button.textContent = isPaused() ? button.dataset.resume : button.dataset.pause
  button.onclick = () => {
    sessionStorage.setItem('paused', isPaused() ? 'no' : 'yes')
    prepare()
  }
}

function isBusy() {
  const selection = getSelection()
  return (
    document.hidden ||
    isPaused() ||
    document.activeElement?.tagName === 'SELECT' ||
    (selection !== null && !selection.isCollapsed) ||
    document.querySelector(':popover-open') !== null
  )
}

// Only this part: the style of the whole has a nonce of its own.
function mainOf(text) {
  const holder = document.createElement('template')
  holder.innerHTML = text.slice(text.indexOf('<main'), text.indexOf('</main>') + '</main>'.length)
  return holder.content.querySelector('main')
}

async function refresh() {
  const main = document.querySelector('main')
  if (main.dataset.live !== 'true' || isBusy()) return
  const answer = await fetch(location.href).catch(() => undefined)
  if (!answer?.ok) return
  const next = mainOf(await answer.text())
  if (!next || isBusy()) return
  for (const { id } of main.querySelectorAll('details[open] > summary')) {
    next.querySelector('#' + CSS.escape(id))?.parentElement.setAttribute('open', '')
  }
  const focused = main.contains(document.activeElement) ? document.activeElement.id : ''
  main.replaceWith(next)
  prepare()
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  if (next.dataset.state !== main.dataset.state) news.textContent = news.dataset.changed.replace('…', next.dataset.state)
}

if (location.search.includes('done=')) history.replaceState(null, '', location.pathname)
prepare()
setInterval(refresh, EVERY_MS)
`
