// How the calls were made, and what was not tried yet. And the settings.
import { answered } from "./client.js";
import { ACCOUNTS, AccountChoice, Button, Field, Problem, Table, copy, html, about, pretty, title } from "./parts.js";
import { select } from "./calls.js";
import { form, put, state } from "./store.js";

export function loads() {
  return [ACCOUNTS, about("conduct"), about("coverage")];
}

/** @param {number} id */
function look(id) {
  select(id);
  location.hash = "calls";
}

export function Conduct() {
  const conduct = answered(about("conduct"));
  const coverage = answered(about("coverage"));
  const verdicts = (conduct?.accounts ?? []).flatMap((/** @type {any} */ account) =>
    account.verdicts.map((/** @type {any} */ verdict) => [
      title(account), verdict.name, verdict.times, verdict.advice,
      verdict.evidence.slice(0, 3).map((/** @type {any} */ each) => html`<div>${each.text} ${each.exchanges.slice(0, 3).map((/** @type {number} */ id) =>
        html`<button type="button" class="link" aria-label=${`Look at call ${id}`} onClick=${() => look(id)}>${id}</button> `)}</div>`),
    ]),
  );
  const situations = (coverage?.situations ?? []).filter((/** @type {any} */ each) => each.state !== "not concerned");
  const called = coverage?.operations?.called ?? [];
  return html`<div class="toolbar"><${AccountChoice} all=${true} /></div>
    <h2>Conduct</h2><${Problem} error=${state.answers[about("conduct")]?.error} />
    ${conduct && html`<p class=${conduct.clean ? "well" : "tally"}>${conduct.clean ? "Nothing to say against how the calls were made." : "Worth a change:"}</p>`}
    ${verdicts.length > 0 && html`<${Table} caption="Verdicts" head=${["account", "verdict", "times", "advice", "evidence"]} rows=${verdicts} numbers=${[2]} />`}
    <h2>What was not tried yet</h2><${Problem} error=${state.answers[about("coverage")]?.error} />
    ${coverage && html`<p class="tally">${coverage.calls} calls, called: ${called.join(", ") || "nothing"}.</p>
      <${Table} caption="Gaps, the most worthwhile first, each with the line of pytest that fills it" head=${["operation", "not tried", "line", "copy"]} empty="none that we know of"
        rows=${coverage.gaps.slice(0, 200).map((/** @type {any} */ gap) => [gap.operation ?? "", gap.what, html`<code>${gap.line}</code>`, html`<${Button} label=${`Copy ${gap.line}`} onClick=${() => copy(gap.line)}>Copy<//>`])} />
      <${Table} caption="Situations" head=${["situation", "what it is", "tried", "times"]} rows=${situations.map((/** @type {any} */ each) => [each.name, each.what, each.state, each.times ?? ""])} numbers=${[3]} />`}`;
}

export function settingsLoads() {
  return ["settings?sources=true"];
}

export function Settings() {
  const answer = answered("settings?sources=true");
  const { text = "" } = form("settings");
  const rows = (answer?.settings ?? [])
    .filter((/** @type {any} */ each) => JSON.stringify(each).toLowerCase().includes(text.toLowerCase()))
    .map((/** @type {any} */ each) => [html`<code>${each.name}</code>`, each.value === null ? "not set" : pretty(each.value), each.source, each.where]);
  return html`<div class="toolbar"><${Field} label="Find a setting" value=${text} onInput=${(/** @type {string} */ value) => put("settings", { text: value })} /></div>
    <${Problem} error=${state.answers["settings?sources=true"]?.error} />
    <${Table} caption="Settings of this server, and where they come from" head=${["setting", "value", "from", "where"]} rows=${rows} empty="no setting has this in it" />`;
}
