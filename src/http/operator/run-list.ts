import { html } from 'hono/html'
import { duration, instant, relative } from './format.ts'
import { chip, emptyState, type Html, type Reader } from './layout.ts'
import { phaseOf } from './phase.ts'
import { type RunFilter, type RunState, type RunSummary, runStates } from './runs.ts'
import type { Texts } from './texts.ts'

export type RunListInput = {
  runs: RunSummary[]
  functionIds: string[]
  filter: Pick<RunFilter, 'state' | 'functionId' | 'before'>
  /** The last run of this page, when there are more. */
  nextBefore: string | null
}

export function runList(reader: Reader, { runs, functionIds, filter, nextBefore }: RunListInput): Html {
  const { t } = reader
  const { before, ...unpaged } = filter
  return html`
    <h1>${t.runs}</h1>
    <p class="about">${t.about}</p>
    ${functionIds.length > 0 && filters(t, functionIds, unpaged)}
    ${runs.length > 0 ? table(reader, runs) : nothing(t, functionIds.length === 0)}
    <nav class="pages" aria-label="${t.runs}">
      ${before && html`<a class="button" href="${address(unpaged)}">${t.newest}</a>`}
      ${nextBefore && html`<a class="button" id="older" href="${address({ ...unpaged, before: nextBefore })}">${t.older}</a>`}
    </nav>`
}

/** Of a list by what it shows. */
export function address({ state, functionId, before }: RunListInput['filter']): string {
  const given = Object.entries({ state, function: functionId, before }).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given as [string, string][]).toString()
  return `/operator/runs${query && `?${query}`}`
}

const TABS: (RunState | undefined)[] = [undefined, ...runStates]

function filters(t: Texts, functionIds: string[], filter: RunListInput['filter']): Html {
  const { state, functionId } = filter
  return html`
    <div class="filters">
      <nav class="tabs" aria-label="${t.states}">
        ${TABS.map(
          tab =>
            html`<a id="tab-${tab ?? 'all'}" href="${address({ state: tab, functionId })}" ${tab === state && html`aria-current="page"`}>${tab ? t.inState[tab] : t.all}</a>`,
        )}
      </nav>
      <form action="/operator/runs">
        ${state && html`<input type="hidden" name="state" value="${state}">`}
        <label for="function">${t.function}</label>
        <select id="function" name="function">
          <option value="">${t.everyFunction}</option>
          ${functionIds.map(id => html`<option ${id === functionId && html`selected`}>${id}</option>`)}
        </select>
        <button id="show">${t.show}</button>
      </form>
    </div>`
}

function nothing(t: Texts, anywhere: boolean): Html {
  if (anywhere) return emptyState(t.emptyTitle, t.empty)
  return emptyState(t.nothingTitle, t.nothing, html`<a class="button" href="/operator/runs">${t.seeAll}</a>`)
}

/** With its roles, which a browser forgets when a narrow screen makes cards of the rows. */
function table(reader: Reader, runs: RunSummary[]): Html {
  const { t } = reader
  const heads = [t.state, t.function, t.started, t.duration, t.failures, t.latest]
  return html`
    <table role="table" aria-label="${t.runs}">
      <thead role="rowgroup">
        <tr role="row">${heads.map(head => html`<th role="columnheader" scope="col">${head}</th>`)}</tr>
      </thead>
      <tbody role="rowgroup">${runs.map(run => row(reader, run))}</tbody>
    </table>`
}

function row({ language, t, now }: Reader, run: RunSummary): Html {
  const { id, functionId, createdAt, finishedAt, attempt, error, steps, nextAt } = run
  const phase = phaseOf(run, now)
  const took = (finishedAt ?? now).getTime() - createdAt.getTime()
  const isAhead = phase === 'retrying' || phase === 'waiting'
  return html`
    <tr role="row" class="${phase}">
      <td role="cell" class="state">${chip(phase, t)}
        ${isAhead && nextAt && html`<time datetime="${nextAt.toISOString()}">${relative(nextAt, now, language)}</time>`}</td>
      <td role="cell" class="function"><a id="run-${id}" href="/operator/runs/${id}">${functionId}</a></td>
      <td role="cell" class="started"><time datetime="${createdAt.toISOString()}" title="${instant(createdAt, language)}">${relative(createdAt, now, language)}</time></td>
      <td role="cell" class="took"><span class="label">${t.duration}</span> ${duration(took, language)}</td>
      <td role="cell" class="failures ${attempt === 0 && 'zero'}"><span class="label">${t.failures}</span> ${attempt === 0 ? html`<span class="unseen">${t.none}</span><span aria-hidden="true">–</span>` : attempt}</td>
      <td role="cell" class="latest">${error ? html`<span class="error">${error.message}</span>` : (steps.at(-1) ?? html`<span class="none">${t.noStep}</span>`)}</td>
    </tr>`
}
