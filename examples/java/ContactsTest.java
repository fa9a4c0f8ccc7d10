import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** mock-lusha run -- java ContactsTest.java: in JUnit, each test of main is a method with @Test. */
public class ContactsTest {
    static final String ADA = "ada.quill@quill-works.example";

    public static void main(String[] arguments) throws Exception {
        try (var lusha = new Account()) { // a contact is revealed once and billed once
            var contacts = new Contacts(lusha.key);
            check(contacts.reveal(ADA).equals("Ada Quill"));
            int spent = lusha.spent();
            check(spent > 1);
            contacts.reveal(ADA);
            check(lusha.spent() == spent + 1); // the search alone
        }
        try (var lusha = new Account()) { // nobody is found
            check(new Contacts(lusha.key).reveal("nobody@acme.com") == null);
        }
        try (var lusha = new Account()) { // credits that are used up are an error of their own
            lusha.steer("PATCH", "accounts", "{\"credits\": 0}");
            try {
                new Contacts(lusha.key).reveal(ADA);
                check(false);
            } catch (Contacts.OutOfCredits error) {
                check(lusha.spent() == 0);
            }
        }
        try (var lusha = new Account()) { // a limit is waited for
            lusha.fail("\"hourly-limit\"");
            var contacts = new Contacts(lusha.key);
            check(contacts.reveal(ADA).equals("Ada Quill"));
            check(contacts.waited == 3600);
        }
        try (var lusha = new Account()) { // a fault of the server is tried again
            lusha.fail("{\"status\": 503}");
            var contacts = new Contacts(lusha.key);
            check(contacts.reveal(ADA).equals("Ada Quill"));
            check(contacts.waited == 1);
        }
        System.out.println("5 tests passed");
    }

    static void check(boolean holds) {
        if (!holds) throw new AssertionError();
    }
}

/** The integration under test, with the real address in it. */
class Contacts {
    static class OutOfCredits extends RuntimeException {}

    private static final URI SEARCH = URI.create("https://api.lusha.com/v3/contacts/search-and-enrich");
    private final HttpClient client = HttpClient.newHttpClient();
    private final String key;
    long waited; // seconds; Thread.sleep outside tests

    Contacts(String key) {
        this.key = key;
    }

    /** The name of whom the address belongs to, or null. */
    String reveal(String email) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(SEARCH).header("api_key", key).header("content-type", "application/json")
            .POST(BodyPublishers.ofString("{\"contacts\": [{\"email\": \"" + email + "\"}]}")).build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() == 429 || answer.statusCode() >= 500) {
            // Lusha has no Retry-After; the message of a limit says when it opens again.
            var seconds = group("Reset in (\\d+) seconds", answer);
            waited += seconds == null ? 1 : Long.parseLong(seconds);
            answer = client.send(request, BodyHandlers.ofString());
        }
        if (answer.statusCode() == 402) throw new OutOfCredits();
        if (answer.statusCode() != 200) throw new IOException("Lusha answered with " + answer.statusCode());
        return group("\"fullName\" *: *\"([^\"]+)\"", answer); // your JSON library here
    }

    static String group(String pattern, HttpResponse<String> answer) {
        Matcher found = Pattern.compile(pattern).matcher(answer.body());
        return found.find() ? found.group(1) : null;
    }
}

/** An account of its own for each test, so that tests need no reset and run in parallel. */
class Account implements AutoCloseable {
    private static final String DOUBLE = System.getenv("LUSHA_API_URL"); // which mock-lusha run sets
    private final HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    final String key = UUID.randomUUID().toString();

    Account() throws IOException, InterruptedException {
        steer("PUT", "accounts", "{\"key\": \"" + key + "\"}");
    }

    HttpResponse<String> steer(String method, String resource, String body) throws IOException, InterruptedException {
        var query = method.equals("PUT") && resource.equals("accounts") ? "" : "?account=" + key;
        var request = HttpRequest.newBuilder(URI.create(DOUBLE + "/_mock/" + resource + query))
            .header("x-mock-lusha-token", System.getenv().getOrDefault("MOCK_LUSHA_CONTROL_TOKEN", "none"))
            .header("x-mock-lusha-token", System.getenv().getOrDefault("MOCK_LUSHA_CONTROL_TOKEN", "none"))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body)).build();
        var answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new IOException(method + " " + resource + ": " + answer.body());
        return answer;
    }

    /** The first call ends with what a scenario can say. */
    void fail(String respond) throws IOException, InterruptedException {
        steer("PUT", "scenario", "{\"name\": \"test\", \"rules\": [{\"when\": {\"nth\": 1}, \"respond\": " + respond + "}]}");
    }

    /** The bill: the credits that the calls would have cost. */
    int spent() throws IOException, InterruptedException {
        return Integer.parseInt(Contacts.group("\"spent\" *: *(\\d+)", steer("GET", "accounts", null)));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        steer("DELETE", "accounts", null);
    }
}
