package com.example.secured;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

/** Presses the buttons of the console in the Chromium that is installed. */
final class Operator implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChromeDriver driver;
    private final URI page;

    private Operator(ChromeDriver driver, URI page) {
        this.driver = driver;
        this.page = page;
    }

    /** Skips the test, with the reason, where there is no browser. */
    static Operator open(URI page) {
        Optional<File> chromium = installed("chromium", "chromium-browser", "google-chrome");
        Optional<File> chromedriver = installed("chromedriver");
        assumeTrue(chromium.isPresent(), "No Chromium is installed (Debian's package chromium).");
        assumeTrue(chromedriver.isPresent(), "No ChromeDriver is installed (Debian's package chromium-driver).");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.orElseThrow());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.orElseThrow())
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().implicitlyWait(PATIENCE);
        return new Operator(driver, page);
    }

    private static Optional<File> installed(String... names) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toFile)
                .findFirst();
    }

    /** Is led to the form, and from there to the page. */
    void logIn() {
        driver.get(page.toString());
        driver.findElement(By.name("username")).sendKeys("operator");
        driver.findElement(By.name("password")).sendKeys("secret");
        driver.findElement(By.cssSelector("button[type=submit]")).click();
        waitFor("#state", "Healthy");
        messages(); // of the form, which is not from here
    }

    /** Presses a button and one in the dialog that it opens, and waits for the dialog to go and for what the page says then. */
    void press(String button, String confirmation, String place, String text) {
        button("#actions", button).click();
        button("dialog", confirmation).click();
        driver.findElement(By.cssSelector("body:not(:has(dialog))"));
        waitFor(place, text);
    }

    private WebElement button(String within, String text) {
        return driver.findElement(By.xpath(
                within.startsWith("#")
                        ? "//*[@id='" + within.substring(1) + "']//button[text()='" + text + "']"
                        : "//" + within + "//button[text()='" + text + "']"));
    }

    private void waitFor(String place, String text) {
        driver.findElement(By.xpath("//*[@id='" + place.substring(1) + "' and contains(., '" + text + "')]"));
    }

    /** What the browser has complained of since the last call, its policy included. */
    List<String> messages() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
