// Asks the control API, with relative addresses, so that a path before them does no harm.
import { changed, notify, set, state } from "./store.js";

const TOKEN = "mock-lusha-token";

export function token() {
  return sessionStorage.getItem(TOKEN) ?? "";
}

/** @param {string} text */
export function keepToken(text) {
  if (text) sessionStorage.setItem(TOKEN, text);
  else sessionStorage.removeItem(TOKEN);
  set({ needsToken: false });
}

/** @returns {Record<string, string>} */
export function headers() {
  const own = token();
  return own ? { "x-mock-lusha-token": own } : {};
}

export class Refusal extends Error {
  /** @param {number} status @param {string[]} causes */
  constructor(status, causes) {
    super(causes.join("\n"));
    this.status = status;
    this.causes = causes;
  }
}

/**
 * An address below `/_mock/`, with a query of what is not empty.
 * @param {string} path @param {Record<string, any>} [query]
 */
export function address(path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * How an account is named to the control API: the page sees no keys.
 * @param {string} fingerprint
 */
export function named(fingerprint) {
  return fingerprint ? `fingerprint:${fingerprint}` : "";
}

/**
 * @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>}
 * @throws {Refusal} the server refuses, or does not answer
 */
export async function ask(method, path, body) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { ...headers(), ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch {
    throw new Refusal(0, ["the server does not answer"]);
  }
  const text = await answer.text();
  /** @type {any} */
  let value = text;
  try {
    value = JSON.parse(text);
  } catch {
    // what is no JSON is shown as it is
  }
  if (answer.ok) return value;
  if (answer.status === 401) set({ needsToken: true });
  throw new Refusal(answer.status, value?.errors ?? [value?.message ?? text.slice(0, 300)]);
}

/**
 * Ask for something that a view shows; until it comes the view shows what came before.
 * @param {string} path
 */
export async function load(path) {
  const slot = (state.answers[path] ??= { asked: 0 });
  const turn = ++slot.asked;
  try {
    const value = await ask("GET", path);
    if (slot.asked === turn) Object.assign(slot, { value, error: undefined });
  } catch (error) {
    if (slot.asked === turn) slot.error = message(error);
  }
  changed();
}

/** @param {string} path @returns {any} what came, if anything did */
export function answered(path) {
  return state.answers[path]?.value;
}

/** @param {unknown} error */
export function message(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Steer, and say what came of it.
 * @param {string} done what to say @param {string} method @param {string} path @param {any} [body]
 */
export async function steer(done, method, path, body) {
  try {
    const value = await ask(method, path, body);
    notify(done);
    return value;
  } catch (error) {
    notify(message(error), true);
    return undefined;
  }
}
