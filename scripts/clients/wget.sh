# shellcheck shell=sh
wget --quiet --tries=1 --output-document=/dev/null \
    --header "api_key: $LUSHA_API_KEY" --header 'content-type: application/json' \
    --post-data '{"contacts": [{"email": "ada.quill@quill-works.example"}]}' \
    https://api.lusha.com/v3/contacts/search-and-enrich && echo 200
