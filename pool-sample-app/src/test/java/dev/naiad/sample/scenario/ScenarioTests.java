/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.DocumentContext;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
class ScenarioTests {

    private static final int LIMIT = 8;

    private final Stage stage;

    @Autowired
    ScenarioTests(RestTestClient client) {
        stage = new Stage(client, "dataSource");
    }

    @AfterEach
    void assertPoolIsWhole() {
        stage.stopAll();
        stage.assertPoolIsWhole();
    }

    @Test
    void theReportOfALeakNamesTheLineThatBorrows() {
        stage.start("leak", "seconds=60");

        DocumentContext report = stage.awaitVerdict("LEAK");
        assertThat(report.<String>read("$.diagnosis.advice")).contains("StockList.print(StockList.java:");
        await().untilAsserted(() -> assertThat(stage.pool().<String>read("$.diagnosis.evidence"))
                .startsWith(LIMIT + " of " + LIMIT + " connections are held without being used"));
        stage.awaitHistory("HELD_TOO_LONG");
        DocumentContext stopped = stage.stop("leak");

        assertThat(stopped.<String>read("$.run.state")).isEqualTo("STOPPED");
        assertThat(stopped.<List<String>>read("$.run.notes[*].text"))
                .containsExactly(LIMIT + " connections have been leaked.");
        stage.awaitHistory("CAME_BACK");
    }

    @Test
    void aDeadlockOfNestedCheckoutsIsResolvedWithoutATimeout() {
        int timeouts = stage.pool().read("$.figures.timeouts");

        stage.start("nested-checkout", "rounds=3");
        stage.awaitVerdict("NESTED_CHECKOUT");
        DocumentContext ended = stage.awaitEnd("nested-checkout");

        assertThat(ended.<String>read("$.run.state")).isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.progress")).isEqualTo(100);
        assertThat(ended.<Integer>read("$.run.figures.failed")).isEqualTo(3);
        assertThat(ended.<Integer>read("$.run.figures.ordered")).isEqualTo(3 * (LIMIT - 1));
        assertThat(ended.<List<String>>read("$.run.notes[*].text"))
                .filteredOn(note -> note.startsWith("NESTED_CHECKOUT: "))
                .hasSize(3);
        assertThat(stage.history()).contains("DEADLOCK");
        assertThat(stage.pool().<Integer>read("$.figures.timeouts")).isEqualTo(timeouts);
    }

    @Test
    void theReportOfASlowQueryQuotesTheStatement() {
        stage.start("slow-query", "seconds=60");

        DocumentContext report = stage.awaitVerdict("SLOW_QUERY");
        assertThat(report.<String>read("$.diagnosis.evidence")).contains("select count(pg_sleep(?)) from products");
        assertThat(report.<String>read("$.diagnosis.advice")).contains("SlowReport.print(SlowReport.java:");
        assertThat(stage.stop("slow-query").<String>read("$.run.state")).isEqualTo("STOPPED");
    }

    @Test
    void theReportOfIdleTransactionsNamesTheLineThatBeganThem() {
        stage.start("idle-in-transaction", "seconds=60");

        DocumentContext report = stage.awaitVerdict("IDLE_IN_TRANSACTION");
        assertThat(report.<String>read("$.diagnosis.advice"))
                .contains("IdleInTransactionScenario.pay(IdleInTransactionScenario.java:");
        stage.awaitHistory("HELD_TOO_LONG");
        assertThat(stage.stop("idle-in-transaction").<String>read("$.run.state"))
                .isEqualTo("STOPPED");
    }

    @Test
    void aDatabaseThatGoesAwayIsUsedAgainWhenItIsBack() {
        stage.start("database-outage", "seconds=60");

        DocumentContext report = stage.awaitVerdict("DATABASE_DOWN");
        assertThat(report.<String>read("$.diagnosis.evidence")).contains("08001");
        stage.awaitHistory("CIRCUIT_OPENED");
        DocumentContext stopped = stage.stop("database-outage");

        assertThat(stopped.<List<String>>read("$.run.notes[*].text"))
                .satisfiesExactly(
                        down -> assertThat(down).isEqualTo("The database is down."),
                        up -> assertThat(up).isEqualTo("The database is up."),
                        served -> assertThat(served).startsWith("An order was served "));
        assertThat(stopped.<Integer>read("$.run.figures.failed")).isPositive();
        stage.assertPoolIsWhole();
        assertThat(stage.history()).contains("INVALIDATED", "OPEN_FAILED", "CIRCUIT_CLOSED");
    }

    @Test
    void aBurstShowsThatThereAreTooFewConnectionsForIt() {
        stage.start("burst", "threads=24&requests=1000&holdMillis=10");

        DocumentContext report = stage.awaitVerdict("UNDERSIZED");
        assertThat(report.<String>read("$.diagnosis.advice")).contains("pool_size (4)");
        DocumentContext ended = stage.awaitEnd("burst");

        assertThat(ended.<String>read("$.run.state")).isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.progress")).isEqualTo(100);
        assertThat(ended.<Integer>read("$.run.figures.served")).isEqualTo(1000);
        assertThat(ended.<Integer>read("$.run.figures.failed")).isZero();
        assertThat(ended.<Double>read("$.run.figures.p50Millis"))
                .isBetween(10.0, ended.<Double>read("$.run.figures.p99Millis"));
    }

    @Test
    void aRotationOfCredentialsFailsNoOrder() {
        stage.start("credential-rotation", "seconds=1");
        DocumentContext ended = stage.awaitEnd("credential-rotation");

        assertThat(ended.<String>read("$.run.state")).isEqualTo("FINISHED");
        assertThat(ended.<Integer>read("$.run.figures.served")).isPositive();
        assertThat(ended.<Integer>read("$.run.figures.failed")).isZero();
        assertThat(ended.<List<String>>read("$.run.notes[*].text"))
                .satisfiesExactly(
                        there -> assertThat(there).endsWith("by those of the user shop_rotated."),
                        back -> assertThat(back).endsWith("by those of the configured user."));
        assertThat(stage.history()).contains("DISPOSED", "CLOSED");
    }

    @Test
    void aPoolThatIsTooSmallIsComparedWithOneThatIsNot() {
        stage.start("too-small-pool", "seconds=6");

        DocumentContext report = stage.awaitVerdict("UNDERSIZED");
        assertThat(report.<String>read("$.diagnosis.advice")).contains("pool_size (1)");
        assertThat(stage.history()).contains("RECONFIGURED");
        DocumentContext ended = stage.awaitEnd("too-small-pool");

        assertThat(ended.<Double>read("$.run.figures.oneConnection.perSecond"))
                .isLessThan(ended.<Double>read("$.run.figures.allConnections.perSecond"));
        assertThat(ended.<List<String>>read("$.run.notes[*].text"))
                .anySatisfy(note -> assertThat(note).contains("of 99 of 100 callers within 10.0 ms"));
        assertThat(stage.pool().<Integer>read("$.figures.poolSize")).isEqualTo(4);
        assertThat(stage.pool().<Integer>read("$.figures.maxOverflow")).isEqualTo(4);
    }
}
