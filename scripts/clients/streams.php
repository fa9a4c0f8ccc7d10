<?php
$context = stream_context_create(["http" => [
    "method" => "POST",
    "header" => "api_key: " . getenv("LUSHA_API_KEY") . "\r\ncontent-type: application/json\r\n",
    "content" => '{"contacts": [{"email": "ada.quill@quill-works.example"}]}',
    "ignore_errors" => true,
]]);
$text = file_get_contents("https://api.lusha.com/v3/contacts/search-and-enrich", false, $context);
if ($text === false) {
    exit(1);
}
echo explode(" ", $http_response_header[0])[1], "\n";
