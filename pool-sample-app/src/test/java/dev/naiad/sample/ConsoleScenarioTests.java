/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.client.RestTestClient;

/** Incidents, as they look in the console of the sample as it is delivered. */
@Timeout(90)
class ConsoleScenarioTests extends BrowserSession {

    @Autowired
    ConsoleScenarioTests(RestTestClient client, DataSource dataSource, @LocalServerPort int port) throws Exception {
        super(client, dataSource, port);
    }

    @BeforeEach
    void openConsole() {
        openConsole("dataSource");
    }

    @AfterEach
    void endScenarios() {
        client.delete().uri("/scenarios/leak").exchange();
        client.delete().uri("/scenarios/nested-checkout").exchange();
        await().until(() -> dataSource.pool().snapshot().checkedOut() == 0);
    }

    @Test
    void namesTheLineThatLeaks() throws Exception {
        start("/scenarios/leak?seconds=60");

        await().untilAsserted(() -> {
            assertThat(browser.text("#advice")).contains("StockList.print");
            assertThat(browser.text("#holders")).contains("StockList.print (StockList.java:");
        });
        assertThat(browser.text("#state")).isNotEqualTo("Healthy");
        assertThat(browser.inaccessible()).isEmpty();
        browser.screenshot("leak");
        assertThat(browser.messages()).isEmpty();
    }

    @Test
    void showsADeadlockThatWasResolved() throws Exception {
        start("/scenarios/nested-checkout?rounds=1");

        await().untilAsserted(() -> {
            assertThat(browser.text("#events")).containsIgnoringCase("deadlock");
            assertThat(browser.text("#state")).isEqualTo("Healthy");
            assertThat(browser.text("#holders")).contains("Nobody holds a connection.");
        });
        browser.screenshot("deadlock");
        assertThat(browser.messages()).isEmpty();
    }

    @Test
    void countsNoConnectionAsIdleThatAnOutageHasTaken() throws Exception {
        start("/scenarios/database-outage?seconds=60");

        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            assertThat(browser.text("#state")).isEqualTo("Database down");
            assertThat(browser.text("#slots-summary")).isEqualTo("0 connections open");
            assertThat(browser.texts("#figures b")).element(1).isEqualTo("0");
        });
        browser.screenshot("outage");
        assertThat(browser.messages()).isEmpty();
    }

    private void start(String scenario) {
        client.post().uri(scenario).exchange().expectStatus().is2xxSuccessful();
    }
}
