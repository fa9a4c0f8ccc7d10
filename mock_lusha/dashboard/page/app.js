// The frame of the page: where one is, what is shown there, and when it is asked for again.
import { keepToken, load, token } from "./client.js";
import { Calls, judge, loads as callsLoads } from "./calls.js";
import { Accounts, Ledger, ledgerLoads, loads as accountsLoads } from "./accounts.js";
import { Api, loads as apiLoads } from "./api.js";
import { Conduct, Settings, loads as conductLoads, settingsLoads } from "./conduct.js";
import { Scenarios, loads as scenarioLoads } from "./scenarios.js";
import { Tables, Webhooks, loads as webhookLoads, tableLoads } from "./webhooks.js";
import { World, loads as worldLoads } from "./world.js";
import { Button, Field, html } from "./parts.js";
import { begin as beginStream, onChange } from "./stream.js";
import { begin, form, put, set, state } from "./store.js";

const AGAIN = 1_000;

/** @type {Record<string, {title: string, show: () => any, loads: () => string[], live: boolean}>} */
const VIEWS = {
  calls: { title: "Calls", show: Calls, loads: callsLoads, live: true },
  accounts: { title: "Accounts", show: Accounts, loads: accountsLoads, live: true },
  ledger: { title: "Ledger", show: Ledger, loads: ledgerLoads, live: true },
  scenarios: { title: "Scenarios", show: Scenarios, loads: scenarioLoads, live: true },
  world: { title: "World", show: World, loads: worldLoads, live: false },
  webhooks: { title: "Webhooks", show: Webhooks, loads: webhookLoads, live: true },
  tables: { title: "Tables", show: Tables, loads: tableLoads, live: true },
  conduct: { title: "Conduct and coverage", show: Conduct, loads: conductLoads, live: false },
  settings: { title: "Settings", show: Settings, loads: settingsLoads, live: false },
  api: { title: "API", show: Api, loads: apiLoads, live: false },
};

/** What the view at hand was asked for with: when it changes, it is asked again. */
let asked = "";
let timer = 0;
let askedAt = 0;

function refresh() {
  askedAt = performance.now();
  for (const path of VIEWS[state.view].loads()) void load(path);
  if (state.view === "calls") void judge();
}

/** Ask again soon, but not for every call of a thousand. */
function refreshSoon() {
  const wait = Math.max(0, askedAt + AGAIN - performance.now());
  if (!timer) timer = setTimeout(() => ((timer = 0), refresh()), wait);
}

function Token() {
  const { text = "" } = form("token");
  const enter = () => (keepToken(text), put("token", { text: "" }), refresh());
  return html`<section class="token" aria-label="Token"><h2>This server wants its control token</h2>
    <p>It was started with <code>--control-token</code>. ${token() ? "The one that was given is not it." : "It is kept in this tab alone."}</p>
    <div class="toolbar"><${Field} label="Control token" type="password" value=${text} onInput=${(/** @type {string} */ value) => put("token", { text: value })} onEnter=${enter} />
    <${Button} onClick=${enter}>Use it<//></div></section>`;
}

function App() {
  const view = VIEWS[state.view];
  const wanted = view.loads().join("\n");
  if (wanted !== asked) {
    asked = wanted;
    setTimeout(refresh);
  }
  return html`<header><a class="skip" href="#main" onClick=${(/** @type {any} */ event) => (event.preventDefault(), document.getElementById("main")?.focus())}>Skip to the view</a><h1><img src="page/icon.svg" alt="" width="22" height="22" /> mock-lusha</h1>
      <nav aria-label="Views"><ul>${Object.entries(VIEWS).map(([name, each]) => html`<li><a href=${`#${name}`} aria-current=${name === state.view ? "page" : undefined}>${each.title}</a></li>`)}</ul></nav>
      <span class=${state.stream === "live" ? "live" : "live not"} role="status">${state.stream}</span></header>
    <main id="main" tabindex="-1" aria-label=${view.title}>${state.needsToken ? html`<${Token} />` : html`<${view.show} />`}</main>
    <div class="notice" role="status" aria-live="polite">${state.notice && html`<p class=${state.notice.failed ? "problem" : "well"}>${state.notice.text} <button type="button" class="link" onClick=${() => set({ notice: null })}>Dismiss</button></p>`}</div>`;
}

function go() {
  const name = location.hash.slice(1);
  const view = name in VIEWS ? name : "calls";
  document.title = `${VIEWS[view].title} · mock-lusha`;
  set({ view, notice: null });
}

addEventListener("hashchange", go);
onChange(() => {
  if (VIEWS[state.view].live) refreshSoon();
});
go();
begin(() => html`<${App} />`);
beginStream();
