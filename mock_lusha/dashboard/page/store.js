// The state of the page, in one place, and what draws it again when it changes.
import { render } from "./preact.mjs";

/**
 * A call in one line, as the stream tells it.
 * @typedef {{id: number, time: string, account: string, fingerprint: string|null, label: string|null,
 *   operation: string|null, method: string, path: string, query: string, status: number, charged: number,
 *   error: string|null, rules: string[], warnings: number, defect: string|null, ms: number}} Call
 *
 * What an address of the control API answered: `value` stays while it is asked again.
 * @typedef {{value?: any, error?: string, asked: number}} Answer
 *
 * @typedef {{view: string, account: string, calls: Call[], count: number, skipped: number,
 *   selected: number|null, held: Call[]|null, filter: Record<string, string>, shown: number,
 *   verdicts: Map<number, string[]>, stream: string, answers: Record<string, Answer>,
 *   forms: Record<string, any>, notice: {text: string, failed: boolean}|null, needsToken: boolean}} State
 */

/** @type {State} */
export const state = {
  view: "calls",
  account: "",
  calls: [],
  count: 0,
  skipped: 0,
  selected: null,
  held: null,
  filter: {},
  shown: 200,
  verdicts: new Map(),
  stream: "connecting",
  answers: {},
  forms: {},
  notice: null,
  needsToken: false,
};

/** @type {(() => any)|null} */
let draw = null;
let waits = false;
/** When the next picture may be drawn: drawing takes a fifth of the time at most, however fast calls come. */
let next = 0;

/**
 * Draw from now on, at most once a frame however often something changes.
 * @param {() => any} root
 */
export function begin(root) {
  draw = root;
  changed();
}

export function changed() {
  if (waits) return;
  waits = true;
  setTimeout(() => requestAnimationFrame(paint), next - performance.now());
}

function paint() {
  waits = false;
  const begun = performance.now();
  const element = document.getElementById("root");
  if (draw && element) render(draw(), element);
  next = performance.now() + 4 * (performance.now() - begun);
}

/** @param {Partial<State>} values */
export function set(values) {
  Object.assign(state, values);
  changed();
}

/**
 * The fields of a form, which last while one looks at other views.
 * @param {string} name @param {Record<string, any>} [initial] @returns {any}
 */
export function form(name, initial = {}) {
  return (state.forms[name] ??= { ...initial });
}

/** @param {string} name @param {Record<string, any>} values */
export function put(name, values) {
  Object.assign(form(name), values);
  changed();
}

/** @param {string} text @param {boolean} [failed] */
export function notify(text, failed = false) {
  set({ notice: { text, failed } });
}
