/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.NaiadDataSource;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What is seen of the sample in a browser, one for all tests of a class. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@Tag("browser")
abstract class BrowserSession {

    static Browser browser;

    final RestTestClient client;
    final NaiadDataSource dataSource;
    final String home;

    BrowserSession(RestTestClient client, DataSource dataSource, int port) throws SQLException {
        this.client = client;
        this.dataSource = dataSource.unwrap(NaiadDataSource.class);
        this.home = "http://localhost:" + port;
    }

    @BeforeAll
    static void openBrowser() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        browser = Browser.open();
    }

    @AfterAll
    static void closeBrowser() {
        Awaitility.reset();
        if (browser != null) {
            browser.close();
        }
    }

    /** Anew, and with nothing left of what was said and asked for before. */
    final void openConsole(String pool) {
        browser.screen(1280, 900).scheme("light").go("about:blank");
        browser.messages();
        browser.requests();
        browser.go(home + "/actuator/naiad#" + pool);
        await().untilAsserted(() -> assertThat(browser.text("#pulse-text")).isEqualTo("Live"));
    }
}
