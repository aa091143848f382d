/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How virtual threads wait for a connection. */
@Timeout(60)
class VirtualWaitTests {

    private final StubDatabase database = new StubDatabase();
    private ThreadFactory threads = Thread::new;

    @BeforeEach
    void findVirtualThreads() {
        assumeThat(Threads.VIRTUAL.factory).as("virtual threads").isNotNull();
        threads = Threads.VIRTUAL.factory;
    }

    private QueuePool pool(String name, Duration timeout) {
        return new QueuePool(database.settings()
                .name(name)
                .poolSize(1)
                .maxOverflow(0)
                .timeout(timeout)
                .build());
    }

    private Borrower<Boolean> borrower(Pool pool) {
        return Borrower.on(threads, () -> {
            try (Connection connection = pool.connect()) {
                return connection.isValid(0);
            }
        });
    }

    private static List<String> alarms(String pool) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("naiad-" + pool + "-alarm-"))
                .toList();
    }

    private List<Borrower<Boolean>> borrowers(Pool pool) {
        return Stream.generate(() -> borrower(pool)).limit(100).toList();
    }

    @Test
    void manySleepWithOneAlarmForAll() throws Exception {
        List<Borrower<Boolean>> borrowers;
        try (QueuePool pool = pool("many", Duration.ofMinutes(1));
                Connection held = pool.connect()) {
            borrowers = borrowers(pool);
            await().untilAsserted(() ->
                    assertThat(borrowers).allMatch(borrower -> borrower.thread.getState() == Thread.State.WAITING));
            assertThat(alarms("many")).hasSize(1);

            held.close();
            for (Borrower<Boolean> borrower : borrowers) {
                assertThat(borrower.get()).isTrue();
            }
        }
    }

    @Test
    void manyThatWaitInVainTimeOut() throws Exception {
        try (QueuePool pool = pool("vain", Duration.ofMinutes(1));
                Connection held = pool.connect()) {
            pool.reconfigure(settings -> settings.timeout(Duration.ofMillis(50)));
            for (Borrower<Boolean> borrower : borrowers(pool)) {
                assertThat(borrower.failure()).isInstanceOf(PoolTimeoutException.class);
            }
            assertThat(held.isClosed()).isFalse();
        }
    }

    @Test
    void theAlarmIsGoneWhenThePoolIsClosed() throws Exception {
        Borrower<Boolean> borrower;
        try (QueuePool pool = pool("closed", Duration.ofMinutes(1));
                Connection held = pool.connect()) {
            borrower = borrower(pool);
            await().until(() -> borrower.thread.getState() == Thread.State.WAITING);
            assertThat(alarms("closed")).hasSize(1);
            pool.close(Duration.ZERO);
            assertThat(borrower.failure()).isInstanceOf(PoolClosedException.class);
            assertThat(held.isClosed()).isTrue();
        }
        await().until(() -> alarms("closed").isEmpty());
    }
}
