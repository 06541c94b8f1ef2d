/** HTML as agents write it in CRMs, as WhatsApp shows it: https://faq.whatsapp.com/539178204879377. Total and pure. */

const marks: Record<string, string> = {
  ...{ b: '*', strong: '*', i: '_', em: '_', s: '~', strike: '~', del: '~', code: '`', pre: '```' },
}
const blocks = new Set(['p', 'div', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table', 'tr'])

/** Nobody formats deeper; what is beyond is text without it. */
const DEEPEST = 50

/** Where a block begins or ends: however many meet, it is one new line. */
const EDGE = '\u0001'

/** Whether the text alone would lose something. */
export function isFormatted(html: string): boolean {
  return /<(b|strong|i|em|s|strike|del|code|pre|li|a|blockquote)\b/i.test(html)
}

type Open = { tag: string; href: string; text: string; items: number }

export function toWhatsAppText(html: string): string {
  const root: Open = { tag: '', href: '', text: '', items: 0 }
  const stack = [root]
  const top = () => stack.at(-1) ?? root
  for (const token of html.replaceAll(EDGE, '').split(/(<\/?[a-z][^<>]*>)/i)) {
    const [isTag, slash, name = '', rest = ''] = /^<(\/?)([a-z][a-z0-9]*)([^<>]*)>$/i.exec(token) ?? []
    const tag = name.toLowerCase()
    if (!isTag) top().text += textOf(token, stack)
    else if (tag === 'br') top().text += '\n'
    else if (slash) close(tag)
    else if (tag && stack.length < DEEPEST && !rest.endsWith('/') && !/^(img|hr|meta|input)$/.test(tag))
      stack.push(opened(tag, rest))
  }
  while (stack.length > 1) close(top().tag)
  return tidy(root.text)

  /** What was left open within is closed with it; a stray end is none. */
  function close(tag: string) {
    const at = stack.findLastIndex(open => open.tag === tag)
    if (at < 1) return
    while (stack.length > at) {
      const open = stack.pop() as Open
      const isMarked = stack.some(({ tag }) => marks[tag] === marks[open.tag])
      top().text += marks[open.tag] && isMarked ? open.text : written(open, top())
    }
  }
}

function opened(tag: string, rest: string): Open {
  const href = /\bhref\s*=\s*["']?([^"'\s>]+)/i.exec(rest)?.[1] ?? ''
  return { tag, href: decoded(href).replace(/^(mailto|tel):/, ''), text: '', items: 0 }
}

function textOf(token: string, stack: Open[]): string {
  const text = decoded(token)
  return stack.some(({ tag }) => tag === 'pre') ? text : text.replace(/[^\S\u00A0]+/g, ' ').replaceAll('\u00A0', ' ')
}

function written({ tag, href, text }: Open, parent: Open): string {
  const mark = marks[tag]
  if (mark === '```') return text.trim() ? `${EDGE}\`\`\`${text.trim()}\`\`\`${EDGE}` : ''
  // A mark holds within a line only, and touches what it marks.
  if (mark)
    return text.replace(/^(\s*)(.*\S)(\s*)$/gm, (_all, before, marked, after) => before + mark + marked + mark + after)
  if (tag === 'a') return linked(text, href)
  if (tag === 'li') {
    parent.items++
    return `${EDGE}${parent.tag === 'ol' ? `${parent.items}.` : '-'} ${text.trim()}`
  }
  if (tag === 'blockquote') return `${EDGE}${tidy(text).replace(/^/gm, '> ')}${EDGE}`
  return blocks.has(tag) ? `${EDGE}${text}${EDGE}` : text
}

function linked(text: string, href: string): string {
  const said = text.trim()
  if (!href || said === href || said === href.replace(/\/$/, '')) return text
  return said ? `${text} (${href})` : href
}

function tidy(text: string): string {
  const lines = text
    .replace(new RegExp(`(?:${EDGE} *)+`, 'g'), '\n')
    .split('\n')
    .map(line => line.replace(/[^\S\n]+$/g, '').replace(/^ (?=\S)/, ''))
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00A0', amp: '&' }

/** Each entity once: what it stands for is not looked at again. */
function decoded(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (all, name: string) => {
    if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? all
    const code = name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}
