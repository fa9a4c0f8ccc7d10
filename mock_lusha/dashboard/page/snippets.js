// A call as somebody would write it: for a shell, as a test, as a rule of a scenario.

/** @param {string} text */
function shell(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param {any} value a value of JSON, as Python has it @returns {string} */
export function python(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${python(each)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** A body as it is sent. @param {any} value */
function text(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** @param {any} call an exchange of the journal */
function target(call) {
  return call.query ? `${call.path}?${call.query}` : call.path;
}

/** @param {any} call */
function body(call) {
  return call.request === null || call.request === undefined || call.request === "" ? null : call.request;
}

/** The key is masked everywhere; names of shipped accounts are shown. @param {any} call */
function key(call) {
  return !call.account || call.account.startsWith("…") || call.account.endsWith("…") ? "YOUR-KEY" : call.account;
}

/** @param {any} call @param {string} origin */
export function curl(call, origin) {
  const parts = [`curl -i -X ${call.method} ${shell(origin + target(call))}`, `-H ${shell(`api_key: ${key(call)}`)}`];
  if (body(call) !== null) {
    parts.push("-H 'content-type: application/json'", `-d ${shell(text(call.request))}`);
  }
  return parts.join(" \\\n  ");
}

/**
 * A test that makes the call again and gets the same: what a rule of a scenario decided, it asks for first.
 * @param {any} call
 */
export function pytest(call) {
  const name = (call.operation ?? "call").replace(/[A-Z]/g, (/** @type {string} */ letter) => `_${letter.toLowerCase()}`);
  const sent = body(call) === null ? "" : `, json=${python(call.request)}`;
  const lines = [`def test_${name}_is_answered_with_${call.status || "nothing"}(lusha):`];
  const failed = call.error && call.operation;
  if (failed && call.rules.length) lines.push(`    lusha.on("${call.operation}").fail("${call.error}")`);
  else if (call.error === "insufficient-credits") lines.push("    lusha.control.drain()");
  lines.push(`    answer = lusha.client.request("${call.method}", ${JSON.stringify(target(call))}${sent})`, "");
  lines.push(`    assert answer.status_code == ${call.status}`);
  return lines.join("\n") + "\n";
}

/** A rule that lets such a call fail, or answers it as it was. @param {any} call */
export function rule(call) {
  const respond = call.error ? call.error : "{delay: 1}";
  return [
    `name: ${(call.operation ?? "any-call").replace(/[A-Z]/g, (/** @type {string} */ letter) => `-${letter.toLowerCase()}`)}`,
    "rules:",
    `  - when: {${call.operation ? `operation: ${call.operation}, ` : ""}nth: 1}`,
    `    respond: ${respond}`,
    "",
  ].join("\n");
}

/** What a HAR wants to know of a message, and the journal does not keep. */
const UNKNOWN = { httpVersion: "HTTP/1.1", headers: [], cookies: [], headersSize: -1, bodySize: -1 };

/** @param {any[]} calls exchanges of the journal @param {string} origin */
export function har(calls, origin) {
  return {
    log: {
      version: "1.2",
      creator: { name: "mock-lusha", version: "1" },
      entries: calls.map((call) => ({
        startedDateTime: call.time,
        time: call.ms,
        request: {
          method: call.method,
          url: origin + target(call),
          ...UNKNOWN,
          queryString: [...new URLSearchParams(call.query)].map(([name, value]) => ({ name, value })),
          ...(body(call) === null ? {} : { postData: { mimeType: "application/json", text: text(call.request) } }),
        },
        response: {
          status: call.status,
          statusText: "",
          ...UNKNOWN,
          content: { size: -1, mimeType: "application/json", text: text(call.answer) },
          redirectURL: "",
        },
        cache: {},
        timings: { send: 0, wait: call.ms, receive: 0 },
        comment: call.operation ?? "",
      })),
    },
  };
}
