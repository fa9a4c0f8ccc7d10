<?php
require "GuzzleHttp/autoload.php"; // where Debian has it; elsewhere vendor/autoload.php

$answer = (new GuzzleHttp\Client())->post("https://api.lusha.com/v3/contacts/search-and-enrich", [
    "headers" => ["api_key" => getenv("LUSHA_API_KEY")],
    "json" => ["contacts" => [["email" => "ada.quill@quill-works.example"]]],
]);
echo $answer->getStatusCode(), "\n";
