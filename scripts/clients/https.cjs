const https = require("https");

const headers = { api_key: process.env.LUSHA_API_KEY, "content-type": "application/json" };
const url = "https://api.lusha.com/v3/contacts/search-and-enrich";
https.request(url, { method: "POST", headers }, (answer) => {
  console.log(answer.statusCode);
  answer.resume();
}).end(JSON.stringify({ contacts: [{ email: "ada.quill@quill-works.example" }] }));
