/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.CloseReason;
import dev.naiad.pool.Pool;
import dev.naiad.pool.PoolClosedException;
import dev.naiad.pool.PoolDataSource;
import dev.naiad.pool.PoolSnapshot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class ShutdownTests {

    private static final int LIMIT = 8;

    private final HttpClient client = HttpClient.newHttpClient();
    private ConfigurableApplicationContext shop;
    private Pool pool;

    @BeforeEach
    void start() throws Exception {
        shop = SpringApplication.run(
                ShopApplication.class,
                "--server.port=0",
                "--spring.datasource.url=jdbc:h2:mem:shutdown;DB_CLOSE_DELAY=-1");
        pool = shop.getBean(DataSource.class).unwrap(PoolDataSource.class).pool();
    }

    @AfterEach
    void close() {
        shop.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://localhost:" + shop.getEnvironment().getProperty("local.server.port") + path));
    }

    private void awaitInUse(int waiting) {
        await().untilAsserted(() -> {
            PoolSnapshot now = pool.snapshot();
            assertThat(now.checkedOut()).isEqualTo(LIMIT);
            assertThat(now.waiting()).isGreaterThanOrEqualTo(waiting);
        });
    }

    private void assertPoolClosedWithoutForce() {
        PoolSnapshot closed = pool.snapshot();
        assertThat(closed.checkedOut()).isZero();
        assertThat(closed.timeouts()).isZero();
        assertThat(closed.closed())
                .allSatisfy((reason, count) -> assertThat(
                                EnumSet.of(CloseReason.OVERFLOW, CloseReason.POOL_CLOSED, CloseReason.DISPOSED)
                                                .contains(reason)
                                        || count == 0)
                        .as("%d connections closed as %s", count, reason)
                        .isTrue());
        assertThat(closed.closed().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(closed.opened());
        assertThatExceptionOfType(PoolClosedException.class).isThrownBy(pool::connect);
    }

    @Test
    void requestsInFlightEndWellBeforeThePoolIsClosed() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> requests = IntStream.range(0, 2 * LIMIT)
                .mapToObj(i -> client.sendAsync(request("/slow?millis=1000").build(), BodyHandlers.ofString()))
                .toList();
        awaitInUse(LIMIT);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(shop::close);

        for (CompletableFuture<HttpResponse<String>> each : requests) {
            assertThat(each.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        closing.get(30, TimeUnit.SECONDS);
        assertPoolClosedWithoutForce();
    }

    @Test
    void aScenarioThatIsRunningIsEndedFirst(CapturedOutput output) throws Exception {
        HttpResponse<String> started = client.send(
                request("/scenarios/leak?seconds=100")
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(started.statusCode()).isEqualTo(202);
        awaitInUse(1);

        CompletableFuture.runAsync(shop::close).get(30, TimeUnit.SECONDS);

        assertThat(output).contains("Scenario 'leak' has ended");
        assertPoolClosedWithoutForce();
    }
}
