# shellcheck shell=sh
curl --silent --show-error --output /dev/null --write-out '%{http_code}' \
    --header "api_key: $LUSHA_API_KEY" --header 'content-type: application/json' \
    --data '{"contacts": [{"email": "ada.quill@quill-works.example"}]}' \
    https://api.lusha.com/v3/contacts/search-and-enrich
