/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

        assertThat(index.shop()).contains("GET /products", "POST /orders");
        assertThat(index.operations()).contains("GET /actuator/health", "GET /actuator/prometheus");
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
