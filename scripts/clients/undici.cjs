const { request } = require("undici");

request("https://api.lusha.com/v3/contacts/search-and-enrich", {
  method: "POST",
  headers: { api_key: process.env.LUSHA_API_KEY, "content-type": "application/json" },
  body: JSON.stringify({ contacts: [{ email: "ada.quill@quill-works.example" }] }),
}).then((answer) => console.log(answer.statusCode));
