const axios = require("axios");

const headers = { api_key: process.env.LUSHA_API_KEY };
const body = { contacts: [{ email: "ada.quill@quill-works.example" }] };
axios
  .post("https://api.lusha.com/v3/contacts/search-and-enrich", body, { headers })
  .then((answer) => console.log(answer.status));
