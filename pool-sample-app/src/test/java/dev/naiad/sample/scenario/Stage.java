/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Where scenarios are watched, by HTTP as anybody would. */
final class Stage {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RestTestClient client;
    private final String pool;
    private int lastBefore;

    Stage(RestTestClient client, String pool) {
        this.client = client;
        this.pool = pool;
    }

    /** @param query such as {@code seconds=5}, or empty */
    void start(String scenario, String query) {
        lastBefore = pool().<List<Integer>>read("$.report.history[*].number").stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        client.post()
                .uri("/scenarios/" + scenario + (query.isEmpty() ? "" : "?" + query))
                .exchange()
                .expectStatus()
                .isAccepted()
                .expectHeader()
                .valueMatches("Location", ".*/scenarios/" + scenario);
    }

    DocumentContext stop(String scenario) {
        return json(client.delete().uri("/scenarios/" + scenario).exchange());
    }

    /** Also after a test that has failed in the middle. */
    void stopAll() {
        json(client.get().uri("/scenarios").exchange())
                .<List<String>>read("$[*].name")
                .forEach(this::stop);
    }

    DocumentContext scenario(String name) {
        return json(client.get().uri("/scenarios/" + name).exchange());
    }

    DocumentContext pool() {
        return json(client.get().uri("/actuator/pools/" + pool).exchange());
    }

    private static DocumentContext json(RestTestClient.ResponseSpec response) {
        byte[] body = response.expectStatus().isOk().expectBody().returnResult().getResponseBodyContent();
        return JsonPath.parse(new String(Objects.requireNonNull(body), StandardCharsets.UTF_8));
    }

    /** What the pool says when it comes to this verdict. */
    DocumentContext awaitVerdict(String verdict) {
        AtomicReference<DocumentContext> seen = new AtomicReference<>();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            seen.set(pool());
            assertThat(seen.get().<String>read("$.diagnosis.verdict")).isEqualTo(verdict);
        });
        return seen.get();
    }

    void awaitHistory(String kind) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(history()).contains(kind));
    }

    /** What has happened since a scenario was started. */
    List<String> history() {
        return pool().read("$.report.history[?(@.number > " + lastBefore + ")].kind");
    }

    /** The scenario, when it has come to its end. */
    DocumentContext awaitEnd(String scenario) {
        await().atMost(PATIENCE)
                .until(() -> !List.of("RUNNING", "STOPPING")
                        .contains(scenario(scenario).<String>read("$.run.state")));
        return scenario(scenario);
    }

    /** Every connection is back, and whoever comes is served. */
    void assertPoolIsWhole() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            DocumentContext now = pool();
            assertThat(now.<Integer>read("$.figures.checkedOut")).isZero();
            assertThat(now.<Integer>read("$.figures.waiting")).isZero();
            assertThat(now.<String>read("$.diagnosis.verdict")).isEqualTo("HEALTHY");
        });
        client.get().uri("/products").exchange().expectStatus().isOk();
    }
}
