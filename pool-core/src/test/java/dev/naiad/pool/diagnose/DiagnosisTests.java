/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naiad.pool.diagnose.Holder.Activity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiagnosisTests {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final List<StackTraceElement> STACK = List.of(
            new StackTraceElement("org.springframework.jdbc.datasource.DataSourceUtils", "getConnection", "X.java", 1),
            new StackTraceElement("com.acme.Shop", "order", "Shop.java", 42),
            new StackTraceElement("java.lang.Thread", "run", "Thread.java", 1));

    /** A pool of two connections with one waiter, unless said otherwise. */
    private static final class Scene {

        private int inUse;
        private int idle;
        private int closing;
        private int waiting;
        private boolean suspended;
        private @Nullable Duration waited = TIMEOUT;
        private final List<Holder> holders = new ArrayList<>();
        private final List<WaitingThread> waiters = new ArrayList<>();
        private final List<OpeningInFlight> openings = new ArrayList<>();
        private @Nullable RecentFailure failure;

        Scene held(Holder... by) {
            holders.addAll(Arrays.asList(by));
            inUse = holders.size();
            return this;
        }

        ExhaustionReport report() {
            return new ExhaustionReport(
                    "shop",
                    2,
                    0,
                    TIMEOUT,
                    waited,
                    inUse,
                    idle,
                    openings.size(),
                    closing,
                    waiting,
                    suspended,
                    holders,
                    waiters,
                    openings,
                    failure,
                    new Rates(Duration.ofSeconds(10), 20, 2),
                    new Totals(1, 2, 3, 4, 5, 6, 7),
                    List.of());
        }

        Diagnosis diagnosis() {
            return report().diagnosis();
        }
    }

    private static ThreadIdentity thread(boolean alive) {
        return new ThreadIdentity("worker", 7, false, alive);
    }

    private static Holder holder(Activity activity, int held, int unchanged, boolean inTransaction) {
        return new Holder(
                1,
                thread(true),
                activity,
                Duration.ofSeconds(held),
                Duration.ofSeconds(unchanged),
                inTransaction,
                false,
                "select a from b",
                STACK,
                List.of());
    }

    private static Holder ended(boolean shared) {
        return new Holder(
                1,
                thread(false),
                Activity.QUIET,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                true,
                shared,
                null,
                List.of(),
                List.of());
    }

    private static RecentFailure failure(RecentFailure.Place place, int age, boolean overcome) {
        return new RecentFailure(place, "java.sql.SQLException", "08001", "refused", Duration.ofSeconds(age), overcome);
    }

    @Test
    void nobodyWaits() {
        Scene scene = new Scene().held(holder(Activity.QUIET, 30, 30, false), holder(Activity.QUIET, 30, 30, false));
        scene.waited = null;

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.HEALTHY);
    }

    @Test
    void aSuspensionExplainsAll() {
        Scene scene = new Scene().held(holder(Activity.QUIET, 30, 30, false));
        scene.suspended = true;
        scene.failure = failure(RecentFailure.Place.OPENING, 1, false);

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.SUSPENDED);
        assertThat(scene.diagnosis().advice()).contains("resume()");
    }

    @Test
    void unusedConnectionsAreLeaksAndTheAdviceNamesThePlace() {
        Scene scene = new Scene().held(holder(Activity.QUIET, 40, 35, false), holder(Activity.CALLING, 40, 1, false));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.LEAK);
        assertThat(scene.diagnosis().evidence()).contains("1 of 2 connections", "35 s", "'worker' (#7)");
        assertThat(scene.diagnosis().advice()).contains("com.acme.Shop.order(Shop.java:42)");
    }

    @Test
    void withoutATraceTheAdviceNamesTheSettingForOne() {
        Holder untraced =
                new Holder(1, thread(true), Activity.QUIET, TIMEOUT, TIMEOUT, false, false, null, List.of(), List.of());

        assertThat(new Scene().held(untraced, untraced).diagnosis().advice()).contains("trace", "hold_limit");
    }

    @Test
    void whatAThreadThatHasEndedLeavesOpenIsALeakEvenInATransaction() {
        Scene scene = new Scene().held(ended(false), ended(false));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.LEAK);
        assertThat(scene.diagnosis().evidence()).contains("threads that have ended");
    }

    @Test
    void whatAThreadThatHasEndedHasPassedOnIsNoLeakForThat() {
        assertThat(new Scene().held(ended(true), ended(true)).diagnosis().verdict())
                .isEqualTo(Verdict.UNDERSIZED);
    }

    @Test
    void transactionsInWhichNothingHappens() {
        Scene scene = new Scene().held(holder(Activity.QUIET, 40, 35, true), holder(Activity.QUIET, 40, 35, true));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.IDLE_IN_TRANSACTION);
        assertThat(scene.diagnosis().advice()).contains("com.acme.Shop.order(Shop.java:42)", "hold_limit");
    }

    @Test
    void callsThatDoNotEnd() {
        Scene scene = new Scene().held(holder(Activity.CALLING, 40, 35, true), holder(Activity.CALLING, 40, 35, false));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.SLOW_QUERY);
        assertThat(scene.diagnosis().evidence()).contains("2 of 2 connections", "35 s", "select a from b");
        assertThat(scene.diagnosis().advice()).contains("hold_limit_cancel");
    }

    @Test
    void holdersThatWaitThemselves() {
        Scene scene = new Scene().held(holder(Activity.WAITING, 40, 35, true), holder(Activity.WAITING, 40, 35, false));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.NESTED_CHECKOUT);
        assertThat(scene.diagnosis().advice()).contains("com.acme.Shop.order(Shop.java:42)", "pool_size (2)");
    }

    @Test
    void whoWaitsWhileHoldingOneNeedNotHaveDoneSoForLong() {
        Scene scene = new Scene().held(holder(Activity.WAITING, 0, 0, false), holder(Activity.CALLING, 0, 0, false));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.NESTED_CHECKOUT);
    }

    @Test
    void connectionsThatComeAndGo() {
        Scene scene = new Scene().held(holder(Activity.CALLING, 1, 1, false), holder(Activity.QUIET, 40, 0, true));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.UNDERSIZED);
        assertThat(scene.diagnosis().evidence()).contains("20.0 checkouts per second", "100 ms");
        assertThat(scene.diagnosis().advice()).contains("pool_size (2)", "max_overflow (0)");
    }

    @ParameterizedTest
    @EnumSource(
            value = RecentFailure.Place.class,
            names = {"OPENING", "OPENING_ONE_TOO_MANY", "OPENING_IN_TIME"})
    void aFailureToOpenExplainsWhyTheLimitIsNotReached(RecentFailure.Place place) {
        Scene scene = new Scene().held(holder(Activity.QUIET, 40, 40, false));
        scene.failure = failure(place, 5, false);

        assertThat(scene.diagnosis().verdict())
                .isEqualTo(
                        switch (place) {
                            case OPENING -> Verdict.DATABASE_DOWN;
                            case OPENING_ONE_TOO_MANY -> Verdict.DATABASE_FULL;
                            default -> Verdict.CONNECT_SLOW;
                        });
        assertThat(scene.diagnosis().advice()).containsAnyOf("url", "pool_size (2)", "timeout (30 s)");
    }

    @ParameterizedTest
    @EnumSource(
            value = RecentFailure.Place.class,
            names = {"OPENING", "OPENING_ONE_TOO_MANY"})
    void theAgeOfAFailureIsNotTakenForHowLongItHasBeenSo(RecentFailure.Place place) {
        Scene scene = new Scene().held(holder(Activity.QUIET, 40, 40, false));
        scene.failure = failure(place, 5, false);

        assertThat(scene.diagnosis().evidence()).contains("; the latest attempt failed 5 s ago: ");
    }

    @Test
    void aFailureThatIsOvercomeOrOldExplainsNothing() {
        Scene overcome = new Scene();
        overcome.failure = failure(RecentFailure.Place.OPENING, 5, true);
        Scene old = new Scene();
        old.failure = failure(RecentFailure.Place.OPENING, 100, false);

        assertThat(overcome.diagnosis().verdict()).isEqualTo(Verdict.UNCLEAR);
        assertThat(old.diagnosis().verdict()).isEqualTo(Verdict.UNCLEAR);
    }

    @Test
    void aFailureDoesNotExplainAPoolThatIsFull() {
        Scene scene = new Scene().held(holder(Activity.QUIET, 40, 40, false), holder(Activity.QUIET, 40, 40, false));
        scene.failure = failure(RecentFailure.Place.OPENING, 5, false);

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.LEAK);
    }

    @Test
    void aFailureExplainsAPoolWhoseLastConnectionsAreOnTheirWayOut() {
        Scene scene = new Scene();
        scene.closing = 2;
        scene.failure = failure(RecentFailure.Place.OPENING, 1, false);

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.DATABASE_DOWN);
    }

    @Test
    void openingsThatTakeTheirTime() {
        Scene scene = new Scene();
        scene.openings.add(new OpeningInFlight(1, Duration.ofSeconds(29)));

        assertThat(scene.diagnosis().verdict()).isEqualTo(Verdict.CONNECT_SLOW);
        assertThat(scene.diagnosis().evidence()).contains("1 connection is being opened", "29 s");
    }

    @Test
    void theHeadlineHasPoolFiguresSettingsVerdictAndAdvice() {
        String headline = new Scene()
                .held(holder(Activity.QUIET, 40, 35, false), holder(Activity.QUIET, 40, 35, false))
                .report()
                .headline();

        assertThat(headline)
                .startsWith(
                        "Pool 'shop': no connection became free within 30 s (pool_size 2, max_overflow 0, timeout 30 s;"
                                + " in use 2, being opened 0, idle 0, others waiting 0). LEAK: 2 of 2 connections are held")
                .doesNotContain("\n");
    }

    @Test
    void theTextHasTheDetailsAndABoundedLength() {
        Scene scene = new Scene();
        IntStream.range(0, 1000).forEach(i -> scene.held(holder(Activity.QUIET, 40, 35, true)));
        IntStream.range(0, 50)
                .forEach(i -> scene.waiters.add(new WaitingThread(thread(true), Duration.ofMillis(1500), false)));
        scene.waiting = 5000;
        scene.openings.add(new OpeningInFlight(8, Duration.ofMillis(50)));
        scene.failure = failure(RecentFailure.Place.PINGING, 12, true);

        assertThat(scene.report().toString())
                .contains(
                        "\n  Held for 40 s: connection 1, by thread 'worker' (#7), in a transaction, nothing called for 35 s;"
                                + " last SQL: select a from b",
                        "\n      borrowed at org.springframework.jdbc.datasource.DataSourceUtils.getConnection(X.java:1)",
                        "\n          from com.acme.Shop.order(Shop.java:42)",
                        "… and 980 more held",
                        "\n  Waiting for 1.5 s: thread 'worker' (#7)",
                        "… and 4990 more waiting",
                        "\n  Being opened for 50 ms: connection 8",
                        "\n  Last failure, 12 s ago, pinging a connection (others were opened since):"
                                + " java.sql.SQLException: refused",
                        "20.0 checkouts per second")
                .hasSizeLessThan(10_000);
    }
}
