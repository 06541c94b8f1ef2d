import { fill, h, keyed, setOptions, setText, setValue } from './dom.js'

/** Rows below the last, to write into. */
const SPARE_ROWS = 3
const SPARE_COLUMNS = 1

/** A spreadsheet of Google's, editable as whoever it is shared with. */
export function createSheet(root, { t, act }) {
  const files = h('select', { 'aria-label': t.sheet, hidden: true, onchange: () => draw(last) })
  const title = h('span', { class: 'portal' })
  const tabs = h('div', { class: 'sheet-tabs', role: 'tablist' })
  const head = h('tr')
  const body = h('tbody')
  const table = h('table', { class: 'grid' }, h('thead', {}, head), body)
  const note = h('p', { class: 'note' })
  root.append(
    h('header', { class: 'crm-top' }, h('h2', { class: 'panel-title' }, t.sheet), title, files),
    tabs,
    h('p', { class: 'note' }, t.sheetHow),
    h('div', { class: 'grid-scroll' }, table),
    note,
  )
  let chosen = 0
  let last

  function draw(state) {
    last = state
    const all = state.google.files
    root.hidden = all.length === 0
    if (all.length === 0) return
    files.hidden = all.length < 2
    setOptions(
      files,
      all.map(file => ({ value: file.spreadsheetId, label: file.title })),
    )
    const file = all.find(each => each.spreadsheetId === files.value) ?? all[0]
    setText(title, all.length === 1 ? file.title : '')
    const sheets = file.sheets.filter(sheet => !sheet.hidden)
    const sheet = sheets.find(each => each.sheetId === chosen) ?? sheets[0]
    chosen = sheet.sheetId
    keyed(
      tabs,
      sheets,
      each => `${file.spreadsheetId} ${each.sheetId}`,
      first => createTab(first),
    )
    drawGrid(file, sheet)
  }

  function createTab(first) {
    const element = h('button', { type: 'button', role: 'tab', onclick: () => choose(first.sheetId) })
    return {
      element,
      update(sheet) {
        setText(element, sheet.title)
        element.setAttribute('aria-selected', String(sheet.sheetId === chosen))
      },
    }
  }

  function choose(sheetId) {
    chosen = sheetId
    draw(last)
  }

  function drawGrid(file, sheet) {
    const widest = Math.max(0, ...sheet.rows.map(({ cells }) => cells.length))
    const columns = Array.from({ length: Math.min(widest + SPARE_COLUMNS, sheet.columnCount) }, (_, at) => at).filter(
      at => !sheet.hiddenColumns.includes(at),
    )
    const [header, ...rows] = sheet.rows
    const blank = Array.from({ length: SPARE_ROWS }, (_, nth) => ({ row: Math.max(1, sheet.total) + nth, cells: [] }))
    const key = `${file.spreadsheetId} ${sheet.sheetId}`
    keyed(
      head,
      [-1, ...columns],
      at => `${key} ${at}`,
      first => createHead(first),
    )
    for (const at of [-1, ...columns]) head.known.get(`${key} ${at}`).show(file, sheet, header)
    keyed(
      body,
      [...rows, ...blank],
      ({ row }) => `${key} ${row}`,
      () => createRow(),
    )
    for (const each of [...rows, ...blank]) body.known.get(`${key} ${each.row}`).show(file, sheet, each, columns)
    note.hidden = rows.length >= sheet.total - 1
    setText(note, fill(t.showing, { shown: rows.length, total: sheet.total - 1 }))
  }

  /** The name of a column, which may be changed, and a way to sort by it. */
  function createHead(first) {
    if (first === -1) return { element: h('th', { class: 'row-number' }, '#'), update() {}, show() {} }
    let now
    const input = h('input', {
      'aria-label': letters(first),
      onchange: event => type(now, 0, first, event.target.value),
    })
    const sort = h(
      'button',
      { type: 'button', title: t.sheetSort, 'aria-label': t.sheetSort, onclick: () => sortBy(now, first) },
      'AZ',
    )
    return {
      element: h('th', {}, input, sort),
      update() {},
      show(file, sheet, header) {
        now = { file, sheet }
        setValue(input, header?.cells[first]?.text ?? '')
      },
    }
  }

  function createRow() {
    let now
    const number = h('span')
    const remove = h(
      'button',
      { type: 'button', title: t.sheetDelete, 'aria-label': t.sheetDelete, onclick: () => rows('deleteDimension') },
      '×',
    )
    const insert = h(
      'button',
      { type: 'button', title: t.sheetInsert, 'aria-label': t.sheetInsert, onclick: () => rows('insertDimension') },
      '+',
    )
    const first = h('th', { class: 'row-number' }, number, insert, remove)
    const element = h('tr', {}, first)
    const cells = new Map()
    const rows = kind => {
      const { file, sheet, each } = now
      const range = { sheetId: sheet.sheetId, dimension: 'ROWS', startIndex: each.row, endIndex: each.row + 1 }
      void act(`google/files/${file.spreadsheetId}/edit`, { requests: [{ [kind]: { range } }] })
    }
    return {
      element,
      update() {},
      show(file, sheet, each, columns) {
        now = { file, sheet, each }
        setText(number, String(each.row + 1))
        for (const at of columns)
          if (!cells.has(at))
            cells.set(
              at,
              createCell(at, () => now),
            )
        for (const [at, cell] of cells) if (!columns.includes(at)) cell.element.remove()
        let previous = first
        for (const at of columns) {
          const cell = cells.get(at)
          if (previous.nextSibling !== cell.element) element.insertBefore(cell.element, previous.nextSibling)
          cell.show(each.cells[at], sheet.options.find(option => option.column === at)?.values)
          previous = cell.element
        }
      },
    }
  }

  /** Shows what a formula gives, and the formula to whoever edits it. */
  function createCell(at, place) {
    let formula
    const list = h('datalist', { id: `options-${crypto.randomUUID()}` })
    const input = h('input', {
      onfocus: () => {
        if (formula) input.value = formula
      },
      onchange: event => {
        const { each } = place()
        input.blur()
        type(place(), each.row, at, event.target.value)
      },
    })
    return {
      element: h('td', {}, input, list),
      show(cell, options = []) {
        formula = cell?.formula
        input.classList.toggle('formula', Boolean(formula))
        input.setAttribute('aria-label', `${letters(at)}${place().each.row + 1}`)
        setValue(input, cell?.text ?? '')
        setOptions(
          list,
          options.map(value => ({ value, label: value })),
        )
        if (options.length > 0) input.setAttribute('list', list.id)
        else input.removeAttribute('list')
      },
    }
  }

  function type({ file, sheet }, row, column, text) {
    const range = `'${sheet.title.replaceAll("'", "''")}'!${letters(column)}${row + 1}`
    void act(`google/files/${file.spreadsheetId}/type`, { range, values: [[text]] })
  }

  function sortBy({ file, sheet }, dimensionIndex) {
    const range = { sheetId: sheet.sheetId, startRowIndex: 1 }
    void act(`google/files/${file.spreadsheetId}/edit`, {
      requests: [{ sortRange: { range, sortSpecs: [{ dimensionIndex }] } }],
    })
  }

  return { draw }
}

function letters(index) {
  return (index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}
