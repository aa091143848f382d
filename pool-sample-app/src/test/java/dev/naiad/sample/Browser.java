/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The Chromium that is installed, without a window. Nothing is downloaded. */
final class Browser implements AutoCloseable {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Skips the test, with the reason, where there is no browser. */
    static Browser open() {
        Path chromium = installed("chromium", "chromium-browser", "google-chrome");
        Path chromedriver = installed("chromedriver");
        assumeTrue(chromium != null, "No Chromium is installed (Debian's package chromium).");
        assumeTrue(chromedriver != null, "No ChromeDriver is installed (Debian's package chromium-driver).");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(Objects.requireNonNull(chromium).toString());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--lang=en-GB");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(Objects.requireNonNull(chromedriver).toFile())
                .usingAnyFreePort()
                .withTimeout(Duration.ofSeconds(30))
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.driver.manage().timeouts().scriptTimeout(Duration.ofSeconds(60));
        return browser;
    }

    private static Path installed(String... names) {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    void go(String url) {
        driver.get(url);
    }

    Browser screen(int width, int height) {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        return this;
    }

    Browser scheme(String lightOrDark) {
        command(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", lightOrDark))));
        return this;
    }

    void offline(boolean offline) {
        command("Network.enable", Map.of());
        command(
                "Network.emulateNetworkConditions",
                Map.of("offline", offline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }

    private Map<String, Object> command(String name, Map<String, Object> arguments) {
        return driver.executeCdpCommand(name, arguments);
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** As above, for a script that has a result later and calls its last argument with it. */
    Object runUntilDone(String script, Object... arguments) {
        return driver.executeAsyncScript(script, arguments);
    }

    /** Of all elements that match, also if they change at this moment. */
    @SuppressWarnings("unchecked") // a list of texts is what the script returns
    List<String> texts(String selector) {
        return (List<String>)
                run("return Array.from(document.querySelectorAll(arguments[0]), e => e.textContent.trim())", selector);
    }

    String text(String selector) {
        return String.join(" ", texts(selector));
    }

    long count(String selector) {
        return (Long) run("return document.querySelectorAll(arguments[0]).length", selector);
    }

    boolean shows(String selector) {
        return (Boolean) run("return document.querySelector(arguments[0])?.checkVisibility() ?? false", selector);
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** The button with this text. */
    WebElement button(String within, String text) {
        return driver.findElements(By.cssSelector(within + " button")).stream()
                .filter(button -> button.getText().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no button '" + text + "' in " + within + "."));
    }

    /** What the page wrote to the browser's console since the last call, errors of loading and of its policy included. */
    List<String> messages() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    /** The addresses asked for since the last call. */
    List<String> requests() {
        return StreamSupport.stream(
                        driver.manage().logs().get(LogType.PERFORMANCE).spliterator(), false)
                .map(LogEntry::getMessage)
                .filter(message -> message.contains("\"Network.requestWillBeSent\""))
                .map(message -> JsonPath.<String>read(message, "$.message.params.request.url"))
                .toList();
    }

    /** What axe finds wrong, with the elements concerned. */
    @SuppressWarnings("unchecked") // a list of texts is what the script returns
    List<String> inaccessible() throws IOException {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            command(
                    "Runtime.evaluate",
                    Map.of(
                            "expression",
                            new String(axe.readAllBytes(), StandardCharsets.UTF_8),
                            "returnByValue",
                            false));
        }
        return (List<String>) runUntilDone("""
                const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ["violations"] })
                    .then(result => done(result.violations.map(violation => `${violation.id}: ${violation.help}: `
                        + violation.nodes.map(node => `${node.html.slice(0, 150)} ${node.failureSummary}`).join("; "))))
                    .catch(error => done([String(error)]));
                """);
    }

    /** The whole page, kept in {@code target/screenshots}. */
    void screenshot(String name) throws IOException {
        List<?> size = (List<?>) run("scrollTo(0, 0); return [innerWidth, document.documentElement.scrollHeight]");
        Map<String, Object> clip = Map.of("x", 0, "y", 0, "width", size.get(0), "height", size.get(1), "scale", 1);
        Object data = command("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip))
                .get("data");
        Files.createDirectories(SCREENSHOTS);
        Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(String.valueOf(data)));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
