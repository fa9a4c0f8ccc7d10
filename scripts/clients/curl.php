<?php
$call = curl_init("https://api.lusha.com/v3/contacts/search-and-enrich");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ["api_key: " . getenv("LUSHA_API_KEY"), "content-type: application/json"],
    CURLOPT_POSTFIELDS => '{"contacts": [{"email": "ada.quill@quill-works.example"}]}',
]);
if (curl_exec($call) === false) {
    fwrite(STDERR, curl_error($call) . "\n");
    exit(1);
}
echo curl_getinfo($call, CURLINFO_RESPONSE_CODE), "\n";
