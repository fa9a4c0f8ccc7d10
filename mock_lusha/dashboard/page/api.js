// The contract, readable, with a form to try each operation.
import { answered, ask, message } from "./client.js";
import { Button, Facts, Field, Json, Problem, html, pretty } from "./parts.js";
import { form, notify, put, state } from "./store.js";

const DEEPEST = 5;

export function loads() {
  return answered("openapi.json") ? [] : ["openapi.json"];
}

/** @param {any} document @param {any} value @returns {any} what a reference leads to */
function followed(document, value) {
  let found = value;
  while (found?.$ref) found = found.$ref.slice(2).split("/").reduce((/** @type {any} */ at, /** @type {string} */ name) => at?.[name], document);
  return found ?? {};
}

/** @param {any} document @returns {{id: string, method: string, path: string, operation: any}[]} */
function operations(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(/** @type {Record<string, any>} */ (methods))
      .filter(([, operation]) => operation?.operationId)
      .map(([method, operation]) => ({ id: operation.operationId, method: method.toUpperCase(), path, operation })),
  );
}

/** @param {any} schema */
function kind(schema) {
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? (schema.oneOf ? "one of" : schema.anyOf ? "any of" : "any"));
  const bounds = [
    schema.enum && `one of ${schema.enum.slice(0, 12).map(pretty).join(", ")}${schema.enum.length > 12 ? " …" : ""}`,
    schema.const !== undefined && `always ${pretty(schema.const)}`,
    schema.format,
    schema.minLength !== undefined && `at least ${schema.minLength} characters`,
    schema.minimum !== undefined && `from ${schema.minimum}`,
    schema.maximum !== undefined && `to ${schema.maximum}`,
    schema.maxItems !== undefined && `at most ${schema.maxItems} items`,
  ].filter(Boolean);
  return [type, ...bounds].join(", ");
}

/** @param {{document: any, schema: any, depth?: number}} properties */
function Schema({ document, schema, depth = 0 }) {
  const found = followed(document, schema);
  if (depth > DEEPEST) return html`<span>…</span>`;
  if (found.type === "array" || found.items) return html`<div class="schema">list of <${Schema} document=${document} schema=${found.items ?? {}} depth=${depth + 1} /></div>`;
  const choices = found.oneOf ?? found.anyOf ?? found.allOf;
  if (choices && !found.properties) {
    return html`<ul class="schema">${choices.map((/** @type {any} */ choice) => html`<li><${Schema} document=${document} schema=${choice} depth=${depth + 1} /></li>`)}</ul>`;
  }
  if (!found.properties) return html`<span class="type">${kind(found)}</span>`;
  return html`<ul class="schema">${Object.entries(found.properties).map(([name, value]) => {
    const inner = followed(document, value);
    const nested = inner.properties || inner.items || ((inner.oneOf ?? inner.anyOf) && !inner.type);
    return html`<li><code>${name}</code>${found.required?.includes(name) && html` <strong>required</strong>`} <span class="type">${nested ? "" : kind(inner)}</span>
      ${inner.description && html`<span class="note"> ${inner.description}</span>`}${nested && html`<${Schema} document=${document} schema=${inner} depth=${depth + 1} />`}</li>`;
  })}</ul>`;
}

/** @param {any} document @param {any} operation */
function example(document, operation) {
  const content = followed(document, operation.requestBody)?.content?.["application/json"];
  const first = Object.values(content?.examples ?? {})[0];
  const value = content?.example ?? followed(document, first)?.value;
  return value === undefined ? "" : pretty(value);
}

/** @param {any} document @param {any} operation @returns {any[]} */
function parameters(document, operation) {
  return (operation.parameters ?? []).map((/** @type {any} */ each) => followed(document, each)).filter((/** @type {any} */ each) => each.in !== "header");
}

/**
 * What a form describes, or a message of what is wrong with it.
 * @param {any} one @param {any[]} known @param {Record<string, any>} fields
 */
function request(one, known, fields) {
  let path = one.path;
  const query = new URLSearchParams();
  for (const parameter of known) {
    const value = fields[`${one.id} ${parameter.name}`] ?? "";
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value || "-"));
    else if (value) query.append(parameter.name, value);
  }
  const text = fields[`${one.id} body`] ?? "";
  return { path, query: query.toString(), json: text.trim() ? JSON.parse(text) : undefined };
}

/** @param {any} one @param {any[]} known */
async function send(one, known) {
  const fields = form("try", { key: "any-key" });
  try {
    const { path, query, json } = request(one, known, fields);
    const begun = performance.now();
    const answer = await fetch(`..${path}${query ? `?${query}` : ""}`, {
      method: one.method,
      headers: { api_key: fields.key, ...(json === undefined ? {} : { "content-type": "application/json" }) },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    const text = await answer.text();
    let body = text;
    try {
      body = JSON.parse(text);
    } catch {
      // shown as it is
    }
    put("try", { answer: { id: one.id, status: answer.status, ms: performance.now() - begun, headers: Object.fromEntries(answer.headers), body } });
  } catch (error) {
    notify(message(error), true);
  }
}

/** @param {any} one @param {any[]} known */
async function price(one, known) {
  const fields = form("try", { key: "any-key" });
  try {
    const { path, query, json } = request(one, known, fields);
    const preview = await ask("POST", `preview?account=${encodeURIComponent(fields.key)}`, {
      method: one.method, path, ...(query ? { query: Object.fromEntries(new URLSearchParams(query)) } : {}), ...(json === undefined ? {} : { json }),
    });
    put("try", { preview: { id: one.id, ...preview.items[0] } });
  } catch (error) {
    notify(message(error), true);
  }
}

/** @param {{document: any, one: any}} properties */
function Operation({ document, one }) {
  const fields = form("try", { key: "any-key" });
  const { operation } = one;
  const known = parameters(document, operation);
  const body = followed(document, operation.requestBody)?.content?.["application/json"]?.schema;
  if (body && fields[`${one.id} body`] === undefined) fields[`${one.id} body`] = example(document, operation);
  const lusha = !one.path.startsWith("/_mock");
  const answer = fields.answer?.id === one.id ? fields.answer : null;
  const preview = fields.preview?.id === one.id ? fields.preview : null;
  return html`<section aria-label=${one.id}><h2>${one.id}</h2><p><span class="method">${one.method}</span> <code>${one.path}</code></p>
    <p>${operation.description ?? operation.summary}</p>
    ${known.length > 0 && html`<h3>Parameters</h3><ul class="schema">${known.map((each) => html`<li><code>${each.name}</code> in ${each.in}${each.required && html` <strong>required</strong>`}
      <span class="type">${kind(followed(document, each.schema))}</span> <span class="note">${each.description}</span></li>`)}</ul>`}
    ${body && html`<h3>Body</h3><${Schema} document=${document} schema=${body} />`}
    <h3>Answers</h3>${Object.entries(operation.responses).map(([status, response]) => {
      const found = followed(document, response);
      const schema = Object.values(found.content ?? {})[0]?.schema;
      return html`<details><summary>${found.description?.startsWith(status) ? "" : `${status}: `}${found.description}</summary>${schema && html`<${Schema} document=${document} schema=${schema} />`}</details>`;
    })}
    ${lusha && html`<h3>Try it</h3>
      <div class="toolbar"><${Field} label="API key" value=${fields.key} onInput=${(/** @type {string} */ key) => put("try", { key })} />
        ${known.map((each) => html`<${Field} label=${each.name} value=${fields[`${one.id} ${each.name}`]} onInput=${(/** @type {string} */ value) => put("try", { [`${one.id} ${each.name}`]: value })} />`)}</div>
      ${body && html`<${Field} label="Body (JSON)" rows=${10} value=${fields[`${one.id} body`]} onInput=${(/** @type {string} */ value) => put("try", { [`${one.id} body`]: value })} />`}
      <div class="bar"><${Button} onClick=${() => send(one, known)}>Send<//><${Button} onClick=${() => price(one, known)}>What would it cost?<//></div>
      ${preview && html`<h3>It would cost</h3><${Facts} pairs=${[["status", preview.status], ["credits", preview.price], ["charged", preview.charged], ["error", preview.error],
        ["limit", preview.limit && pretty(preview.limit)], ["why", preview.entries.map((/** @type {any} */ each) => `${each.kind} ${each.price}: ${each.why}`).join("; ")]]} />`}
      ${answer && html`<h3>Answer</h3><p role="status">${answer.status} after ${answer.ms.toFixed(0)} ms</p><${Json} value=${answer.body} label="Answer" />
        <details><summary>Headers</summary><${Json} value=${answer.headers} label="Headers" /></details>`}`}
  </section>`;
}

export function Api() {
  const document = answered("openapi.json");
  const { text = "", open = "" } = form("api");
  if (!document) return html`<${Problem} error=${state.answers["openapi.json"]?.error} /><p class="empty">…</p>`;
  const all = operations(document);
  const fits = all.filter((each) => `${each.id} ${each.method} ${each.path} ${each.operation.summary}`.toLowerCase().includes(text.toLowerCase()));
  const groups = Map.groupBy
    ? Map.groupBy(fits, (each) => (each.path.startsWith("/_mock") ? "control" : each.path.startsWith("/v3") || each.path.startsWith("/api") ? "v3" : "v2"))
    : new Map([["all", fits]]);
  const one = all.find((each) => each.id === open);
  return html`<div class="toolbar"><${Field} label="Find an operation" value=${text} onInput=${(/** @type {string} */ value) => put("api", { text: value })} /></div>
    <div class="split both"><nav class="list" aria-label="Operations">${["v3", "v2", "control", "all"].filter((name) => groups.has(name)).map((name) => html`<h2>${name}</h2>
      <ul>${groups.get(name)?.map((each) => html`<li><button type="button" class="link" aria-pressed=${each.id === open} onClick=${() => put("api", { open: each.id })}>
        <span class="method">${each.method}</span> ${each.id}</button></li>`)}</ul>`)}</nav>
    ${one ? html`<${Operation} document=${document} one=${one} />` : html`<p class="empty">Choose an operation.</p>`}</div>`;
}
