// Webhooks and tables of an account.
import { answered, load, steer } from "./client.js";
import { ACCOUNTS, AccountChoice, Button, Facts, Field, Json, NoAccount, Problem, Table, chosen, clock, html, own } from "./parts.js";
import { form, put, state } from "./store.js";

const LAST = 100;

/** @param {string} [name] */
function inbox(name) {
  return own(`inbox/${encodeURIComponent(name ?? "")}`);
}

export function loads() {
  if (!chosen()) return [ACCOUNTS];
  const { name } = form("inbox");
  return [ACCOUNTS, own("webhooks"), own("webhooks/deliveries", { last: LAST }), ...(name ? [inbox(name)] : [])];
}

export function Webhooks() {
  const hooks = answered(own("webhooks"));
  if (!chosen()) return html`<div class="toolbar"><${AccountChoice} /></div><${NoAccount} />`;
  const deliveries = [...(answered(own("webhooks/deliveries", { last: LAST }))?.deliveries ?? [])].reverse();
  const { open = "" } = form("delivery");
  const one = deliveries.find((each) => each.id === open);
  const fields = form("inbox", { name: "" });
  const received = fields.name && answered(inbox(fields.name));
  const subscriptions = (hooks?.subscriptions ?? []).map((/** @type {any} */ each) => [
    each.name ?? each.id, each.url, `${each.entityType} ${each.entityId ?? ""}`, each.signalTypes.join(", "),
    each.active ? "active" : (each.blockReason ?? "off"), each.waiting, clock(each.next ?? ""),
  ]);
  const rows = deliveries.map((each) => [
    html`<button type="button" class="link" aria-pressed=${each.id === open} onClick=${() => put("delivery", { open: each.id })}>${each.id.slice(0, 8)}</button>`,
    each.type, each.url, [each.state, each.reason].filter(Boolean).join(": "), each.credits,
    each.attempts.map((/** @type {any} */ one) => `${clock(one.at)} ${one.status ?? one.error}`).join(", "),
    html`<${Button} label=${`Resend ${each.id}`} onClick=${() => steer("sent again", "POST", own("webhooks/resend"), { delivery: each.id })}>Resend<//>`,
  ]);
  return html`<div class="toolbar"><${AccountChoice} /></div><${Problem} error=${state.answers[own("webhooks")]?.error} />
    ${hooks && html`<${Facts} pairs=${[["delivery", hooks.delivery], ["secret", hooks.secret ? "set" : "none yet: nothing is delivered without one"], ["problems", hooks.problems.join("; ")],
      ["deliveries", Object.entries(hooks.deliveries).map(([name, count]) => `${count} ${name}`).join(", ")]]} />`}
    <${Table} caption="Subscriptions" head=${["name", "address", "about", "signals", "state", "waiting", "next"]} rows=${subscriptions} numbers=${[5]} empty="none" />
    <${Table} caption="Deliveries, the newest first" head=${["id", "type", "address", "state", "credits", "attempts", "action"]} rows=${rows} numbers=${[4]} empty="none" />
    ${one && html`<section aria-label="Delivery"><h2>Delivery ${one.id}</h2><${Json} value=${one} label="Delivery" /></section>`}
    <h2>Inbox</h2><p>Subscribe to <code>${location.origin + location.pathname}inbox/NAME</code>, and what is delivered there is kept.</p>
    <div class="toolbar"><${Field} label="Name of the inbox" value=${fields.name} onInput=${(/** @type {string} */ name) => put("inbox", { name })} onEnter=${() => fields.name && load(inbox(fields.name))} />
      <${Button} disabled=${!fields.name} onClick=${() => load(inbox(fields.name))}>Look<//></div>
    ${received && html`<${Table} caption="Received" head=${["received", "attempt", "body"]} empty="nothing came"
      rows=${[...received.received].reverse().map((/** @type {any} */ each) => [clock(each.receivedAt), each.attempt, html`<${Json} value=${each.body} label="Body" />`])} />`}`;
}

export function tableLoads() {
  if (!chosen()) return [ACCOUNTS];
  const { open = "", page = 0 } = form("table");
  return [ACCOUNTS, own("tables"), ...(open ? [own("tables", { table: open, page, size: 50 })] : [])];
}

export function Tables() {
  if (!chosen()) return html`<div class="toolbar"><${AccountChoice} /></div><${NoAccount} />`;
  const { open = "", page = 0 } = form("table");
  const tables = answered(own("tables"))?.tables ?? [];
  const one = open && answered(own("tables", { table: open, page, size: 50 }))?.tables[0];
  const rows = tables.map((/** @type {any} */ each) => [
    html`<button type="button" class="link" aria-pressed=${each.id === open} onClick=${() => put("table", { open: each.id, page: 0 })}>${each.name}</button>`,
    each.kind, each.count, each.owner, each.visibility, [each.archived && "archived", each.processing && "running"].filter(Boolean).join(", "),
  ]);
  const columns = one ? Object.entries(one.columns) : [];
  return html`<div class="toolbar"><${AccountChoice} /></div><${Problem} error=${state.answers[own("tables")]?.error} />
    <${Table} caption="Tables" head=${["name", "kind", "rows", "owner", "visible", "state"]} rows=${rows} numbers=${[2]} empty="none" />
    ${one && html`<section aria-label=${one.name}><h2>${one.name}</h2><p><code>${one.id}</code></p>
      <${Table} caption="Rows" head=${["id", ...columns.map(([, column]) => column.name)]} rows=${one.rows.map((/** @type {any} */ row) => [row.id, ...columns.map(([name]) => row.cells[name] ?? "")])} empty="none" />
      <div class="bar"><${Button} disabled=${!page} onClick=${() => put("table", { page: page - 1 })}>Before<//><span>page ${page + 1} of ${Math.max(1, Math.ceil(one.count / 50))}</span>
        <${Button} disabled=${(page + 1) * 50 >= one.count} onClick=${() => put("table", { page: page + 1 })}>Next<//></div></section>`}`;
}
