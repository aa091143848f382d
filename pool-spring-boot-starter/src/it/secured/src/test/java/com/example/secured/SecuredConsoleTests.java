package com.example.secured;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The console where everything demands a login and nothing forged is let in. */
class SecuredConsoleTests {

    private static ConfigurableApplicationContext run(WebApplicationType type, String... properties) {
        return new SpringApplicationBuilder(Secured.class)
                .web(type)
                .run(Stream.concat(Stream.of("server.port=0"), Arrays.stream(properties))
                        .map(property -> "--" + property)
                        .toArray(String[]::new));
    }

    /** What the page's buttons do with their token. */
    private interface Refresh {
        HttpResponse<String> by(Visitor visitor, String html) throws Exception;
    }

    /** Is there for who has logged in, and works for who has the token as well. */
    private static void isGuarded(URI address, Refresh withToken) throws Exception {
        Visitor visitor = Visitor.loggedIn(address);
        HttpResponse<String> page = visitor.page();
        String html = page.body();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(visitor.script(html).statusCode()).isEqualTo(200);
        assertThat(visitor.pools(html).body()).startsWith("{\"dataSource\":");
        assertThat(visitor.refresh(html, "", "").statusCode())
                .as("as forged; 401 comes from the error page, which demands a login, too")
                .isIn(401, 403);

        Visitor unknown = Visitor.unknown(address);
        assertThat(unknown.page().statusCode()).isEqualTo(401);
        assertThat(unknown.script(html).statusCode()).isEqualTo(401);
        assertThat(unknown.pools(html).statusCode()).isEqualTo(401);
        assertThat(unknown.refreshWithTokenOfPage(html).statusCode()).isIn(401, 403);

        assertThat(withToken.by(visitor, html).statusCode()).isEqualTo(200);
    }

    @Test
    void needsALoginAndHasTheTokenForItsButtonsInThePage() throws Exception {
        try (var context = run(WebApplicationType.SERVLET)) {
            URI address = Visitor.console(context, "local.server.port", "/actuator/naiad");
            isGuarded(address, Visitor::refreshWithTokenOfPage);

            Visitor visitor = Visitor.loggedIn(address);
            HttpResponse<String> page = visitor.page();
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(page.headers().firstValue("Content-Security-Policy")).hasValue("default-src 'self'");
            assertThat(visitor.script(page.body()).headers().firstValue("Cache-Control"))
                    .hasValue("private, max-age=31536000, immutable");
        }
    }

    @Test
    void worksOnTheManagementPortBelowAnotherPath() throws Exception {
        try (var context = run(
                WebApplicationType.SERVLET,
                "management.server.port=0",
                "management.server.base-path=/inner",
                "management.endpoints.web.base-path=/manage")) {
            isGuarded(
                    Visitor.console(context, "local.management.port", "/inner/manage/naiad"),
                    Visitor::refreshWithTokenOfPage);
        }
    }

    @Test
    void worksInAReactiveApplicationWithTheTokenInTheCookie() throws Exception {
        try (var context = run(WebApplicationType.REACTIVE)) {
            isGuarded(
                    Visitor.console(context, "local.server.port", "/actuator/naiad"),
                    Visitor::refreshWithTokenOfCookie);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"left", "cookie", "spa"})
    void itsButtonsWorkInABrowserThatHasLoggedIn(String csrf) throws Exception {
        try (var context = run(WebApplicationType.SERVLET, "csrf=" + csrf);
                Operator operator = Operator.open(Visitor.console(context, "local.server.port", "/actuator/naiad"))) {
            operator.logIn();
            operator.press("Resize", "Resize", "#figures", "of 5 kept");
            operator.press("Refresh", "Refresh", "#events", "Disposed");
            operator.press("Suspend", "Suspend", "#state", "Suspended");
            operator.press("Resume", "Resume", "#state", "Healthy");
            operator.press("Report", "Close", "#state", "Healthy");
            assertThat(operator.messages())
                    .filteredOn(message -> !(csrf.equals("spa") && message.contains("status of 403")))
                    .as("but that the token of the page is not accepted where that of the cookie is")
                    .isEmpty();
        }
    }
}
