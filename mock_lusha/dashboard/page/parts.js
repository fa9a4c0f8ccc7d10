// What several views are made of.
import { h } from "./preact.mjs";
import htm from "./htm.mjs";
import { notify, set, state } from "./store.js";
import { address, answered, named } from "./client.js";

export const html = htm.bind(h);

/** @param {any} value */
export function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** @param {{value: any, label: string}} properties */
export function Json({ value, label }) {
  return html`<pre tabindex="0" aria-label=${label}>${value === undefined || value === null ? "nothing" : pretty(value)}</pre>`;
}

/** @param {{error?: string}} properties */
export function Problem({ error }) {
  return error ? html`<p class="problem" role="alert">${error}</p>` : null;
}

/** @param {{onClick: () => any, children?: any, danger?: boolean, disabled?: boolean, label?: string}} properties */
export function Button({ onClick, children, danger, disabled, label }) {
  return html`<button type="button" class=${danger ? "danger" : ""} disabled=${disabled} aria-label=${label} onClick=${onClick}>${children}</button>`;
}

/**
 * A field with its label.
 * @param {{label: string, value: any, onInput: (value: string) => void, type?: string, list?: string[],
 *   options?: (string|[string, string])[], rows?: number, hint?: string, wide?: boolean, onEnter?: () => void}} properties
 */
export function Field({ label, value, onInput, type = "text", list, options, rows, hint, wide, onEnter }) {
  const id = `field-${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  const input = (/** @type {any} */ event) => onInput(event.target.value);
  const key = (/** @type {any} */ event) => event.key === "Enter" && onEnter?.();
  let control;
  if (options) {
    control = html`<select id=${id} value=${value ?? ""} onChange=${input}>
      ${options.map((option) => {
        const [key, text] = Array.isArray(option) ? option : [option, option];
        return html`<option value=${key} selected=${key === (value ?? "")}>${text}</option>`;
      })}
    </select>`;
  } else if (rows) {
    control = html`<textarea id=${id} rows=${rows} spellcheck=${false} value=${value ?? ""} onInput=${input} />`;
  } else {
    control = html`<input id=${id} type=${type} list=${list ? `${id}-list` : undefined} value=${value ?? ""} placeholder=${hint}
      autocomplete="off" onInput=${input} onKeyDown=${key} />`;
  }
  return html`<div class=${wide ? "field wide" : "field"}><label for=${id}>${label}</label>${control}
    ${list && html`<datalist id=${`${id}-list`}>${list.map((each) => html`<option value=${each} />`)}</datalist>`}</div>`;
}

/**
 * A table; `rows` are cells, `caption` is read aloud.
 * @param {{caption: string, head: string[], rows: any[][], empty?: string, numbers?: number[]}} properties
 */
export function Table({ caption, head, rows, empty = "nothing yet", numbers = [] }) {
  if (!rows.length) return html`<p class="empty">${caption}: ${empty}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}><table><caption>${caption}</caption>
    <thead><tr>${head.map((name, at) => html`<th scope="col" class=${numbers.includes(at) ? "number" : ""}>${name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => html`<td class=${numbers.includes(at) ? "number" : ""}>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

/** @param {{pairs: [string, any][]}} properties */
export function Facts({ pairs }) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return html`<dl class="facts">${shown.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // over plain HTTP from another machine there is no clipboard: the browser's own way is left
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  notify("copied");
}

/** @param {string} name @param {string} text @param {string} type */
export function download(name, text, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/** The address of the accounts that were used last: there may be very many. */
export const ACCOUNTS = address("accounts", { last: 500 });
/** Those accounts, as the control API lists them. @returns {any[]} */
export function accounts() {
  return answered(ACCOUNTS)?.accounts ?? [];
}

/** @param {any} account */
export function title(account) {
  return account.label ? `${account.label} (${account.account})` : account.account || "(no key)";
}

/** The account that is looked at: the one that was chosen, or the only one. @returns {any} */
export function chosen() {
  const all = accounts();
  return all.find((each) => each.fingerprint === state.account) ?? (all.length === 1 ? all[0] : undefined);
}

/** The account that was chosen where all accounts are a choice too. @returns {any} */
export function picked() {
  return accounts().find((each) => each.fingerprint === state.account);
}

/** An address about the account that was picked, or about all. @param {string} path @param {Record<string, any>} [query] */
export function about(path, query = {}) {
  return address(path, { account: named(picked()?.fingerprint ?? ""), ...query });
}

/** An address about the account that is looked at. @param {string} path @param {Record<string, any>} [query] */
export function own(path, query = {}) {
  return address(path, { account: named(chosen()?.fingerprint ?? ""), ...query });
}

/** @param {{all?: boolean}} properties whether no account in particular is a choice */
export function AccountChoice({ all = false }) {
  /** @type {[string, string][]} */
  const options = accounts().map((each) => [each.fingerprint, title(each)]);
  if (all || !chosen()) options.unshift(["", all ? "all accounts" : "choose an account"]);
  return html`<${Field} label="Account" value=${all ? state.account : (chosen()?.fingerprint ?? "")} options=${options}
    onInput=${(/** @type {string} */ value) => set({ account: value })} />`;
}

/** What is said where a view needs an account and there is none. */
export function NoAccount() {
  return html`<p class="empty">${accounts().length ? "Choose an account above." : "No account yet: every API key that calls is one. Make a call, and it is here."}</p>`;
}

/** @param {string} text an ISO time */
export function clock(text) {
  return text ? `${text.slice(0, 10)} ${text.slice(11, 19)}` : "";
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
