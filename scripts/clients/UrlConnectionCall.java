import java.net.HttpURLConnection;
import java.net.URL;

public class UrlConnectionCall {
    public static void main(String[] arguments) throws Exception {
        var url = new URL("https://api.lusha.com/v3/contacts/search-and-enrich");
        var call = (HttpURLConnection) url.openConnection();
        call.setRequestProperty("api_key", System.getenv("LUSHA_API_KEY"));
        call.setRequestProperty("content-type", "application/json");
        call.setDoOutput(true);
        call.getOutputStream().write("{\"contacts\": [{\"email\": \"ada.quill@quill-works.example\"}]}".getBytes());
        System.out.println(call.getResponseCode());
    }
}
