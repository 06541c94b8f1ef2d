import { html, raw } from 'hono/html'
import type { Language } from '../../core/errors.ts'
import type { Phase } from './phase.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import type { Texts } from './texts.ts'

export type Html = ReturnType<typeof html>

/** Whom a page is for, and when. */
export type Reader = { language: Language; t: Texts; now: Date }

export type PageOptions = {
  title: string
  /** Allows this page's own style and script, and no other. */
  nonce: string
  /** What has just been done. */
  notice?: string | undefined
  /** It changes by itself. */
  live: boolean
  /** Told, when it changes, to who does not see it. */
  state?: string
  body: Html
}

export function layout({ language, t }: Reader, { title, nonce, notice, live, state, body }: PageOptions): Html {
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Buzón</title>
    <link rel="icon" href="data:,">
    <style nonce="${nonce}">${raw(STYLE)}</style>
  </head>
  <body>
    <a class="skip" href="#main">${t.skip}</a>
    <header class="top"><a href="/operator/runs"><b>Buzón</b> <span>${t.runs}</span></a></header>
    <p id="news" class="unseen" role="status" data-changed="${t.changed('…')}"></p>
    ${notice && html`<p class="notice" role="status">${notice}</p>`}
    <main id="main" data-live="${String(live)}" data-state="${state ?? ''}">
      ${live && html`<button id="updates" class="quiet" type="button" hidden data-pause="${t.pause}" data-resume="${t.resume}"></button>`}
      ${body}
    </main>
    <script type="module" nonce="${nonce}">${raw(SCRIPT)}</script>
  </body>
</html>`
}

/** A page that has nothing to list, and says why and what will be here. */
export function emptyState(title: string, text: string, more?: Html): Html {
  return html`<section class="empty">
    <svg viewBox="0 0 48 48" aria-hidden="true"><path d="M6 28 13 9h22l7 19v11H6zM6 28h11c0 4 3 7 7 7s7-3 7-7h11"/></svg>
    <h2>${title}</h2>
    <p>${text}</p>
    ${more}
  </section>`
}

/** The shape says it as well as the colour, and the words say it anyway. */
export function chip(phase: Phase, t: Texts): Html {
  return html`<span class="chip ${phase}"><svg viewBox="0 0 16 16" aria-hidden="true">${raw(SHAPES[phase])}</svg>${t.phase[phase]}</span>`
}

const SHAPES: Record<Phase, string> = {
  executing: '<path d="M5 3.5v9l7.5-4.5z"/>',
  retrying: '<path class="line" d="M12.5 8a4.5 4.5 0 1 1-1.4-3.2M12.5 2.5v3h-3"/>',
  waiting: '<circle class="line" cx="8" cy="8" r="5.5"/><path class="line" d="M8 5v3.2l2 1.3"/>',
  queued: '<path class="line" d="M3 4.5h10M3 8h10M3 11.5h6"/>',
  completed: '<path class="line" d="m3.5 8.5 3 3 6-7"/>',
  failed: '<path class="line" d="m4 4 8 8M12 4l-8 8"/>',
  cancelled: '<circle class="line" cx="8" cy="8" r="5.5"/><path class="line" d="m4.2 11.8 7.6-7.6"/>',
}
