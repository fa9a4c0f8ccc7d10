use strict;
use HTTP::Tiny;

my $answer = HTTP::Tiny->new(verify_SSL => 1)->post(
    "https://api.lusha.com/v3/contacts/search-and-enrich",
    {
        headers => { api_key => $ENV{LUSHA_API_KEY}, "content-type" => "application/json" },
        content => '{"contacts": [{"email": "ada.quill@quill-works.example"}]}',
    },
);
print "$answer->{status}\n";
print STDERR "$answer->{content}\n" unless $answer->{success};
