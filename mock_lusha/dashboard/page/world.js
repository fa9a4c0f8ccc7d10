// The people and companies who exist: look one up, browse, pin, change, erase. Nothing here is charged.
import { address, answered, load, named, steer } from "./client.js";
import { ACCOUNTS, AccountChoice, Button, Field, Json, Problem, Table, picked, html, about, pretty } from "./parts.js";
import { form, notify, put, state } from "./store.js";

const SIZE = 25;
/** The filters that are offered, by kind: parameters of the control API with what they are called here. */
const FILTERS = {
  people: { country: "Country", city: "City", department: "Department", seniority: "Seniority", title: "Job title", name: "Name", company: "Company", industry: "Industry", companySize: "Company size", has: "Has" },
  companies: { country: "Country", city: "City", industry: "Industry", companySize: "Size", technology: "Technology", name: "Name", domain: "Domain" },
};

/** @returns {"people"|"companies"} */
function kind() {
  return form("world", { kind: "people" }).kind;
}

function listing() {
  const fields = form(`world-${kind()}`);
  const query = Object.fromEntries(Object.keys(FILTERS[kind()]).map((name) => [name, fields[name] ?? ""]));
  return about(kind(), { ...query, page: fields.page ?? 0, size: SIZE });
}

export function loads() {
  return [ACCOUNTS, listing(), about("entities")];
}

function lookUp() {
  const { find = "", what = "person" } = form("find");
  if (!find.trim()) return notify("an e-mail address, a LinkedIn address, an id, or a domain", true);
  const path = address(what, { account: named(picked()?.fingerprint ?? ""), find: find.trim() });
  put("find", { path });
  void load(path);
}

/** @param {any} person */
function phones(person) {
  return (person.phones ?? []).map((/** @type {any} */ each) => each.number).join(", ");
}

/** @param {any} person */
function emails(person) {
  return (person.emails ?? []).map((/** @type {any} */ each) => each.email).join(", ");
}

/** @param {string} what @param {string} find */
function show(what, find) {
  put("find", { what, find });
  lookUp();
}

/** What identifies somebody in a file of fixtures. @param {any} person */
function finder(person) {
  return person.emails?.length ? { email: person.emails[0].email } : { linkedinUrl: person.linkedinUrl };
}

/** @param {any} company */
function staff(company) {
  const count = company.employeeCount ?? {};
  return count.exact ?? (count.max ? `${count.min} to ${count.max}` : count.min ? `${count.min} and more` : "");
}

function Found() {
  const { path } = form("find");
  const found = path && answered(path);
  if (!path) return null;
  const error = state.answers[path]?.error;
  if (error) return html`<${Problem} error=${error} />`;
  if (!found) return html`<p class="empty">…</p>`;
  const one = found.person ?? found.company;
  const isPerson = Boolean(found.person);
  const edit = one && { find: isPerson ? finder(one) : { domain: one.domain }, set: isPerson ? { jobTitle: one.jobTitle } : { name: one.name } };
  return html`<section aria-label="What a call would get"><h2>${found.found ? `Found${found.by ? ` by ${found.by}` : ""}` : "Not found"}</h2>
    <p>${[found.as && `Taken for ${found.as}.`, found.why, found.magic && `${found.magic.word}: ${found.magic.does}`].filter(Boolean).join(" ")}</p>
    ${found.nearest?.length > 0 && html`<p>Nearest: ${found.nearest.map((/** @type {any} */ each) => each.name).join(", ")}</p>`}
    ${found.price && html`<p>Revealing costs this account now: ${Object.entries(found.price).map(([name, price]) => `${name} ${price}`).join(", ") || "nothing"}.</p>`}
    <${Json} value=${one ?? found} label="Whom a call would get" />
    ${one && html`<div class="bar"><${Button} onClick=${() => put("edit", { verb: "change", kind: isPerson ? "people" : "companies", text: pretty([edit]) })}>Change<//>
      <${Button} onClick=${() => put("edit", { verb: "pin", kind: isPerson ? "people" : "companies", text: pretty([{ ...edit.find, ...edit.set }]) })}>Pin<//>
      <${Button} danger=${true} disabled=${!picked()} onClick=${() => put("edit", { verb: "erase", kind: isPerson ? "people" : "companies", text: pretty([edit.find]) })}>Erase<//></div>`}
  </section>`;
}

const VERBS = { pin: ["POST", "entities", "pinned"], change: ["PATCH", "entities", "changed"], erase: ["POST", "entities/erase", "erased"] };

async function carryOut() {
  const { verb, kind: what, text } = form("edit");
  let entities;
  try {
    entities = JSON.parse(text);
  } catch (error) {
    return notify(`this is not JSON: ${error instanceof Error ? error.message : error}`, true);
  }
  const [method, path, done] = VERBS[/** @type {keyof typeof VERBS} */ (verb)];
  const answer = await steer(done, method, about(path), { [what]: Array.isArray(entities) ? entities : [entities] });
  if (answer) put("edit", { text: "" });
  if (form("find").path) void load(form("find").path);
}

function Editor() {
  const fields = form("edit", { verb: "pin", kind: "people", text: "" });
  const set = (/** @type {string} */ name) => (/** @type {string} */ value) => put("edit", { [name]: value });
  return html`<section aria-label="Pin, change, erase"><h2>Pin, change, erase</h2>
    <div class="toolbar"><${Field} label="What to do" value=${fields.verb} options=${Object.keys(VERBS)} onInput=${set("verb")} />
      <${Field} label="Kind" value=${fields.kind} options=${["people", "companies"]} onInput=${set("kind")} /></div>
    <${Field} label="Entities (JSON, as in a fixtures file)" rows=${8} value=${fields.text} onInput=${set("text")} />
    <div class="bar"><${Button} disabled=${!fields.text} onClick=${carryOut}>${fields.verb === "pin" ? "Pin" : fields.verb === "change" ? "Change" : "Erase"} ${picked() ? "for the account" : "for all accounts"}<//>
      <${Button} onClick=${() => steer("taken back", "DELETE", about("entities"))}>Take all back<//></div>
    <h3>Pinned and erased</h3><${Json} value=${answered(about("entities"))} label="Pinned and erased" /></section>`;
}

export function World() {
  const fields = form(`world-${kind()}`);
  const list = answered(listing());
  const finder = form("find", { what: "person", find: "" });
  const page = Number(fields.page ?? 0);
  const rows = (list?.[kind()] ?? []).map((/** @type {any} */ each) =>
    kind() === "people"
      ? [
          html`<button type="button" class="link" onClick=${() => show("person", each.emails[0]?.email ?? each.linkedinUrl)}>${each.name}</button>`,
          each.jobTitle, each.departments.join(", "), each.seniority, each.company?.name, each.country, emails(each), phones(each),
        ]
      : [html`<button type="button" class="link" onClick=${() => show("company", each.domain)}>${each.name}</button>`, each.domain, each.industry, each.country, staff(each)],
  );
  const head = kind() === "people" ? ["name", "job title", "department", "seniority", "company", "country", "e-mail", "phones"] : ["name", "domain", "industry", "country", "size"];
  return html`<div class="toolbar"><${AccountChoice} all=${true} />
      <${Field} label="Look for a" value=${finder.what} options=${["person", "company"]} onInput=${(/** @type {string} */ what) => put("find", { what })} />
      <${Field} label="E-mail, LinkedIn, id or domain" wide=${true} value=${finder.find} onInput=${(/** @type {string} */ find) => put("find", { find })} onEnter=${lookUp} />
      <${Button} onClick=${lookUp}>What would I get?<//></div>
    <${Found} />
    <div class="toolbar"><${Field} label="Browse" value=${kind()} options=${["people", "companies"]} onInput=${(/** @type {string} */ value) => put("world", { kind: value })} />
      ${Object.entries(FILTERS[kind()]).map(([name, label]) => html`<${Field} label=${label} value=${fields[name]} onInput=${(/** @type {string} */ value) => put(`world-${kind()}`, { [name]: value, page: 0 })} />`)}</div>
    <${Problem} error=${state.answers[listing()]?.error} />
    ${list && html`<p class="tally" role="status">${list.total} ${kind()} fit${list.total === 1 ? "s" : ""}</p>
      <${Table} caption=${kind() === "people" ? "People" : "Companies"} head=${head} rows=${rows} empty="nobody fits" />
      <div class="bar"><${Button} disabled=${!page} onClick=${() => put(`world-${kind()}`, { page: page - 1 })}>Before<//>
        <span>page ${page + 1} of ${Math.max(1, Math.ceil(list.total / SIZE))}</span>
        <${Button} disabled=${!list.more} onClick=${() => put(`world-${kind()}`, { page: page + 1 })}>Next<//></div>`}
    <${Editor} />`;
}
