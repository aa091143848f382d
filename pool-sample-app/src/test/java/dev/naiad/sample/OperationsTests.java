/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class OperationsTests {

    private static final Pattern ACTIVE = Pattern.compile("(?m)^jdbc_connections_active\\{[^}]*} (\\S+)$");

    private final RestTestClient client;

    @Autowired
    OperationsTests(RestTestClient client) {
        this.client = client;
    }

    @Test
    void healthIsUpAndCoversTheDatabase() {
        client.get()
                .uri("/actuator/health")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo("UP")
                .jsonPath("$.components.db.status")
                .isEqualTo("UP");
    }

    @Test
    void prometheusCountsTheConnectionHeldByASlowRequest() throws Exception {
        assertThat(prometheus()).contains("jdbc_connections_active");

        CompletableFuture<Void> slow = CompletableFuture.runAsync(() ->
                client.get().uri("/slow?millis=1000").exchange().expectStatus().isOk());

        await().until(() -> active() >= 1);
        slow.get(30, TimeUnit.SECONDS);
        await().until(() -> active() == 0);
    }

    @Test
    void aSlowRequestTellsHowLongItHeldItsConnection() {
        SlowController.Held held = Objects.requireNonNull(client.get()
                .uri("/slow?millis=50")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(SlowController.Held.class)
                .returnResult()
                .getResponseBody());

        assertThat(held.heldMillis()).isGreaterThanOrEqualTo(50);
        assertThat(held.waitedMillis()).isNotNegative();
    }

    @Test
    void theFrontPageLeadsToTheShopAndToItsOperations() {
        IndexController.Index index = Objects.requireNonNull(client.get()
                .uri("/")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(IndexController.Index.class)
                .returnResult()
                .getResponseBody());

        assertThat(index.shop()).contains("GET /products", "POST /orders", "POST /scenarios/{name}");
        assertThat(index.operations()).contains("GET /actuator/health", "GET /actuator/prometheus");
    }

    @Test
    void browsersGetThePageOfScenarios() {
        EntityExchangeResult<String> page = client.get()
                .uri("/")
                .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectHeader()
                .valueMatches("Content-Security-Policy", "default-src 'none';.*")
                .expectBody(String.class)
                .returnResult();

        assertThat(page.getResponseBody())
                .contains("<form action=\"scenarios/leak\" method=\"post\"", "name=\"holdMillis\" value=\"10\"")
                .contains("<a href=\"./actuator/pools\">")
                .contains("<code>NESTED_CHECKOUT</code>")
                .containsPattern("curl -X POST localhost:\\d+/scenarios/leak")
                .doesNotContain("{{", "style=", "http:", "https:");
        for (String file : List.of("/shop/shop.css", "/shop/scenarios.js", "/shop/icon.svg")) {
            assertThat(page.getResponseBody()).contains("\"" + file.substring(1) + "\"");
            client.get().uri(file).exchange().expectStatus().isOk();
        }
    }

    private double active() {
        Matcher active = ACTIVE.matcher(prometheus());
        assertThat(active.find()).isTrue();
        return Double.parseDouble(active.group(1));
    }

    private String prometheus() {
        return Objects.requireNonNull(client.get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }
}
