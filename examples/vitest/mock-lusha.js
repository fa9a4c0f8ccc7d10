// An account of its own for each test, so that tests need no reset and run in parallel.
import { randomUUID } from "node:crypto";
import { inject, test as base } from "vitest";

// A double on another machine, as in a container, wants its token.
const token = process.env.MOCK_LUSHA_CONTROL_TOKEN;
const headers = token ? { "x-mock-lusha-token": token } : {};

async function steer(url, method, path, body) {
  const answer = await fetch(`${url}/_mock/${path}`, { method, headers, body: body && JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} /_mock/${path}: ${JSON.stringify(json.errors ?? json.message)}`);
  return json;
}

export const test = base.extend({
  lusha: async ({ task }, use) => {
    const url = inject("lushaUrl");
    const apiKey = randomUUID();
    const account = `account=${apiKey}`;
    await steer(url, "PUT", "accounts", { key: apiKey, label: task.name.slice(0, 100) });
    await use({
      url,
      apiKey,
      change: (settings) => steer(url, "PATCH", `accounts?${account}`, settings),
      fail: (...rules) => steer(url, "PUT", `scenario?${account}`, { name: "test", rules }),
      advance: (seconds) => steer(url, "PATCH", `clock?${account}`, { advance: seconds }),
      bill: async () => (await steer(url, "GET", `accounts?${account}`)).credits,
      calls: async (operation) =>
        (await steer(url, "GET", `journal?${account}&operation=${operation}`)).exchanges,
    });
    await steer(url, "DELETE", `accounts?${account}`);
  },
});
