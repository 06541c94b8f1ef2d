/** Field masks: `sheets(properties(sheetId,title),data/rowData),spreadsheetId`, or `*`. */
export type Mask = { [name: string]: Mask } | true

/** Throws where brackets do not match. */
export function parseMask(text: string | undefined): Mask {
  if (!text || text.trim() === '*') return true
  let at = 0
  const mask = list()
  if (at < text.length) throw new Error(`unexpected ${text[at]} in the field mask`)
  return mask

  function list(): Mask {
    const names: Exclude<Mask, true> = {}
    do {
      const path: string[] = []
      let inner: Mask = true
      for (;;) {
        const name = /^[\w*]+/.exec((text as string).slice(at))?.[0]
        if (!name) throw new Error(`a name is missing in the field mask at ${at}`)
        at += name.length
        path.push(name)
        if (text?.[at] === '/' || text?.[at] === '.') {
          at++
          continue
        }
        if (text?.[at] === '(') {
          at++
          inner = list()
          if (text?.[at] !== ')') throw new Error('a bracket is not closed in the field mask')
          at++
        }
        break
      }
      put(names, path, inner)
    } while (text?.[at] === ',' && ++at)
    return names
  }
}

function put(names: Exclude<Mask, true>, [name = '', ...rest]: string[], inner: Mask) {
  const known = names[name]
  if (rest.length === 0) names[name] = known === undefined || known === true ? inner : known
  else {
    const below: Exclude<Mask, true> = known === undefined || known === true ? {} : known
    put(below, rest, inner)
    names[name] = below
  }
}

/** What of an answer was asked for. */
export function pick(value: unknown, mask: Mask): unknown {
  if (mask === true || '*' in mask || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => pick(item, mask))
  const picked: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(mask)) {
    const found = (value as Record<string, unknown>)[name]
    if (found !== undefined) picked[name] = pick(found, inner)
  }
  return picked
}
