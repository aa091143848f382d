package com.example.secured;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import org.springframework.context.ConfigurableApplicationContext;

/** Somebody with a browser, who is logged in or not. */
final class Visitor {

    private final CookieManager cookies = new CookieManager();
    private final HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).cookieHandler(cookies).build();
    private final URI page;
    private final String authorization;

    private Visitor(URI page, String authorization) {
        this.page = page;
        this.authorization = authorization;
    }

    static Visitor unknown(URI page) {
        return new Visitor(page, "");
    }

    static Visitor loggedIn(URI page) {
        byte[] login = "operator:secret".getBytes(StandardCharsets.UTF_8);
        return new Visitor(page, "Basic " + Base64.getEncoder().encodeToString(login));
    }

    static URI console(ConfigurableApplicationContext context, String port, String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getRequiredProperty(port) + path);
    }

    HttpResponse<String> page() throws IOException, InterruptedException {
        return get(page);
    }

    /** The script that the page loads. */
    HttpResponse<String> script(String html) throws IOException, InterruptedException {
        return get(page.resolve(found(html, "<script type=\"module\" src=\"([^\"]+)\"")));
    }

    HttpResponse<String> pools(String html) throws IOException, InterruptedException {
        return get(page.resolve(meta(html, "pools")));
    }

    HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return send(request(address));
    }

    /** What the button does. */
    HttpResponse<String> refresh(String html, String header, String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(page.resolve(meta(html, "pools") + "/dataSource"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"operation\":\"refresh\"}"));
        return send(token.isEmpty() ? request : request.header(header, token));
    }

    HttpResponse<String> refreshWithTokenOfPage(String html) throws IOException, InterruptedException {
        return refresh(html, meta(html, "token-header"), meta(html, "token"));
    }

    HttpResponse<String> refreshWithTokenOfCookie(String html) throws IOException, InterruptedException {
        String token = cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .findFirst()
                .orElseThrow()
                .getValue();
        return refresh(html, "X-XSRF-TOKEN", token);
    }

    private HttpRequest.Builder request(URI address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        return authorization.isEmpty() ? request : request.header("Authorization", authorization);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    static String meta(String html, String name) {
        return found(html, "<meta name=\"naiad-" + name + "\" content=\"([^\"]*)\">");
    }

    private static String found(String html, String pattern) {
        return Pattern.compile(pattern).matcher(html).results().findFirst().orElseThrow().group(1);
    }
}
