/** Writes as requests of `spreadsheets.batchUpdate`. Texts are texts: nothing that a customer says becomes a formula or a number. */
import type { Request } from './client.ts'
import type { Write } from './plan-push.ts'

/** `of`: for each request, the writes that are in it. */
export type Compiled = { requests: Request[]; of: Write[][] }

/** Other requests of the call: `first` of all, and `between` the rows that are there and those that are appended. */
export type Besides = { first: Request[]; between: Request[] }

/** New rows of a tab together. */
export function bulk(writes: Write[], besides: Besides): Compiled {
  const compiled = updates(writes, besides)
  const news = new Map<number, Write[]>()
  for (const write of writes) {
    if (!write.row) news.set(write.tab.sheetId, [...(news.get(write.tab.sheetId) ?? []), write])
  }
  for (const some of news.values()) addAppend(compiled, some)
  return compiled
}

/** Each by itself, so that a refusal names the one at fault. */
export function oneByOne(writes: Write[], besides: Besides): Compiled {
  const compiled = updates(writes, besides)
  for (const write of writes) if (!write.row) addAppend(compiled, [write])
  return compiled
}

function updates(writes: Write[], { first, between }: Besides): Compiled {
  const compiled: Compiled = { requests: [...first], of: first.map(() => []) }
  for (const write of writes) if (write.row) addUpdate(compiled, write)
  compiled.requests.push(...between)
  compiled.of.push(...between.map(() => []))
  return compiled
}

function addAppend({ requests, of }: Compiled, writes: Write[]) {
  const sheetId = writes[0]?.tab.sheetId ?? 0
  const rows = writes.map(({ cells }) => {
    const values = Array.from({ length: Math.max(0, ...cells.keys()) + 1 }, (_, column) => toCell(cells.get(column)))
    return { values }
  })
  requests.push({ appendCells: { sheetId, rows, fields: 'userEnteredValue' } })
  of.push(writes)
}

function addUpdate({ requests, of }: Compiled, write: Write) {
  for (const [columnIndex, text] of write.cells) {
    const start = { sheetId: write.tab.sheetId, rowIndex: write.row?.index ?? 0, columnIndex }
    requests.push({ updateCells: { start, rows: [{ values: [toCell(text)] }], fields: 'userEnteredValue' } })
    of.push([write])
  }
}

function toCell(text: string | null | undefined) {
  return text === null || text === undefined || text === '' ? {} : { userEnteredValue: { stringValue: text } }
}
