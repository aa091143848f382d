/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(120)
class FlightRecorderTests {

    private static final List<String> NAMES = List.of(
            "CheckoutWait",
            "ConnectionHeld",
            "ConnectionOpen",
            "ConnectionValidate",
            "ConnectionReset",
            "ConnectionClose",
            "CheckoutTimeout",
            "ConnectionLost",
            "ConnectionHeldTooLong",
            "Verdict");

    @TempDir
    private Path directory;

    private final StubDatabase database = new StubDatabase().withoutAutoCommit();
    private final TestTicker ticker = new TestTicker();
    private final Recording recording = new Recording();
    private final String name = "recorded-" + UUID.randomUUID();
    private final QueuePool pool = new QueuePool(settings().build());

    private PoolConfig.Builder settings() {
        return database.settings()
                .name(name)
                .ticker(ticker)
                .poolSize(1)
                .maxOverflow(0)
                .timeout(Duration.ZERO)
                .holdLimit(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        recording.close();
        pool.close();
    }

    private void record(String... names) {
        for (String event : names) {
            recording.enable("dev.naiad." + event).withoutThreshold().withStackTrace();
        }
        recording.start();
        pool.sweep(); // as the housekeeper does while the pool is in use
    }

    private List<RecordedEvent> recorded(String event) throws Exception {
        recording.stop();
        Path file = directory.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(candidate -> candidate.getEventType().getName().equals("dev.naiad." + event))
                .filter(candidate -> candidate.getString("pool").equals(name))
                .toList();
    }

    @Test
    void openingsAreRecordedWithTheConnectionOrTheFailure() throws Exception {
        record("ConnectionOpen");
        pool.connect().close();
        pool.dispose();
        database.script((call, connection) -> {
            if (call.equals("open")) {
                throw new SQLException("no");
            }
        });
        assertThatThrownBy(pool::connect).hasMessage("no");

        List<RecordedEvent> openings = recorded("ConnectionOpen");
        assertThat(openings)
                .extracting(event -> event.getString("failure"))
                .containsExactlyInAnyOrder(null, "java.sql.SQLException");
        assertThat(openings)
                .allSatisfy(event -> assertThat(event.getLong("connection")).isPositive());
    }

    @Test
    void waitsAreRecordedWithTheConnectionThatEndedThem() throws Exception {
        pool.reconfigure(settings -> settings.timeout(Duration.ofMinutes(1)));
        record("CheckoutWait");
        Connection held = pool.connect(); // waits for the connection to be opened
        Borrower<Connection> borrower = Borrower.waitingFor(pool);
        held.close();
        borrower.get().close();

        assertThat(recorded("CheckoutWait"))
                .hasSize(2)
                .extracting(event -> event.getThread("eventThread").getJavaThreadId())
                .containsExactlyInAnyOrder(Thread.currentThread().getId(), borrower.thread.getId());
    }

    @Test
    void loansAndResetsAreRecordedFromTheSweepOnThatFollowsTheirBeingEnabled() throws Exception {
        record("ConnectionHeld", "ConnectionReset");
        Connection lent = pool.connect();
        Borrower<?> other = Borrower.of(() -> {
            lent.close();
            return null;
        });
        other.get();

        assertThat(recorded("ConnectionHeld")).singleElement().satisfies(event -> {
            assertThat(((RecordedThread) event.getValue("borrower")).getJavaThreadId())
                    .isEqualTo(Thread.currentThread().getId());
            assertThat(event.getThread().getJavaThreadId()).isEqualTo(other.thread.getId());
            assertThat(event.getLong("connection")).isEqualTo(1);
        });
    }

    @Test
    void aResetTellsWhetherTheConnectionWasKept() throws Exception {
        record("ConnectionReset");
        pool.connect().close();
        Connection broken = pool.connect();
        database.script((call, connection) -> {
            if (call.equals("getAutoCommit")) {
                throw new SQLException("gone", "08006");
            }
        });
        broken.createStatement().executeUpdate("update");
        broken.close();

        assertThat(recorded("ConnectionReset"))
                .extracting(event -> event.getBoolean("kept"))
                .containsExactly(true, false);
    }

    @Test
    void aLoanThatEndsByInvalidationOrDetachingIsRecordedToo() throws Exception {
        record("ConnectionHeld");
        pool.connect().invalidate(null);
        PoolProxiedConnection detached = pool.connect();
        detached.detach();
        detached.close();

        assertThat(recorded("ConnectionHeld")).hasSize(2);
    }

    @Test
    void nothingObservesThePoolUnlessLoansAreRecorded() throws Exception {
        pool.sweep();
        assertThat(pool.listeners().passOver()).isTrue();

        record("ConnectionOpen", "CheckoutWait");
        assertThat(pool.listeners().passOver()).isTrue();

        try (Recording loans = new Recording()) {
            loans.enable("dev.naiad.ConnectionHeld");
            loans.start();
            pool.sweep();
            assertThat(pool.listeners().passOver()).isFalse();
            assertThat(((QueuePool) pool.recreate()).listeners().wants(PoolEvent.Kind.CHECKIN))
                    .isTrue();
        }
        pool.sweep();
        assertThat(pool.listeners().passOver()).isTrue();
    }

    @Test
    void aPoolRecreatedDuringARecordingStopsToBeObservedWithIt() throws Exception {
        record("ConnectionHeld");
        QueuePool next = (QueuePool) pool.recreate();
        recording.stop();
        next.sweep();

        assertThat(next.listeners().passOver()).isTrue();
        next.close();
    }

    @Test
    void pingsAreRecorded() throws Exception {
        record("ConnectionValidate");
        pool.connect().close();
        pool.suspectAll();
        pool.connect().close();

        assertThat(recorded("ConnectionValidate")).singleElement().satisfies(event -> {
            assertThat(event.getLong("connection")).isEqualTo(1);
            assertThat(event.getString("failure")).isNull();
        });
    }

    @Test
    void closingsAreRecordedWithTheirReason() throws Exception {
        record("ConnectionClose");
        pool.connect().close();
        pool.dispose();

        assertThat(recorded("ConnectionClose")).singleElement().satisfies(event -> {
            assertThat(event.getString("reason")).isEqualTo("DISPOSED");
            assertThat(event.getLong("connection")).isEqualTo(1);
        });
    }

    @Test
    void aTimeoutIsRecordedWithItsVerdict() throws Exception {
        record("CheckoutTimeout", "Verdict");
        Connection held = pool.connect();
        assertThatThrownBy(pool::connect).isInstanceOfSatisfying(PoolTimeoutException.class, exception -> {
            try {
                String verdict = exception.report().diagnosis().verdict().name();
                assertThat(recorded("CheckoutTimeout"))
                        .singleElement()
                        .satisfies(
                                event -> assertThat(event.getString("verdict")).isEqualTo(verdict));
                assertThat(RecordingFile.readAllEvents(directory.resolve("recording.jfr")))
                        .filteredOn(event -> event.getEventType().getName().equals("dev.naiad.Verdict")
                                && event.getString("pool").equals(name))
                        .singleElement()
                        .satisfies(event -> assertThat(event.getString("advice"))
                                .isEqualTo(exception.report().diagnosis().advice()));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        held.close();
    }

    private void lose() throws SQLException {
        pool.connect();
    }

    @Test
    void aLostConnectionIsRecorded() throws Exception {
        record("ConnectionLost");
        lose();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            pool.sweep();
            return pool.snapshot().lost() == 1 && pool.snapshot().checkedOut() == 0;
        });

        assertThat(recorded("ConnectionLost"))
                .singleElement()
                .satisfies(event -> assertThat(event.getBoolean("reclaimed")).isTrue());
    }

    @Test
    void aConnectionHeldForTooLongIsRecorded() throws Exception {
        record("ConnectionHeldTooLong");
        Connection held = pool.connect();
        pool.sweep();
        ticker.advance(Duration.ofMinutes(2));
        pool.sweep();

        assertThat(recorded("ConnectionHeldTooLong")).singleElement().satisfies(event -> {
            assertThat(event.getString("step")).isEqualTo("WARN");
            assertThat(event.getDuration("held")).isGreaterThanOrEqualTo(Duration.ofMinutes(2));
        });
        held.close();
    }

    @Test
    void allEventsAreOffByDefaultAndTheShippedSettingsTurnThemOn() throws Exception {
        pool.connect().close();
        Map<String, String> shipped;
        try (Reader text = new InputStreamReader(
                Pool.class.getResourceAsStream("/dev/naiad/pool/jfr/naiad.jfc"), StandardCharsets.UTF_8)) {
            shipped = Configuration.create(text).getSettings();
        }
        for (String event : NAMES) {
            Class<?> type = Class.forName("dev.naiad.pool.jfr." + event + "Event");
            EventType registered = EventType.getEventType(type.asSubclass(jdk.jfr.Event.class));
            assertThat(registered.getName()).isEqualTo("dev.naiad." + event);
            assertThat(registered.getSettingDescriptors())
                    .filteredOn(setting -> setting.getName().equals("enabled"))
                    .singleElement()
                    .satisfies(setting -> assertThat(setting.getDefaultValue()).isEqualTo("false"));
            assertThat(registered.getDescription()).isNotBlank();
            assertThat(registered.getCategoryNames()).containsExactly("Naiad");
            assertThat(shipped).containsEntry("dev.naiad." + event + "#enabled", "true");
            assertThat(registered.isEnabled()).isFalse();
        }
        try (Recording asShipped = new Recording()) {
            asShipped.setSettings(shipped);
            asShipped.start();
            for (String event : NAMES) {
                Class<?> type = Class.forName("dev.naiad.pool.jfr." + event + "Event");
                assertThat(EventType.getEventType(type.asSubclass(jdk.jfr.Event.class))
                                .isEnabled())
                        .isTrue();
            }
        }
    }

    @Test
    void thePoolWorksInARuntimeImageWithoutFlightRecorderAndJmx() throws Exception {
        assertThat(outputOf(List.of("--limit-modules", "java.sql"), "jdk.jfr", "java.management"))
                .contains("worked without jdk.jfr and java.management");
    }

    /** To get the recorder ready takes longer than all else that is done before the first connection. */
    @Test
    void theFlightRecorderIsLeftAloneWhileNobodyRecords() throws Exception {
        assertThat(outputOf(List.of("-Xlog:class+load")))
                .contains("worked", "dev.naiad.pool.QueuePool")
                .doesNotContain("dev.naiad.pool.jfr")
                .doesNotContain("jdk.jfr.events");
        assertThat(outputOf(List.of("-Xlog:class+load", "-XX:StartFlightRecording")))
                .contains("worked", "dev.naiad.pool.jfr");
    }

    private static String outputOf(List<String> options, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(String.join(
                System.getProperty("path.separator"),
                placeOf(Pool.class),
                placeOf(LoggerFactory.class),
                placeOf(MinimalRuntime.class)));
        command.add(MinimalRuntime.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).describedAs(output).isZero();
        return output;
    }

    private static String placeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
