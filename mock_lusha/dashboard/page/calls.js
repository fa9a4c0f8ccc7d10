// Calls, as they come; one of them in full.
import { address, answered, ask, load, message, named, steer } from "./client.js";
import { forget } from "./stream.js";
import { ACCOUNTS, AccountChoice, Button, Facts, Field, Json, Problem, Table, clock, copy, download, html, pretty } from "./parts.js";
import { curl, har, pytest, rule } from "./snippets.js";
import { form, notify, put, set, state } from "./store.js";

/** @typedef {import("./store.js").Call} Call */

const MOST_JUDGED = 2_000;
const JUDGED_EVERY = 3_000;
let judged = 0;
let judgedAt = 0;

/** @param {Call} call @param {Record<string, string>} filter */
function fits(call, filter) {
  if (state.account && call.fingerprint !== state.account) return false;
  if (filter.operation && !(call.operation ?? "").toLowerCase().includes(filter.operation.toLowerCase())) return false;
  if (filter.status && !String(call.status).startsWith(filter.status.replace(/x+$/i, ""))) return false;
  if (filter.rule && !call.rules.some((each) => each.includes(filter.rule))) return false;
  if (filter.verdict && !(state.verdicts.get(call.id) ?? []).some((each) => each.includes(filter.verdict))) return false;
  if (filter.credits && (filter.credits === "charged") !== call.charged > 0) return false;
  if (!filter.text) return true;
  const text = [call.time, call.path, call.query, call.operation, call.account, call.label, call.error, call.defect, ...call.rules].join(" ");
  return text.toLowerCase().includes(filter.text.toLowerCase());
}

/** The newest calls that fit the filter, the newest first. @returns {Call[]} */
function fitting() {
  const calls = state.held ?? state.calls;
  const found = [];
  for (let at = calls.length - 1; at >= 0 && found.length < state.shown; at -= 1) {
    if (fits(calls[at], state.filter)) found.push(calls[at]);
  }
  return found;
}

/** Look at a call: the list stands still meanwhile. @param {number|null} id */
export function select(id) {
  if (id === null) return set({ selected: null, held: null });
  set({ selected: id, held: state.held ?? [...state.calls] });
  void load(exchange(id));
  void load(`explain/${id}`);
}

/** @param {number} id */
function exchange(id) {
  return address("journal", { after: id - 1, before: id + 1, last: 1 });
}

/** Ask how the calls were made, where there are not too many to be judged in a moment. */
export async function judge() {
  const last = state.calls.at(-1)?.id ?? 0;
  if (judged === last || state.calls.length > MOST_JUDGED || Date.now() - judgedAt < JUDGED_EVERY) return;
  judged = last;
  judgedAt = Date.now();
  const conduct = await ask("GET", "conduct").catch(() => undefined);
  /** @type {Map<number, string[]>} */
  const verdicts = new Map();
  for (const account of conduct?.accounts ?? []) {
    for (const verdict of account.verdicts) {
      for (const id of new Set(verdict.evidence.flatMap((/** @type {any} */ each) => each.exchanges))) {
        verdicts.set(id, [...(verdicts.get(id) ?? []), verdict.name]);
      }
    }
  }
  set({ verdicts });
}

/** All that the journal keeps of what the filter names, oldest first. @returns {Promise<any[]>} */
async function exchanges() {
  const pages = [];
  let before = "";
  for (;;) {
    const page = await ask("GET", address("journal", { account: named(state.account), last: 1_000, before }));
    pages.unshift(...page.exchanges);
    if (!page.more) break;
    before = page.exchanges[0].id;
  }
  return pages;
}

/** @param {"har"|"json"} kind */
async function save(kind) {
  try {
    const calls = await exchanges();
    const value = kind === "har" ? har(calls, location.origin) : calls;
    download(`mock-lusha.${kind}`, JSON.stringify(value, null, 2));
  } catch (error) {
    notify(message(error), true);
  }
}

async function clear() {
  const done = await steer("cleared", "DELETE", address("journal", { account: named(state.account) }));
  if (done) forget();
}

/** @param {any} event */
function keys(event) {
  if (event.key === "Escape") return select(null);
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[/** @type {string} */ (event.key)];
  if (!step) return;
  event.preventDefault();
  const calls = fitting();
  const at = calls.findIndex((call) => call.id === state.selected);
  const next = calls[Math.min(calls.length - 1, Math.max(0, at + step))];
  if (!next) return;
  select(next.id);
  /** @type {HTMLElement|null} */ (document.getElementById(`call-${next.id}`))?.focus();
}

/** @param {number} status */
function kind(status) {
  return status >= 500 || status === 0 ? "bad" : status >= 400 ? "refused" : "good";
}

/** @param {{call: Call}} properties */
function Row({ call }) {
  const verdicts = state.verdicts.get(call.id) ?? [];
  const open = call.id === state.selected;
  return html`<tr class=${open ? "open" : ""} onClick=${() => select(call.id)}>
    <td><button type="button" class="link" id=${`call-${call.id}`} aria-pressed=${open} aria-label=${`Call ${call.id}, ${call.operation ?? call.path}, ${call.status}`}
      onClick=${(/** @type {any} */ event) => (event.stopPropagation(), select(call.id))}>${call.id}</button></td>
    <td class="time">${call.time.slice(11, 23)}</td>
    <td class=${`number status ${kind(call.status)}`}>${call.status || "cut"}</td>
    <td>${call.label ?? call.account}</td>
    <td><span class="method">${call.method}</span> ${call.operation ?? call.path}</td>
    <td>${call.rules.join(", ") || call.error}</td>
    <td class="number">${call.charged || ""}</td>
    <td>${verdicts.join(", ")}</td>
    <td class="number time">${call.ms.toFixed(1)}</td>
  </tr>`;
}

/** @param {{call: any, why: any}} properties */
function Why({ call, why }) {
  if (!why) return html`<p class="empty">…</p>`;
  return html`<ul class="why">${why.why.map((/** @type {string} */ line) => html`<li>${line}</li>`)}</ul>
    ${why.reopens && html`<p>The window reopens in ${why.reopens.seconds} seconds, at ${clock(why.reopens.at)}.</p>`}
    ${why.lookups.some((/** @type {any} */ each) => each.nearest?.length) && html`<${Table} caption="Near misses" head=${["asked for", "nearest"]}
      rows=${why.lookups.filter((/** @type {any} */ each) => each.nearest?.length).map((/** @type {any} */ each) => [pretty(each.asked), each.nearest.join(", ")])} />`}
    ${call.warnings.length > 0 && html`<h3>Warnings</h3><ul>${call.warnings.map((/** @type {string} */ each) => html`<li>${each}</li>`)}</ul>`}`;
}

/** @param {{why: any}} properties */
function Cost({ why }) {
  if (!why) return null;
  const items = why.price.items.map((/** @type {any} */ item) => [item.entity, item.kind, item.price, item.why]);
  return html`<p>${why.price.charged ? `Charged ${why.price.charged} credits.` : "It cost nothing."}</p>
    <${Table} caption="What was charged" head=${["what", "kind", "credits", "why"]} rows=${items} numbers=${[2]} empty="nothing" />`;
}

function Detail() {
  const id = /** @type {number} */ (state.selected);
  const call = answered(exchange(id))?.exchanges[0];
  const error = state.answers[exchange(id)]?.error;
  const why = answered(`explain/${id}`);
  const verdicts = state.verdicts.get(id) ?? [];
  return html`<section class="detail" aria-label=${`Call ${id}`}>
    <div class="bar"><h2>Call ${id}</h2><${Button} onClick=${() => select(null)}>Close<//></div>
    <${Problem} error=${error} />
    ${!call && !error && answered(exchange(id)) && html`<p class="empty">The journal does not have it any more.</p>`}
    ${call && html`
      <${Facts} pairs=${[["operation", call.operation ?? "none"], ["sent", `${call.method} ${call.path}${call.query ? "?" + call.query : ""}`],
        ["account", call.label ? `${call.label} (${call.account})` : call.account || "(no key)"], ["status", `${call.status || "none"} ${call.error ?? ""}`],
        ["time", `${clock(call.time)}, ${call.ms} ms`], ["rules", call.rules.join(", ")], ["conduct", verdicts.join(", ")], ["defect", call.defect]]} />
      <div class="bar">
        <${Button} onClick=${() => copy(curl(call, location.origin))}>Copy as curl<//>
        <${Button} onClick=${() => copy(pytest(call))}>Copy as pytest<//>
        <${Button} onClick=${() => copy(rule(call))}>Copy as rule<//>
        <${Button} onClick=${() => (put("scenario", { text: rule(call) }), (location.hash = "scenarios"))}>Try as rule<//>
      </div>
      <h3>Why</h3><${Why} call=${call} why=${why} />
      <h3>Cost</h3><${Cost} why=${why} />
      <h3>Request</h3><${Json} value=${call.request} label="Request" />
      <h3>Answer</h3><${Json} value=${call.answer} label="Answer" />`}
  </section>`;
}

/** @param {string} name */
function filtered(name) {
  return (/** @type {string} */ value) => set({ filter: { ...state.filter, [name]: value } });
}

export const loads = () => [ACCOUNTS];

export function Calls() {
  const calls = fitting();
  const waiting = state.held ? state.calls.filter((call) => call.id > (state.held?.at(-1)?.id ?? 0)).length : 0;
  const operations = [...new Set(state.calls.slice(-1_000).map((call) => call.operation ?? ""))].filter(Boolean).sort();
  const { more = false } = form("calls");
  return html`<div class="toolbar">
      <${AccountChoice} all=${true} />
      <${Field} label="Operation" value=${state.filter.operation} list=${operations} onInput=${filtered("operation")} />
      <${Field} label="Status" value=${state.filter.status} hint="402, 4xx" onInput=${filtered("status")} />
      <${Field} label="Text" value=${state.filter.text} hint="path, error, label …" onInput=${filtered("text")} />
      ${more && html`<${Field} label="Credits" value=${state.filter.credits} options=${["", "charged", "free"]} onInput=${filtered("credits")} />
        <${Field} label="Rule" value=${state.filter.rule} onInput=${filtered("rule")} />
        <${Field} label="Verdict" value=${state.filter.verdict} onInput=${filtered("verdict")} />`}
      <${Button} onClick=${() => put("calls", { more: !more })}>${more ? "Fewer filters" : "More filters"}<//>
      <${Button} onClick=${() => (state.held ? select(null) : set({ held: [...state.calls] }))}>${state.held ? "Follow" : "Pause"}<//>
      <${Button} onClick=${() => save("json")}>JSON<//><${Button} onClick=${() => save("har")}>HAR<//>
      <${Button} danger=${true} onClick=${clear}>Clear<//>
    </div>
    <p class="tally" role="status">${state.count} calls${state.skipped ? `, ${state.skipped} skipped` : ""}${state.held ? `; paused, ${waiting} new` : ""}</p>
    <div class=${state.selected === null ? "split" : "split both"}>
      ${calls.length || state.count
        ? html`<div class="scroll calls" role="region" aria-label="Calls" tabindex="0" onKeyDown=${keys}><table><caption>Calls, the newest first</caption>
            <thead><tr>${["no.", "time", "status", "account", "operation", "rule or error", "credits", "verdict", "ms"].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${calls.map((call) => html`<${Row} key=${call.id} call=${call} />`)}</tbody></table>
            ${!calls.length && html`<p class="empty">No call fits the filter.</p>`}
            ${calls.length === state.shown && html`<${Button} onClick=${() => set({ shown: state.shown + 200 })}>Show 200 more<//>`}</div>`
        : html`<${First} />`}
      ${state.selected !== null && html`<${Detail} />`}
    </div>`;
}

function First() {
  const example = `curl ${location.origin}${location.pathname.replace(/_mock\/$/, "")}v3/contacts/search-and-enrich \\
  -H 'api_key: any-key' -H 'content-type: application/json' \\
  -d '{"contacts": [{"email": "ada.quill@quill-works.example"}], "reveal": ["emails", "phones"]}'`;
  return html`<div class="first"><h2>No call yet</h2><p>Point your program at this address, with any API key, or try this in a terminal. The call appears here at once.</p>
    <${Json} value=${example} label="A first call" /><${Button} onClick=${() => copy(example)}>Copy<//></div>`;
}
