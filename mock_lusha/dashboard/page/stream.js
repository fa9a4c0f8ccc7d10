// The calls as they come: one stream of the server, read by one tab and shared with the others.
import { headers } from "./client.js";
import { changed, set, state } from "./store.js";

const KEPT = 5_000;
const AGAIN = 1_000;
const channel = new BroadcastChannel("mock-lusha" + location.pathname);
let run = "";
let last = "";
/** @type {(() => void)[]} */
const listeners = [];

/** @param {() => void} listener called when something has happened */
export function onChange(listener) {
  listeners.push(listener);
}

/** @param {string} name @param {any} data */
function take(name, data) {
  if (name === "hello") {
    if (run && run !== data.run) forget();
    run = data.run;
    set({ stream: "live" });
  } else if (name === "calls") {
    const first = state.calls.at(-1)?.id ?? 0;
    const fresh = data.calls.filter((/** @type {{id: number}} */ call) => call.id > first);
    state.calls.push(...fresh);
    if (state.calls.length > KEPT) state.calls.splice(0, state.calls.length - KEPT);
    state.count += fresh.length;
    state.skipped += data.skipped;
    changed();
    for (const listener of listeners) listener();
  } else if (name === "changed") {
    for (const listener of listeners) listener();
  } else if (name === "stream") {
    set({ stream: data });
  }
}

/** Forget the calls that are shown; the journal keeps them. */
export function forget() {
  set({ calls: [], count: 0, skipped: 0, selected: null, held: null, verdicts: new Map() });
}

/** @param {string} name @param {any} data */
function share(name, data) {
  take(name, data);
  channel.postMessage({ name, data });
}

async function follow() {
  const query = last ? `after=${last}` : "last=500";
  const answer = await fetch(`events?${query}`, { headers: headers(), cache: "no-store" });
  if (answer.status === 401) set({ needsToken: true });
  if (!answer.ok || !answer.body) {
    const refusal = await answer.json().catch(() => ({}));
    throw new Error(refusal.message ?? `the stream was answered with ${answer.status}`);
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const fields = Object.fromEntries(
        event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      if (!fields.event) continue;
      share(fields.event, JSON.parse(fields.data));
      last = fields.id;
    }
  }
}

async function lead() {
  for (;;) {
    let why = "reconnecting";
    try {
      await follow();
    } catch (error) {
      if (error instanceof Error && !(error instanceof TypeError)) why = error.message;
    }
    share("stream", why);
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/**
 * Begin. Browsers open six connections to a server at most, so of several tabs one reads the stream; when it
 * is closed another goes on. A newcomer is told what there was by the one that reads.
 */
export function begin() {
  let leads = false;
  channel.onmessage = ({ data }) => {
    if (data.name === "newcomer") {
      if (!leads) return;
      channel.postMessage({ name: "hello", data: { run } });
      channel.postMessage({ name: "calls", data: { calls: state.calls.slice(-500), skipped: 0 } });
      channel.postMessage({ name: "stream", data: state.stream });
    } else if (!leads) {
      take(data.name, data.data);
    }
  };
  const start = () => {
    leads = true;
    return lead();
  };
  if (!navigator.locks) {
    void start();
    return;
  }
  channel.postMessage({ name: "newcomer" });
  void navigator.locks.request("mock-lusha-stream" + location.pathname, start);
}
