/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@ExtendWith(OutputCaptureExtension.class)
class PoolUnderLoadTests {

    private static final int REQUESTS = 30;

    private final RestTestClient client;
    private final MeterRegistry meters;

    @Autowired
    PoolUnderLoadTests(RestTestClient client, MeterRegistry meters) {
        this.client = client;
        this.meters = meters;
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    @Test
    void thirtyRequestsShareEightConnections(CapturedOutput output) {
        assertThat(gauge("naiad.connections.size")).isEqualTo(4);
        assertThat(gauge("naiad.connections.limit")).isEqualTo(8);
        ExecutorService threads = Executors.newFixedThreadPool(REQUESTS);
        List<CompletableFuture<Void>> requests = IntStream.range(0, REQUESTS)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> client.get()
                                .uri("/slow?millis=300")
                                .exchange()
                                .expectStatus()
                                .isOk(),
                        threads))
                .toList();

        await().until(() -> gauge("naiad.connections.waiting") > 0 && gauge("naiad.connections.overflow") > 0);
        assertThat(gauge("naiad.connections.active")).isBetween(5.0, 8.0);
        assertThat(gauge("naiad.connections.overflow")).isBetween(1.0, 4.0);
        assertThat(gauge("jdbc.connections.active")).isBetween(5.0, 8.0);
        CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new)).join();
        threads.shutdown();

        await().until(() -> gauge("naiad.connections.active") == 0);
        assertThat(gauge("naiad.connections.idle")).isEqualTo(4);
        assertThat(gauge("naiad.connections.overflow")).isZero();
        assertThat(meters.get("naiad.connections.closed")
                        .tag("reason", "overflow")
                        .functionCounter()
                        .count())
                .isPositive();
        double closed = meters.get("naiad.connections.closed").functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
        double opened = meters.get("naiad.connections.opened").functionCounter().count();
        assertThat(opened - closed).isEqualTo(4);
        await().untilAsserted(() -> assertThat(output).contains("dataSource opened connection", ": OVERFLOW"));
    }
}
