import { expect } from "vitest";
import { Contacts, OutOfCredits } from "./contacts.js";
import { test } from "./mock-lusha.js";

const ADA = "ada.quill@quill-works.example";

test.concurrent("a contact is revealed once and billed once", async ({ lusha }) => {
  const contacts = new Contacts(lusha);

  expect((await contacts.reveal(ADA)).name).toBe("Ada Quill");
  const { spent } = await lusha.bill();
  expect(spent).toBeGreaterThan(1);

  await contacts.reveal(ADA);
  expect((await lusha.bill()).spent).toBe(spent + 1); // the search alone
});

test.concurrent("nobody is found", async ({ lusha }) => {
  expect(await new Contacts(lusha).reveal("nobody@acme.com")).toBeNull();
});

test.concurrent("credits that are used up are an error of their own", async ({ lusha }) => {
  await lusha.change({ credits: 0 });

  await expect(new Contacts(lusha).reveal(ADA)).rejects.toThrow(OutOfCredits);
});

test.concurrent("a limit is waited for", async ({ lusha }) => {
  await lusha.fail({ when: { nth: 1 }, respond: "hourly-limit" });
  const waits = [];
  const wait = async (ms) => {
    waits.push(ms);
    await lusha.advance(3600);
  };

  expect((await new Contacts({ ...lusha, wait }).reveal(ADA)).name).toBe("Ada Quill");
  expect(waits).toEqual([3_600_000]); // as its message says
});

test.concurrent("a fault of the server is tried again, and costs nothing", async ({ lusha }) => {
  await lusha.fail({ when: { nth: 1 }, respond: { status: 503 } });
  const wait = async () => {};

  expect((await new Contacts({ ...lusha, wait }).reveal(ADA)).name).toBe("Ada Quill");
  const calls = await lusha.calls("searchAndEnrichContacts");
  expect(calls.map((call) => call.status)).toEqual([503, 200]);
});
