// Accounts: what they have left, and what is done to them. And their ledgers.
import { address, answered, named, steer } from "./client.js";
import { ACCOUNTS, AccountChoice, Button, Facts, Field, NoAccount, Problem, Table, accounts, chosen, clock, duration, html, own, title } from "./parts.js";
import { form, put, set, state } from "./store.js";

export function loads() {
  return chosen() ? [ACCOUNTS, own("scenario"), own("ledger", { last: 500 })] : [ACCOUNTS];
}

/** @param {any} credits */
function left(credits) {
  return credits.remaining === null ? "unlimited" : `${credits.remaining} of ${credits.total}`;
}

export function Accounts() {
  const one = chosen();
  const rows = accounts().map((each) => [
    html`<button type="button" class="link" aria-pressed=${each.fingerprint === one?.fingerprint} onClick=${() => set({ account: each.fingerprint })}>${title(each)}</button>`,
    each.plan,
    left(each.credits),
    each.requests,
    each.scenario,
    clock(each.clock.now) + (each.clock.frozen ? ", frozen" : ""),
  ]);
  return html`<${Problem} error=${state.answers[ACCOUNTS]?.error} />
    <${Table} caption=${answered(ACCOUNTS)?.more ? `Accounts, those of ${answered(ACCOUNTS).total} that were used last` : "Accounts"} head=${["account", "plan", "credits left", "requests", "scenario", "clock"]} rows=${rows} numbers=${[3]}
      empty="every API key that calls is one" />
    ${one ? html`<${Account} account=${one} />` : html`<${NoAccount} />`}`;
}

/** What was revealed, by whom or what it was revealed of. */
function revealed() {
  /** @type {Map<string, Set<string>>} */
  const kinds = new Map();
  for (const entry of answered(own("ledger", { last: 500 }))?.entries ?? []) {
    if (!/^(person|company):\d+$/.test(entry.entity) || (!entry.price && entry.why !== "already revealed")) continue;
    kinds.set(entry.entity, (kinds.get(entry.entity) ?? new Set()).add(entry.kind));
  }
  return [...kinds].reverse().map(([entity, names]) => [entity, [...names].join(", ")]);
}

/** @param {{account: any}} properties */
function Account({ account }) {
  const fields = form("account", { credits: "10000", seconds: "3600", scenario: "" });
  const key = named(account.fingerprint);
  /** @param {string} done @param {string} method @param {string} path @param {any} [body] */
  const act = (done, method, path, body) => steer(`${title(account)}: ${done}`, method, address(path, { account: key }), body);
  const known = answered(own("scenario"))?.known ?? [];
  const windows = Object.entries(account.windows).map(([name, window]) => [
    name,
    html`<meter min="0" max=${window.limit} value=${window.left} aria-label=${`${name}: ${window.left} of ${window.limit} left`} />`,
    `${window.left} of ${window.limit}`,
    `in ${duration(window.reset_seconds)}`,
  ]);
  return html`<section aria-label=${title(account)}><h2>${title(account)}</h2>
    <div class="toolbar">
      <${Field} label="Credits" type="number" value=${fields.credits} onInput=${(/** @type {string} */ credits) => put("account", { credits })} />
      <${Button} onClick=${() => act("refilled", "PATCH", "accounts", { credits: Number(fields.credits) })}>Refill<//>
      <${Button} onClick=${() => act("drained", "POST", "accounts/drain", {})}>Drain<//>
      <${Button} onClick=${() => act("an hour later", "PATCH", "clock", { advance: 3_600 })}>Advance an hour<//>
      <${Button} onClick=${() => act("a day later", "PATCH", "clock", { advance: 86_400 })}>Advance a day<//>
      <${Button} onClick=${() => act(account.clock.frozen ? "time goes on" : "time stands still", "PATCH", "clock", { freeze: !account.clock.frozen })}>${account.clock.frozen ? "Release" : "Freeze"} clock<//>
      <${Field} label="Scenario" value=${fields.scenario} options=${["", ...known]} onInput=${(/** @type {string} */ scenario) => put("account", { scenario })} />
      <${Button} disabled=${!fields.scenario} onClick=${() => act(`${fields.scenario} began`, "PUT", "scenario", { name: fields.scenario })}>Start scenario<//>
      <${Button} disabled=${!account.scenario} onClick=${() => act("scenario ended", "DELETE", "scenario")}>End scenario<//>
      <${Button} danger=${true} onClick=${() => act("reset", "POST", "reset")}>Reset account<//>
    </div>
    <div class="columns"><div><h3>Credits and limits</h3>
      <${Facts} pairs=${[["left", left(account.credits)], ["used", account.credits.used], ["ever spent", account.credits.spent], ["limits", account.limits]]} />
      <${Table} caption="Rate windows" head=${["window", "how much", "left", "reopens"]} rows=${windows} empty="this plan has none" />
      <${Table} caption="Revealed lately, the newest first" head=${["whom", "what"]} rows=${revealed()} empty="nothing" /></div>
    <div><h3>Profile</h3><${Facts} pairs=${[["fingerprint", account.fingerprint], ["plan", account.plan], ["standing", account.standing], ["features", account.features.join(", ")],
      ["seed", account.seed], ["data as of", account.as_of], ["dialect", account.dialect], ["errors", account.error_format], ["strict", account.strict],
      ["match rate", account.match_rate], ["v2", account.v2], ["waterfall", account.waterfall ? "on" : "off"], ["scenario", account.scenario],
      ["tracked domains", account.tracked_domains.join(", ")], ["users", account.users.join(", ")], ["webhooks", account.webhook_delivery],
      ["clock", clock(account.clock.now) + (account.clock.frozen ? " (frozen)" : "")]]} />
      <p><a href="#ledger">Ledger</a> · <a href="#webhooks">Webhooks</a> · <a href="#tables">Tables</a></p></div></div></section>`;
}

export function ledgerLoads() {
  return chosen() ? [ACCOUNTS, own("ledger", { last: 500 })] : [ACCOUNTS];
}

export function Ledger() {
  const ledger = chosen() && answered(own("ledger", { last: 500 }));
  const { text = "" } = form("ledger");
  const entries = (ledger?.entries ?? []).filter((/** @type {any} */ entry) => JSON.stringify(entry).toLowerCase().includes(text.toLowerCase()));
  return html`<div class="toolbar"><${AccountChoice} /><${Field} label="Find in ledger" value=${text} onInput=${(/** @type {string} */ value) => put("ledger", { text: value })} /></div>
    ${!chosen() && html`<${NoAccount} />`}
    ${ledger && html`<p class="tally">${left(ledger.credits)} credits left, ${ledger.credits.spent} ever spent, ${ledger.count} entries${ledger.count > 500 ? ", the last 500 are shown" : ""}.</p>
      <${Table} caption="Ledger, the newest first" head=${["request", "operation", "kind", "what", "credits", "why"]} numbers=${[0, 4]} empty="nothing was charged or free yet"
        rows=${[...entries].reverse().map((/** @type {any} */ entry) => [entry.request, entry.operation, entry.kind, entry.entity, entry.price, entry.why])} />`}`;
}
