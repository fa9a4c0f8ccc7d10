// The integration under test: it reveals a contact, and waits once where a limit or a fault asks for it.
export class OutOfCredits extends Error {}

export class Contacts {
  constructor({ url = "https://api.lusha.com", apiKey, wait = (ms) => new Promise((go) => setTimeout(go, ms)) }) {
    Object.assign(this, { url, apiKey, wait });
  }

  async reveal(email, tries = 2) {
    const answer = await fetch(`${this.url}/v3/contacts/search-and-enrich`, {
      method: "POST",
      headers: { api_key: this.apiKey, "content-type": "application/json" },
      body: JSON.stringify({ contacts: [{ email }] }),
    });
    if (answer.status === 402) throw new OutOfCredits(`no credits are left for ${email}`);
    if ((answer.status === 429 || answer.status >= 500) && tries > 1) {
      // Lusha has no Retry-After; the message of a limit says when it opens again.
      const [, seconds] = /Reset in (\d+) seconds/.exec(await answer.text()) ?? [null, 1];
      await this.wait(seconds * 1000);
      return this.reveal(email, tries - 1);
    }
    if (!answer.ok) throw new Error(`Lusha answered with ${answer.status}`);
    const [contact] = (await answer.json()).results;
    return contact.error ? null : { name: contact.fullName, emails: contact.emails ?? [] };
  }
}
