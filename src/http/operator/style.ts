/** Of all pages of the operator, light and dark, from a phone to a desk. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #17211f; --soft: #56635f; --line: #dde4e1; --paper: #fff; --ground: #f3f6f4; --brand: #0b6b5d;
  --good: #1b7a44; --good-soft: #e4f4ea; --bad: #a61b1b; --bad-soft: #fdecea; --busy: #0b5f9e; --busy-soft: #e3f0fa;
  --late: #875200; --late-soft: #fcf0d8; --still-soft: #e9eeec;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edea; --soft: #9fb0aa; --line: #2b3835; --paper: #172120; --ground: #0f1716; --brand: #5fd0bd;
    --good: #76d69b; --good-soft: #143524; --bad: #ff9d94; --bad-soft: #3d1a18; --busy: #84c3f5; --busy-soft: #11304a;
    --late: #f2c572; --late-soft: #3a2a0b; --still-soft: #25312e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground); overflow-wrap: anywhere; }
h1, h2, h3, p, dl, dd, ol, ul, pre { margin: 0; padding: 0; }
h1 { font-size: 24px; line-height: 1.25; letter-spacing: -.01em; }
h2 { font-size: 16px; margin-bottom: 10px; }
h3 { font-size: 15px; font-weight: 600; }
a { color: var(--brand); }
button, select { font: inherit; color: inherit; }
code, pre, .code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: 3px solid var(--busy); outline-offset: 2px; border-radius: 4px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; padding: 8px 16px; background: var(--paper); z-index: 1; }
.skip:focus { left: 8px; top: 8px; }
.error { color: var(--bad); }
.none, .relative, .about { color: var(--soft); }
.quiet { border: 0; background: none; color: var(--soft); text-decoration: underline; cursor: pointer; padding: 4px; }

.top { background: var(--paper); border-bottom: 1px solid var(--line); }
.top a { display: block; max-width: 1160px; margin: auto; padding: 12px 24px; color: inherit; text-decoration: none; }
.top b { color: var(--brand); font-size: 17px; }
.top span { color: var(--soft); margin-left: 6px; }
.notice { max-width: 1112px; margin: 20px auto -8px; padding: 10px 16px; border-radius: 8px; background: var(--busy-soft); color: var(--busy); }
main { position: relative; max-width: 1160px; margin: auto; padding: 28px 24px 64px; }
#updates { position: absolute; right: 20px; top: 28px; font-size: 14px; }
.about { margin-top: 4px; max-width: 70ch; }

.button, button:not(.quiet) {
  display: inline-block; padding: 7px 14px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--paper); color: var(--ink); text-decoration: none; font-weight: 500; cursor: pointer;
}
.button:hover, button:not(.quiet):hover { border-color: var(--soft); }
button.retry:not(.quiet) { background: var(--brand); border-color: var(--brand); color: var(--paper); }
button.cancel:not(.quiet) { color: var(--bad); }
.confirm button.cancel:not(.quiet) { background: var(--bad); border-color: var(--bad); color: var(--paper); }

.filters { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: center; justify-content: space-between; margin: 24px 0 12px; }
.tabs { display: flex; gap: 2px; padding: 3px; border-radius: 10px; background: var(--still-soft); overflow-x: auto; }
.tabs a { padding: 5px 12px; border-radius: 8px; color: var(--soft); text-decoration: none; white-space: nowrap; }
.tabs a:hover { color: var(--ink); }
.tabs a[aria-current] { background: var(--paper); color: var(--ink); font-weight: 600; box-shadow: 0 1px 2px #0003; }
.filters form { display: flex; gap: 8px; align-items: center; min-width: 0; }
.filters label { color: var(--soft); }
select { min-width: 0; max-width: 100%; padding: 7px 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); }

.chip { display: inline-flex; gap: 6px; align-items: center; padding: 2px 10px 2px 7px; border-radius: 999px; font-size: 13px; font-weight: 600; white-space: nowrap; background: var(--still-soft); color: var(--soft); }
.chip svg { flex: none; width: 14px; height: 14px; fill: currentColor; }
.chip .line { fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.chip.completed { background: var(--good-soft); color: var(--good); }
.chip.failed { background: var(--bad-soft); color: var(--bad); }
.chip.executing { background: var(--busy-soft); color: var(--busy); }
.chip.retrying { background: var(--late-soft); color: var(--late); }

table { width: 100%; border-collapse: separate; border-spacing: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; font-variant-numeric: tabular-nums; overflow: hidden; }
th { padding: 10px 14px; text-align: left; font-size: 13px; font-weight: 600; color: var(--soft); white-space: nowrap; }
td { padding: 11px 14px; border-top: 1px solid var(--line); vertical-align: baseline; }
tbody tr { position: relative; }
tbody tr:hover td { background: color-mix(in srgb, var(--ground) 60%, transparent); }
td a { color: inherit; font-weight: 600; text-decoration: none; }
td a::after { content: ""; position: absolute; inset: 0; }
tbody tr:hover a { color: var(--brand); text-decoration: underline; }
.state time { display: block; margin: 2px 0 0 4px; font-size: 13px; color: var(--soft); }
.state, .started, .took { white-space: nowrap; }
.failures, .zero { color: var(--soft); }
.failures:not(.zero) { color: var(--late); font-weight: 600; }
.latest { width: 34%; }
@media (min-width: 1000px) { td a { white-space: nowrap; } }
.latest .error { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
td .label { display: none; }
.pages { display: flex; gap: 12px; justify-content: flex-end; margin-top: 16px; }

.empty { margin: 40px auto; max-width: 56ch; text-align: center; color: var(--soft); }
.empty svg { width: 56px; fill: none; stroke: var(--brand); stroke-width: 2; stroke-linejoin: round; }
.empty h2 { margin: 12px 0 6px; font-size: 18px; color: var(--ink); }
.empty .button { margin-top: 18px; }

.back { margin-bottom: 10px; }
.back a { display: inline-flex; gap: 6px; align-items: center; text-decoration: none; }
.back svg { width: 16px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.head { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: center; padding-right: 170px; }
.acts { display: flex; flex-wrap: wrap; gap: 8px; flex-basis: 100%; margin-top: 6px; }
.acts:not(:has(button)) { display: none; }
.confirm { max-width: min(440px, calc(100vw - 32px)); margin: auto; padding: 22px 24px; border: 1px solid var(--line); border-radius: 14px; color: var(--ink); background: var(--paper); box-shadow: 0 16px 48px #0005; }
.confirm::backdrop { background: #0b1412a6; }
.confirm h2 { font-size: 18px; margin-bottom: 6px; }
.confirm div { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; margin-top: 20px; }
.facts { display: flex; flex-wrap: wrap; gap: 12px 36px; margin-top: 20px; }
dt { font-size: 13px; color: var(--soft); }
section { margin-top: 20px; padding: 18px 20px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); }
section.empty { border: 0; background: none; }
.failure { border-color: color-mix(in srgb, var(--bad) 35%, var(--line)); background: var(--bad-soft); }
.failure h2 { color: var(--bad); }
.steps, .waits { list-style: none; }
.steps li { position: relative; padding: 0 0 14px 24px; }
.steps li:last-child { padding-bottom: 0; }
.steps li::before { content: ""; position: absolute; left: 3px; top: 7px; width: 9px; height: 9px; border-radius: 50%; background: var(--good); }
.steps li:has(.failed)::before { background: var(--bad); border-radius: 2px; }
.steps li:not(:last-child)::after { content: ""; position: absolute; left: 7px; top: 20px; bottom: -4px; width: 1px; background: var(--line); }
.step { display: grid; grid-template-columns: 1fr auto; gap: 0 16px; }
.step > time { color: var(--soft); font-variant-numeric: tabular-nums; }
.step > p, .step > details { grid-column: 1 / -1; min-width: 0; }
.waits p::first-letter { text-transform: uppercase; }
.waits li + li, .event + .event { margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--line); }
.event time { color: var(--soft); }
.event dl { display: grid; gap: 4px; margin-top: 6px; }
.event dl div { display: flex; flex-wrap: wrap; gap: 0 12px; }
.event dt { min-width: 120px; line-height: 1.6; }
details { margin-top: 4px; }
summary { color: var(--soft); cursor: pointer; width: fit-content; }
pre { margin-top: 6px; padding: 12px; max-height: 360px; overflow: auto; border-radius: 8px; background: var(--ground); white-space: pre-wrap; }

@media (max-width: 760px) {
  main { padding: 20px 16px 48px; }
  .top a { padding: 12px 16px; }
  .notice { margin: 16px 16px -4px; }
  #updates { position: static; float: right; margin: -12px -4px 0 0; }
  .filters { margin-top: 18px; }
  .filters form { width: 100%; }
  .filters select { flex: 1; }
  .tabs { width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table { display: block; border: 0; background: none; overflow: visible; }
  tbody { display: grid; gap: 10px; }
  tr { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; padding: 12px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper); }
  td { padding: 0; border: 0; }
  .function { order: -1; flex-basis: 100%; }
  .state { margin-left: -3px; }
  .state time { display: inline; }
  .latest { width: auto; flex-basis: 100%; }
  .zero { display: none; }
  .started, .took, .failures { font-size: 14px; color: var(--soft); }
  .failures .label { display: inline; }
  .head { padding-right: 0; }
  .facts { gap: 10px 28px; }
  section { padding: 16px; }
  .event dt { min-width: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .chip.executing svg { animation: pulse 1.6s ease-in-out infinite; }
  @keyframes pulse { 50% { opacity: .35; } }
}
`
