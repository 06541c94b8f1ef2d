import { html } from 'hono/html'
import { duration, instant, relative } from './format.ts'
import { chip, type Html, type Reader } from './layout.ts'
import { canRetry, detailedPhaseOf } from './phase.ts'
import { eventOf, type RunDetails, type RunError, type RunItem, type RunStep, resultOf } from './runs.ts'
import type { Texts } from './texts.ts'

/** All of a run, and what may be done to it. */
export function runView(reader: Reader, run: RunDetails): Html {
  const { t, now } = reader
  const { id, functionId, state, error, output } = run
  return html`
    <nav class="back"><a id="back" href="/operator/runs"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M13 8H3m4-4L3 8l4 4"/></svg>${t.backToRuns}</a></nav>
    <div class="head">
      <h1>${functionId}</h1>
      ${chip(detailedPhaseOf(run, now), t)}
      <div class="acts">
        ${canRetry(run, now) && confirmed(t, id, 'retry', t.retry, t.retryAsk, state === 'failed' ? t.retryFailed : t.retryWaiting)}
        ${state === 'running' && confirmed(t, id, 'cancel', t.cancel, t.cancelAsk, t.cancelWhat)}
      </div>
    </div>
    ${facts(reader, run)}
    ${error && failure(t, error, state === 'failed' ? t.error : t.lastError)}
    ${waits(reader, run)}
    ${steps(reader, run)}
    ${state === 'completed' && html`<section><h2>${t.output}</h2>${json(output)}</section>`}
    ${givenEvents(reader, run.events)}`
}

/** A button that asks first. It needs no script. */
function confirmed(t: Texts, id: string, act: 'retry' | 'cancel', name: string, question: string, what: string): Html {
  return html`
    <button id="${act}" class="${act}" type="button" popovertarget="confirm-${act}" aria-haspopup="dialog">${name}</button>
    <form id="confirm-${act}" class="confirm" popover role="dialog" aria-labelledby="ask-${act}" aria-describedby="what-${act}"
      method="post" action="/operator/runs/${id}/${act}">
      <h2 id="ask-${act}">${question}</h2>
      <p id="what-${act}">${what}</p>
      <div>
        <button type="button" autofocus popovertarget="confirm-${act}" popovertargetaction="hide">${t.no}</button>
        <button class="${act}">${name}</button>
      </div>
    </form>`
}

function facts({ language, t, now }: Reader, { id, createdAt, finishedAt, invokedBy }: RunDetails): Html {
  const took = duration((finishedAt ?? now).getTime() - createdAt.getTime(), language)
  return html`
    <dl class="facts">
      <div><dt>${t.started}</dt><dd>${moment({ language, t, now }, createdAt)}</dd></div>
      ${finishedAt && html`<div><dt>${t.finished}</dt><dd>${moment({ language, t, now }, finishedAt)}</dd></div>`}
      <div><dt>${t.duration}</dt><dd>${took} ${!finishedAt && t.soFar}</dd></div>
      ${invokedBy && html`<div><dt>${t.invokedBy}</dt><dd>${runLink(invokedBy)}</dd></div>`}
      <div><dt>${t.id}</dt><dd class="code">${id}</dd></div>
    </dl>`
}

function failure(t: Texts, { name, message, stack }: RunError, title: string): Html {
  return html`
    <section class="failure">
      <h2>${title}</h2>
      <p><b>${name}</b> ${message}</p>
      ${stack && html`<details><summary id="stack">${t.stack}</summary><pre tabindex="0">${stack}</pre></details>`}
    </section>`
}

/** The run's own next call is told only when it waits for nothing else. */
function waits(reader: Reader, { queue, error }: RunDetails): Html | false {
  const told = queue.filter(item => item.stepId !== 'step' || item.at !== null)
  if (told.length === 0) return false
  const { t } = reader
  return html`
    <section>
      <h2>${told.some(item => item.isExecuting) ? t.now : t.waitsFor}</h2>
      <ul class="waits">${told.map(
        item => html`<li><h3>${item.stepId === 'step' ? t.nextCall : item.name}</h3>
        <p>${wait(reader, item)}</p>
        ${item.error && item.attempt > 0 && item.error.message !== error?.message && html`<p class="error">${item.error.message}</p>`}</li>`,
      )}</ul>
    </section>`
}

function wait(reader: Reader, { kind, isExecuting, at, attempt, event, condition, invoked }: RunItem): Html {
  const { t, now } = reader
  const until = at && moment(reader, at)
  if (kind === 'sleep') return html`${t.sleepsUntil} ${until}`
  if (kind === 'wait') {
    const also = condition && html` ${t.onlyIf} <code>${condition}</code>`
    return html`${t.waitsForEvent} <code>${event}</code>${also}, ${t.until} ${until}`
  }
  if (kind === 'invoke') return html`${t.waitsForRun} ${invoked && runLink(invoked)}, ${t.until} ${until}`
  const which = attempt > 0 && html`${t.retryAt(attempt + 1)}: `
  if (isExecuting) return html`${which}${t.isExecuting}`
  if (!at) return html`${t.afterOthers}`
  return at <= now ? html`${which}${t.due}` : html`${which}${t.dueAt} ${until}`
}

function steps(reader: Reader, { steps, createdAt }: RunDetails): Html {
  const { t } = reader
  const done = html`<ol class="steps">${steps.map(each => html`<li>${step(reader, each, createdAt)}</li>`)}</ol>`
  return html`<section><h2>${t.steps}</h2>${steps.length > 0 ? done : html`<p class="none">${t.noSteps}</p>`}</section>`
}

function step({ language, t }: Reader, step: RunStep, createdAt: Date): Html {
  const { result, error } = resultOf(step)
  const at = step.finishedAt
  const time = t.after(duration(at.getTime() - createdAt.getTime(), language))
  return html`
    <div class="step ${error && 'failed'}">
      <h3>${step.name}${error && html` <span class="error">${t.stepFailed}</span>`}</h3>
      <time datetime="${at.toISOString()}" title="${instant(at, language)}">${time}</time>
      ${error && html`<p class="error">${error.name}: ${error.message}</p>`}
      ${!error && result !== null && html`<details><summary id="step-${step.id}">${t.result}</summary>${json(result)}</details>`}
    </div>`
}

function givenEvents({ language, t }: Reader, events: unknown[]): Html {
  return html`
    <section>
      <h2>${events.length === 1 ? t.event : t.events(events.length)}</h2>
      ${events
        .slice(0, MOST_EVENTS)
        .map(eventOf)
        .map(({ name, id, at, ids }) => {
          const fields = Object.entries(ids)
          return html`
          <div class="event">
            <h3>${name}</h3>
            ${at && html`<time datetime="${at}">${instant(new Date(at), language)}</time>`}
            <dl>
              ${id && html`<div><dt>${t.eventId}</dt><dd class="code">${id}</dd></div>`}
              ${fields.map(([field, value]) => html`<div><dt>${field}</dt><dd class="code">${value}</dd></div>`)}
            </dl>
            ${fields.length === 0 && html`<p class="none">${t.noIds}</p>`}
          </div>`
        })}
      ${events.length > MOST_EVENTS && html`<p class="none">…</p>`}
    </section>`
}

const MOST_EVENTS = 20

/** When, and how far from now. */
function moment({ language, now }: Reader, at: Date): Html {
  const time = html`<time datetime="${at.toISOString()}">${instant(at, language)}</time>`
  return html`${time} <span class="relative">(${relative(at, now, language)})</span>`
}

function runLink(id: string): Html {
  return html`<a class="code" id="link-${id}" href="/operator/runs/${id}">${id}</a>`
}

const LONGEST_JSON = 4_000

function json(value: unknown): Html {
  const text = JSON.stringify(value ?? null, null, 2)
  return html`<pre tabindex="0">${text.length <= LONGEST_JSON ? text : `${text.slice(0, LONGEST_JSON)}…`}</pre>`
}
