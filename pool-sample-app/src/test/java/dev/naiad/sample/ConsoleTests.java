/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naiad.pool.PoolSnapshot;
import dev.naiad.pool.QueuePool;
import dev.naiad.pool.Suspension;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The console as its users see it. */
@TestPropertySource(
        properties = {
            "naiad.name=shop",
            "naiad.pool_size=5",
            "naiad.max_overflow=10",
            "naiad.timeout=30",
            "naiad.trace=always",
            "naiad.pools.archive.url=jdbc:h2:mem:console-archive",
            "management.endpoints.web.exposure.include=pools,naiad",
            "management.endpoint.pools.access=unrestricted"
        })
@Timeout(90)
class ConsoleTests extends BrowserSession {

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @Autowired
    ConsoleTests(RestTestClient client, DataSource dataSource, @LocalServerPort int port) throws Exception {
        super(client, dataSource, port);
    }

    @BeforeEach
    void openConsole() {
        openConsole("shop");
    }

    @AfterEach
    void endLoad() {
        threads.shutdown();
        await().until(() -> snapshot().checkedOut() == 0);
    }

    private PoolSnapshot snapshot() {
        return dataSource.pool().snapshot();
    }

    private CompletableFuture<Void> burst(int requests, int millis) {
        return CompletableFuture.allOf(IntStream.range(0, requests)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> client.get()
                                .uri("/slow?millis=" + millis)
                                .exchange()
                                .expectStatus()
                                .isOk(),
                        threads))
                .toArray(CompletableFuture[]::new));
    }

    @Test
    void loadsWithoutErrorsAndAsksNobodyElse() {
        await().untilAsserted(() -> assertThat(browser.count("svg.chart")).isEqualTo(6));
        assertThat(browser.text("#state")).isEqualTo("Healthy");
        assertThat(browser.text("#pool-name")).isEqualTo("shop");
        assertThat(browser.text("#evidence")).startsWith("Nobody waits");
        assertThat(browser.texts("#settings td:first-child")).contains("pool-size");
        assertThat(browser.text("#settings")).contains("application.yml");
        assertThat(browser.shows("#trouble")).isFalse();
        assertThat(browser.messages()).isEmpty();
        assertThat(browser.requests())
                .anyMatch(url -> url.endsWith("/console.js"))
                .allMatch(url -> url.startsWith(home + "/actuator/"));
    }

    @Test
    void showsARunningBurst() throws Exception {
        CompletableFuture<Void> burst = burst(40, 2500);
        await().untilAsserted(() -> {
            assertThat(browser.text("#state")).isEqualTo("Saturated");
            assertThat(browser.count(".slot[data-look=busy], .slot[data-look=quiet]"))
                    .isEqualTo(15);
            assertThat(browser.text("#holders")).contains("select count(*) from products", "SlowController");
        });
        assertThat(browser.texts("#figures dt")).startsWith("In use", "Idle", "Overflow", "Waiting");
        assertThat(browser.texts("#figures b").subList(0, 3)).containsExactly("15", "0", "10");
        assertThat(Integer.parseInt(browser.texts("#figures b").get(3))).isPositive();
        assertThat(browser.count("#waiters tbody tr")).isPositive();
        assertThat(browser.text("#advice")).isNotEmpty();
        await().untilAsserted(() -> assertThat(
                        (String) browser.run("return document.querySelector('svg.chart').getAttribute('aria-label')"))
                .startsWith("Connections, now: in use 15"));
        browser.find("#slots button").click();
        assertThat(browser.text("#slot")).contains("Holder", "select count(*) from products", "SlowController");
        assertThat(browser.inaccessible()).isEmpty();
        browser.screenshot("burst-light");
        browser.scheme("dark").screenshot("burst-dark");
        burst.join();
        await().untilAsserted(() -> assertThat(browser.text("#state")).isEqualTo("Healthy"));
    }

    @Test
    void namesTheThreadTheSqlAndTheLineThatHoldAConnection() throws Exception {
        CountDownLatch borrowed = new CountDownLatch(1);
        CountDownLatch enough = new CountDownLatch(1);
        Thread holder = new Thread(() -> holdUntil(borrowed, enough), "<img src=x onerror=alert(1)>");
        holder.start();
        try {
            borrowed.await();
            await().untilAsserted(() -> assertThat(browser.texts("#holders td"))
                    .contains("<img src=x onerror=alert(1)>")
                    .anyMatch(text -> text.endsWith("where ? <b.x and b.x> ?"))
                    .anyMatch(text -> text.contains("ConsoleTests.holdUntil (ConsoleTests.java:")));
            assertThat(browser.count("main img, main script"))
                    .as("made of what the pool says")
                    .isZero();
            await().untilAsserted(() -> assertThat(browser.text("#hints")).contains("held without being used"));
            assertThat(browser.count(".slot[data-look=quiet]")).isEqualTo(1);
        } finally {
            enough.countDown();
            holder.join();
        }
        await().untilAsserted(() -> assertThat(browser.text("#holders")).contains("Nobody holds a connection."));
        assertThat(browser.messages()).isEmpty();
    }

    private void holdUntil(CountDownLatch borrowed, CountDownLatch enough) {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1 from (select 1 as x) b where 0 <b.x and b.x> 0");
            borrowed.countDown();
            enough.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void resizesOnlyWhenConfirmedAndTellsWhyNot() throws Exception {
        browser.button("#actions", "Resize").click();
        type("#field-poolSize", "7");
        browser.button("dialog", "Cancel").click();
        awaitNoDialog();
        assertThat(snapshot().poolSize()).isEqualTo(5);

        browser.button("#actions", "Resize").click();
        type("#field-poolSize", "-7");
        browser.button("dialog", "Resize").click();
        await().untilAsserted(() -> assertThat(browser.text(".dialog-error"))
                .contains("Invalid value '-7' for pool_size. Allowed: 0 or more"));
        assertThat(browser.inaccessible()).isEmpty();
        browser.screenshot("resize-refused");
        type("#field-poolSize", "7");
        browser.button("dialog", "Resize").click();
        awaitNoDialog();
        await().untilAsserted(() -> assertThat(browser.text("#figures")).contains("of 7 kept"));
        assertThat(snapshot().poolSize()).isEqualTo(7);
        queue().reconfigure(settings -> settings.poolSize(5));
    }

    /** What closes a dialog is told of it later, and only then is it taken out of the page. */
    private static void awaitNoDialog() {
        await().untilAsserted(() -> assertThat(browser.count("dialog")).isZero());
    }

    private static void type(String field, String text) {
        browser.find(field).sendKeys(Keys.chord(Keys.CONTROL, "a"), text);
    }

    private QueuePool queue() {
        return (QueuePool) dataSource.pool();
    }

    @Test
    void suspendsAndResumes() {
        browser.button("#actions", "Suspend").click();
        browser.find("dialog input[value=fail]").click();
        assertThat(queue().suspension()).isNull();
        browser.button("dialog", "Suspend").click();
        awaitNoDialog();
        assertThat(queue().suspension()).isEqualTo(Suspension.FAIL);
        await().untilAsserted(() -> assertThat(browser.text("#state")).isEqualTo("Suspended"));
        browser.button("#actions", "Resume").click();
        browser.button("dialog", "Resume").click();
        awaitNoDialog();
        assertThat(queue().suspension()).isNull();
        await().untilAsserted(() -> {
            assertThat(browser.text("#state")).isEqualTo("Healthy");
            assertThat(browser.text("#events")).contains("Suspended", "Resumed");
        });
    }

    @Test
    void refreshesOrRotates() {
        burst(1, 1).join();
        browser.button("#actions", "Refresh").click();
        browser.find("dialog input[value=rotate]").click();
        long opened = snapshot().opened();
        browser.button("dialog", "Refresh").click();
        awaitNoDialog();
        assertThat(snapshot().checkedIn()).isZero();
        assertThat(snapshot().opened()).as("with the one that was tried").isGreaterThan(opened);
        await().untilAsserted(() -> assertThat(browser.text("#events")).contains("Disposed"));
    }

    @Test
    void showsTheReport() {
        browser.button("#actions", "Report").click();
        await().untilAsserted(() -> assertThat(browser.text("dialog pre")).contains("shop", "HEALTHY"));
        browser.button("dialog", "Close").click();
        awaitNoDialog();
    }

    @Test
    void showsOneOfSeveralPools() {
        assertThat(browser.texts("#chooser button > span:nth-child(2)")).containsExactlyInAnyOrder("shop", "archive");
        browser.run("document.querySelector('#chooser [data-key=archive]').click()");
        await().untilAsserted(() -> {
            assertThat(browser.text("#pool-name")).isEqualTo("archive");
            assertThat(browser.text("#pool-kind")).contains("jdbc:h2:mem:console-archive");
        });
        assertThat(browser.text("#chooser [aria-current]")).startsWith("archive");
    }

    @Test
    void saysThatThereIsNoAnswerAndRecovers() {
        browser.offline(true);
        await().untilAsserted(
                        () -> assertThat(browser.text("#trouble")).contains("The application has not answered since"));
        assertThat(browser.shows("#trouble")).isTrue();
        browser.offline(false);
        await().untilAsserted(() -> assertThat(browser.shows("#trouble")).isFalse());
        assertThat(browser.text("#pulse-text")).isEqualTo("Live");
    }

    @Test
    void asksNothingWhilePaused() {
        hurry();
        browser.find("#pause").click();
        assertThatNothingIsAskedWhile("Paused");
        browser.find("#pause").click();
        assertThatItGoesOn();
    }

    @Test
    void asksNothingWhileItsTabIsHidden() {
        hurry();
        hide(true);
        assertThatNothingIsAskedWhile("Resting");
        hide(false);
        assertThatItGoesOn();
    }

    /** Lets the console's next round follow at once, and counts what it asks for. */
    private static void hurry() {
        browser.run("""
                const after = setTimeout, ask = fetch;
                window.after = after;
                window.setTimeout = task => after(task, 0);
                window.asked = window.answered = 0;
                window.fetch = (...of) => {
                    asked++;
                    return ask(...of).finally(() => answered++);
                };
                """);
        assertThatItGoesOn();
    }

    private static void hide(boolean hidden) {
        browser.run("""
                const hidden = arguments[0];
                Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
                document.dispatchEvent(new Event("visibilitychange"));
                """, hidden);
    }

    private static void assertThatItGoesOn() {
        Object before = browser.run("return asked");
        await().untilAsserted(() -> assertThat(browser.run("return asked")).isNotEqualTo(before));
    }

    private static void assertThatNothingIsAskedWhile(String state) {
        await().untilAsserted(() -> {
            assertThat(browser.run("return asked - answered")).isEqualTo(0L);
            assertThat(browser.text("#pulse-text")).isEqualTo(state);
        });
        Object before = browser.run("return asked");
        assertThat(browser.runUntilDone("after(() => arguments[0](asked), 50)"))
                .as("by what comes after all that was due")
                .isEqualTo(before);
        assertThat(browser.text("#pulse-text")).isEqualTo(state);
    }

    @Test
    void chartsGoBackInTimeByTheKeyboard() {
        String label = "return document.querySelector('svg.chart').getAttribute('aria-label')";
        await().untilAsserted(() -> assertThat((String) browser.run(label)).contains("idle"));
        browser.run("document.querySelector('svg.chart').focus()");
        browser.find("svg.chart").sendKeys(Keys.ARROW_LEFT);
        assertThat((String) browser.run(label)).contains("seconds ago");
        browser.find("svg.chart").sendKeys(Keys.ESCAPE);
        assertThat((String) browser.run(label)).contains(", now:");
    }

    @ParameterizedTest
    @CsvSource({"light, 1280", "dark, 1280", "light, 390", "dark, 390"})
    void isAccessibleInBothSchemesAndOnAPhone(String scheme, int width) throws Exception {
        browser.scheme(scheme).screen(width, 844);
        browser.find("#settings-all").click();
        burst(3, 1).join();
        await().untilAsserted(
                        () -> assertThat(browser.count(".slot[data-look=idle]")).isPositive());
        assertThat((Long) browser.run("return document.documentElement.scrollWidth"))
                .isEqualTo((long) width);
        assertThat(browser.inaccessible()).isEmpty();
        assertThat((String) browser.run("return getComputedStyle(document.documentElement).backgroundColor"))
                .isEqualTo(scheme.equals("dark") ? "rgb(13, 18, 24)" : "rgb(243, 245, 248)");
        browser.screenshot("idle-" + scheme + "-" + width);
        List<String> messages = browser.messages();
        assertThat(messages).isEmpty();
    }
}
