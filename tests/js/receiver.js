// A receiver of webhooks for Node alone, as Lusha's document shows it: the JSON that came is written again, and
// its HMAC with the timestamp is compared. Tests may ask what it has processed, and give it another secret.
const http = require("node:http");
const { createHmac, timingSafeEqual } = require("node:crypto");

let secret = process.env.LUSHA_WEBHOOK_SECRET;
const processed = new Set();

function isGenuine(headers, event) {
  const timestamp = headers["x-lusha-timestamp"] ?? "";
  const signature = headers["x-lusha-signature"] ?? "";
  const expected = createHmac("sha256", secret).update(`${timestamp}.${JSON.stringify(event)}`).digest("hex");
  return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

function receive(headers, body) {
  let event;
  try {
    event = JSON.parse(body);
  } catch {
    return 400;
  }
  if (!isGenuine(headers, event)) return 401;
  processed.add(event.id ?? event.contactId);
  return 201;
}

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  if (request.url === "/processed") return response.end(String(processed.size));
  if (request.url === "/secret") return response.end((secret = body) && "");
  response.writeHead(receive(request.headers, body), { "Content-Type": "application/json" });
  response.end(JSON.stringify({ received: true }));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
