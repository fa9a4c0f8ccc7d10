require "net/http"

headers = { "api_key" => ENV["LUSHA_API_KEY"], "content-type" => "application/json" }
body = '{"contacts": [{"email": "ada.quill@quill-works.example"}]}'
puts Net::HTTP.post(URI("https://api.lusha.com/v3/contacts/search-and-enrich"), body, headers).code
