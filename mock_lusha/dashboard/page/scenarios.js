// Scenarios: what is in force and what fired; a rule that is written, checked and tried.
import { address, answered, ask, message, named, steer } from "./client.js";
import { ACCOUNTS, AccountChoice, Button, Facts, Field, Table, picked, html, about } from "./parts.js";
import { form, notify, put, state } from "./store.js";

const DRAFT = `name: draft
rules:
  - when: {operation: searchContacts, nth: 2..3}
    respond: hourly-limit
`;

export function loads() {
  return [ACCOUNTS, about("scenario")];
}

/** @param {string} name */
async function open(name) {
  try {
    put("scenario", { text: (await ask("GET", address("scenario/text", { name }))).text, checked: null });
  } catch (error) {
    notify(message(error), true);
  }
}

/** @returns {Promise<any>} */
async function check() {
  try {
    const checked = await ask("POST", "scenario/check", { text: form("scenario").text });
    put("scenario", { checked });
    return checked;
  } catch (error) {
    notify(message(error), true);
  }
}

async function begin() {
  const checked = await check();
  if (!checked?.valid) return;
  const account = picked()?.fingerprint;
  await steer(`${checked.scenario.name} began ${account ? "for the account" : "for all accounts"}`, "PUT", address("scenario", { account: named(account ?? "") }), checked.scenario);
}

export function Scenarios() {
  const fields = form("scenario", { text: DRAFT, checked: null });
  const answer = answered(about("scenario"));
  const active = answer?.account ?? answer?.server;
  const counters = Object.entries(answer?.counters ?? {}).flatMap(([scenario, rules]) =>
    Object.entries(/** @type {any} */ (rules)).map(([rule, counts]) => [scenario, rule, counts.matched, counts.fired]),
  );
  const added = Object.entries(answer?.added ?? {}).map(([rule, counts]) => ["added", rule, counts.matched, counts.fired]);
  return html`<div class="toolbar"><${AccountChoice} all=${true} />
      <${Field} label="Open a scenario" value="" options=${["", ...(answer?.known ?? [])]} onInput=${open} />
      <${Button} disabled=${!active} onClick=${() => steer("ended", "DELETE", about("scenario"))}>End scenario<//>
      <${Button} disabled=${!added.length} onClick=${() => steer("taken away", "DELETE", about("scenario/rules"))}>Take added rules away<//></div>
    <div class="columns"><section aria-label="In force"><h2>In force</h2>
      ${active ? html`<${Facts} pairs=${[["scenario", active.name], ["for", answer.account ? "this account" : "all accounts"], ["description", active.description], ["rules", active.rules.join(", ")]]} />`
        : html`<p class="empty">No scenario: calls are answered as they should be. ${state.account ? "" : "Choose an account to see what fired for it."}</p>`}
      <${Table} caption="Rules and how often they fired" head=${["scenario", "rule", "calls that fit", "fired"]} rows=${[...counters, ...added]} numbers=${[2, 3]}
        empty=${state.account ? "none yet" : "choose an account"} /></section>
    <section aria-label="Editor"><h2>Write and try</h2>
      <${Field} label="Scenario file (YAML)" rows=${16} value=${fields.text} onInput=${(/** @type {string} */ text) => put("scenario", { text, checked: null })} />
      <div class="bar"><${Button} onClick=${check}>Check<//><${Button} onClick=${begin}>Start it ${picked() ? "for the account" : "for all accounts"}<//></div>
      <div role="status">${fields.checked && (fields.checked.valid
        ? html`<p class="well">well; ${fields.checked.scenario.rules?.length ?? 0} rules</p>`
        : html`<ul class="problem">${fields.checked.problems.map((/** @type {any} */ each) => html`<li>${each.line ? `line ${each.line}: ` : ""}${each.message}</li>`)}</ul>`)}</div>
    </section></div>`;
}
