/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import dev.naiad.pool.spring.Applications;
import dev.naiad.pool.spring.autoconfigure.ConnectionFactoryCustomizer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whole applications that are not ready before their pools are warm. */
@Timeout(120)
class PoolsReadinessTests {

    private static final AtomicBoolean down = new AtomicBoolean();

    @AfterEach
    void up() {
        down.set(false);
    }

    /** A database that may be down. */
    @Configuration(proxyBeanMethods = false)
    static class Moody {

        @Bean
        ConnectionFactoryCustomizer moods() {
            return (factory, config) -> entry -> {
                if (down.get()) {
                    throw new SQLException("refused", "08001");
                }
                return factory.open(entry);
            };
        }
    }

    private static ConfigurableApplicationContext run(String... more) {
        return Applications.run(
                List.of(Moody.class),
                Stream.concat(
                                Arrays.stream(Applications.withDatabase(
                                        "spring.main.web-application-type=servlet",
                                        "server.port=0",
                                        "management.health.db.enabled=false",
                                        "management.endpoint.health.probes.enabled=true",
                                        "naiad.name=shop")),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void anApplicationIsNotReadyBeforeItsPoolIsWarmAndThenStaysReady() throws Exception {
        down.set(true);
        try (var context = run(
                "naiad.warm-up=2",
                "management.endpoint.health.probes.add-additional-paths=true",
                "management.endpoint.health.show-details=always")) {
            HttpResponse<String> cold = get(context, "/actuator/health/readiness");
            assertThat(cold.statusCode()).isEqualTo(503);
            assertThat(cold.body()).contains("OUT_OF_SERVICE");
            assertThat(get(context, "/actuator/health/poolsReadiness").body())
                    .contains("OUT_OF_SERVICE", "\"shop\":\"warming up: 0 open, ");
            assertThat(get(context, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(context, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(context, "/actuator/health/liveness").statusCode()).isEqualTo(200);

            down.set(false);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(
                                    get(context, "/actuator/health/readiness").statusCode())
                            .isEqualTo(200));
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .isEqualTo(2);
            assertThat(get(context, "/readyz").statusCode()).isEqualTo(200);

            down.set(true);
            context.getBean(NaiadDataSource.class).pool().dispose();
            assertThat(get(context, "/actuator/health/readiness").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void withoutAWarmUpAnApplicationIsReadyAtOnceAndOpensNothing() throws Exception {
        try (var context = run()) {
            assertThat(get(context, "/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(context.getBean(NaiadDataSource.class).pool().snapshot().opened())
                    .isZero();
        }
    }

    @Test
    void aGroupThatTheApplicationHasPutTogetherIsLeftAlone() throws Exception {
        down.set(true);
        try (var context =
                run("naiad.warm-up=2", "management.endpoint.health.group.readiness.include=readinessState")) {
            assertThat(get(context, "/actuator/health/readiness").statusCode()).isEqualTo(200);
        }
        try (var context = run(
                "naiad.warm-up=2",
                "management.endpoint.health.group.readiness.include[0]=readinessState",
                "management.endpoint.health.group.readiness.include[1]=poolsReadiness")) {
            assertThat(get(context, "/actuator/health/readiness").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void itCanBeSwitchedOff() throws Exception {
        down.set(true);
        try (var context = run("naiad.warm-up=2", "management.health.poolsreadiness.enabled=false")) {
            assertThat(context.getBeansOfType(PoolsReadinessHealthIndicator.class))
                    .isEmpty();
            assertThat(get(context, "/actuator/health/readiness").statusCode()).isEqualTo(200);
        }
    }
}
