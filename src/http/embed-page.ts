/** The page itself: what is said, the window, the clocks, and an answer or a template. Without a framework, for it is small. */

const texts = {
  es: {
    ...{
      none: 'Aún no hay conversación de WhatsApp en este ticket.',
      send: 'Enviar',
      sent: 'Enviado',
      answer: 'Respuesta',
    },
    ...{
      open: 'Ventana abierta hasta ',
      closed: 'Ventana cerrada: elige una plantilla aprobada.',
      template: 'Plantilla',
    },
    ...{
      readOnly: 'Solo lectura: tu correo no es de una persona que pueda responder en Buzón.',
      inbox: 'Abrir en Buzón',
    },
    ...{
      failed: 'No se pudo: ',
      unreachable: 'Buzón no responde. Tu texto sigue aquí.',
      customer: 'Cliente',
      us: 'Nosotros',
    },
  },
  en: {
    ...{ none: 'There is no WhatsApp conversation on this ticket yet.', send: 'Send', sent: 'Sent', answer: 'Answer' },
    ...{ open: 'Window open until ', closed: 'Window closed: choose an approved template.', template: 'Template' },
    ...{ readOnly: 'Read only: your e-mail is not of somebody who may answer in Buzón.', inbox: 'Open in Buzón' },
    ...{
      failed: 'It could not be done: ',
      unreachable: 'Buzón does not answer. Your text is still here.',
      customer: 'Customer',
      us: 'Us',
    },
  },
  pt: {
    ...{ none: 'Ainda não há conversa de WhatsApp neste ticket.', send: 'Enviar', sent: 'Enviado', answer: 'Resposta' },
    ...{ open: 'Janela aberta até ', closed: 'Janela fechada: escolha um modelo aprovado.', template: 'Modelo' },
    ...{
      readOnly: 'Somente leitura: seu e-mail não é de alguém que possa responder no Buzón.',
      inbox: 'Abrir no Buzón',
    },
    ...{
      failed: 'Não foi possível: ',
      unreachable: 'O Buzón não responde. Seu texto continua aqui.',
      customer: 'Cliente',
      us: 'Nós',
    },
  },
}

export function showPage(connector: string, session: string): string {
  return `<!doctype html><html lang="es"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Buzón</title><link rel="stylesheet" href="/embed/app/page.css">
<meta name="session" content="${session}"><meta name="connector" content="${connector}">
<script src="https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"></script>
<script type="module" src="/embed/app/page.js"></script></head>
<body><p id="state" role="status"></p><ol id="messages"></ol><form id="answer" hidden></form><p id="note" role="alert"></p></body></html>`
}

export const STYLE = `body{font:14px/1.4 system-ui,sans-serif;margin:8px;color:#2f3941;background:#fff}
ol{list-style:none;margin:0;padding:0;max-height:300px;overflow:auto}
li{margin:6px 0;padding:6px 8px;border-radius:6px;background:#f3f5f6;white-space:pre-wrap;overflow-wrap:anywhere}
li.out{background:#e3f4e8}small{display:block;color:#5b676f}small.bad{color:#b0272f}
textarea,select,input{box-sizing:border-box;width:100%;font:inherit;margin:4px 0;padding:6px}
button{font:inherit;padding:6px 14px}button:focus-visible,textarea:focus-visible,select:focus-visible{outline:2px solid #1f73b7}
`

export const SCRIPT = `const TEXTS = ${JSON.stringify(texts)}
const meta = name => document.querySelector('meta[name="' + name + '"]').content
const $ = id => document.getElementById(id)
const make = (tag, given, ...children) => {
  const element = Object.assign(document.createElement(tag), given)
  element.append(...children)
  return element
}
const client = window.ZAFClient.init()
const base = '/embed/' + meta('connector')
let shown
let draft = { text: '', template: '', values: {}, key: crypto.randomUUID() }

async function ask(path, body) {
  const response = await fetch(base + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: 'Bearer ' + meta('session'), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { ok: response.ok, body: await response.json().catch(() => ({})) }
}

async function refresh() {
  const { 'ticket.id': objectId } = await client.get('ticket.id')
  const query = new URLSearchParams({ objectType: 'ticket', objectId: String(objectId) })
  const answer = await ask('/conversation?' + query).catch(() => undefined)
  if (!answer) return say(TEXTS[shown?.language ?? 'es'].unreachable)
  if (!answer.ok) return say(answer.body.detail ?? answer.body.title ?? '')
  shown = answer.body
  draw()
}

function draw() {
  const t = TEXTS[shown.language] ?? TEXTS.es
  document.documentElement.lang = shown.language
  const format = new Intl.DateTimeFormat(shown.language, { dateStyle: 'short', timeStyle: 'short' })
  const isOpen = shown.window?.kind === 'open'
  $('state').textContent = !shown.ticket ? t.none : isOpen ? t.open + format.format(new Date(shown.window.closesAt)) : t.closed
  const clocks = (shown.sla?.lines ?? []).map(line => make('small', { textContent: line.text }))
  if (shown.ticket) $('state').append(...clocks, ' ', make('a', { href: shown.ticket.url, target: '_blank', rel: 'noopener', textContent: t.inbox }))
  $('messages').replaceChildren(
    ...shown.messages.map(message =>
      make('li', { className: message.direction }, message.text,
        make('small', {
          className: message.failure ? 'bad' : '',
          textContent: [message.author ?? (message.direction === 'in' ? t.customer : t.us), format.format(new Date(message.at)),
            message.failure ? message.failure.sentence + ' ' + message.failure.fix : message.direction === 'out' ? message.status : ''].filter(Boolean).join(' · '),
        }),
      ),
    ),
  )
  $('messages').lastElementChild?.scrollIntoView({ block: 'nearest' })
  drawForm(t, isOpen)
}

function drawForm(t, isOpen) {
  const form = $('answer')
  form.hidden = !shown.ticket || !shown.canReply
  if (shown.ticket && !shown.canReply) say(t.readOnly)
  if (form.hidden || form.contains(document.activeElement)) return
  const send = make('button', { type: 'submit', textContent: t.send })
  if (isOpen) {
    const text = make('textarea', { rows: 3, value: draft.text, ariaLabel: t.answer, oninput: () => edit({ text: text.value }) })
    return form.replaceChildren(text, send)
  }
  const offered = shown.templates.filter(({ needs }) => needs.header.kind === 'none' && needs.buttons.length === 0 && !needs.cards)
  const key = each => each.name + ' ' + each.language
  const select = make('select', { ariaLabel: t.template, onchange: () => { edit({ template: select.value, values: {} }); drawForm(t, false) } },
    make('option', { value: '', textContent: t.template }),
    ...offered.map(each => make('option', { value: key(each), textContent: key(each), selected: key(each) === draft.template })))
  const chosen = offered.find(each => key(each) === draft.template)
  const places = (chosen?.needs.body ?? []).map(name => {
    const input = make('input', { ariaLabel: name, placeholder: name, value: draft.values[name] ?? '', oninput: () => edit({ values: { ...draft.values, [name]: input.value } }) })
    return input
  })
  form.replaceChildren(select, ...places, send)
}

/** Another text is another answer, so it gets a key of its own. */
function edit(change) {
  draft = { ...draft, ...change, key: crypto.randomUUID() }
}

function content() {
  if (shown.window?.kind === 'open') return draft.text.trim() ? { type: 'text', text: draft.text.trim() } : undefined
  const template = shown.templates.find(each => each.name + ' ' + each.language === draft.template)
  if (!template || template.needs.body.some(place => !draft.values[place]?.trim())) return undefined
  const { name, language, needs } = template
  const isPositional = needs.body.every(place => /^\\d+$/.test(place))
  const ordered = isPositional ? [...needs.body].sort((a, b) => a - b) : needs.body
  const body = isPositional ? ordered.map(place => draft.values[place].trim()) : Object.fromEntries(ordered.map(place => [place, draft.values[place].trim()]))
  return { type: 'template', name, language, ...(needs.body.length > 0 ? { body } : {}) }
}

$('answer').addEventListener('submit', async event => {
  event.preventDefault()
  const t = TEXTS[shown.language] ?? TEXTS.es
  const said = content()
  if (!said) return
  const basedOn = shown.messages.at(-1)?.id
  const body = { ticketId: shown.ticket.id, idempotencyKey: draft.key, content: said, ...(basedOn ? { basedOn } : {}) }
  const answer = await ask('/reply', body).catch(() => undefined)
  if (!answer) return say(t.unreachable)
  if (!answer.ok) return say(t.failed + (answer.body.detail ?? answer.body.title ?? ''))
  document.activeElement?.blur()
  edit({ text: '', template: '', values: {} })
  say(t.sent)
  await refresh()
})

function say(text) {
  $('note').textContent = text
}

client.invoke('resize', { width: '100%', height: '480px' })
client.on('ticket.conversation.changed', refresh)
client.on('app.activated', refresh)
setInterval(refresh, 30000)
refresh()
`
