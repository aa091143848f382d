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

    private static void isRefusedWithoutLogin(URI page, String html) throws Exception {
        Visitor unknown = Visitor.unknown(page);
        assertThat(unknown.page().statusCode()).isEqualTo(401);
        assertThat(unknown.script(html).statusCode()).isEqualTo(401);
        assertThat(unknown.pools(html).statusCode()).isEqualTo(401);
        assertThat(unknown.refreshWithTokenOfPage(html).statusCode()).isIn(401, 403);
    }

    private static String isServedWithLogin(Visitor visitor) throws Exception {
        HttpResponse<String> page = visitor.page();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(visitor.script(page.body()).statusCode()).isEqualTo(200);
        assertThat(visitor.pools(page.body()).body()).startsWith("{\"dataSource\":");
        assertThat(visitor.refresh(page.body(), "", "").statusCode())
                .as("as forged; 401 comes from the error page, which demands a login, too")
                .isIn(401, 403);
        return page.body();
    }

    @Test
    void needsALoginAndHasTheTokenForItsButtonsInThePage() throws Exception {
        try (var context = run(WebApplicationType.SERVLET)) {
            URI address = Visitor.console(context, "local.server.port", "/actuator/naiad");
            Visitor visitor = Visitor.loggedIn(address);
            String html = isServedWithLogin(visitor);
            isRefusedWithoutLogin(address, html);
            assertThat(visitor.refreshWithTokenOfPage(html).statusCode()).isEqualTo(200);

            assertThat(visitor.page().headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(visitor.page().headers().firstValue("Content-Security-Policy")).hasValue("default-src 'self'");
            assertThat(visitor.script(html).headers().firstValue("Cache-Control"))
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
            URI address = Visitor.console(context, "local.management.port", "/inner/manage/naiad");
            Visitor visitor = Visitor.loggedIn(address);
            String html = isServedWithLogin(visitor);
            isRefusedWithoutLogin(address, html);
            assertThat(visitor.refreshWithTokenOfPage(html).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void worksInAReactiveApplicationWithTheTokenInTheCookie() throws Exception {
        try (var context = run(WebApplicationType.REACTIVE)) {
            URI address = Visitor.console(context, "local.server.port", "/actuator/naiad");
            Visitor visitor = Visitor.loggedIn(address);
            String html = isServedWithLogin(visitor);
            isRefusedWithoutLogin(address, html);
            assertThat(visitor.refreshWithTokenOfCookie(html).statusCode()).isEqualTo(200);
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
