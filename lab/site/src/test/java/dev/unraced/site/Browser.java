// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A real browser, in which pages of this machine are tested and drawn. */
public final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
    private static final Pattern REQUEST =
            Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

    private final ChromeDriver driver;
    private final Path pictures;

    /**
     * Starts a browser; skips the test where none is installed.
     *
     * @param profile an empty directory
     * @param pictures the directory of the pictures, which is made
     */
    public Browser(Path profile, Path pictures) throws IOException {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(CHROMEDRIVER),
                "Chromium and its driver are not installed");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile);
        this.pictures = Files.createDirectories(pictures);
        this.driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(CHROMEDRIVER.toFile())
                        .build(),
                options);
    }

    public ChromeDriver driver() {
        return driver;
    }

    /**
     * Opens a page.
     *
     * @param width the width of the window, in pixels
     * @param scheme light or dark
     * @return the address of the page
     */
    public String open(Path page, int width, String scheme) {
        driver.get("about:blank");
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        // Reading a log empties it, so earlier lines are gone.
        console();
        requests();
        String url = page.toAbsolutePath().toUri().toString();
        driver.get(url);
        return url;
    }

    public @Nullable Object run(String script) {
        return driver.executeScript(script);
    }

    /** Returns the element that has the focus. */
    public WebElement active() {
        return driver.switchTo().activeElement();
    }

    /** Returns the addresses that were asked for since the last call, without those that are data themselves. */
    public List<String> requests() {
        return log(LogType.PERFORMANCE).stream()
                .flatMap(entry -> REQUEST.matcher(entry).results())
                .map(match -> match.group(1))
                .filter(url -> !url.startsWith("data:"))
                .toList();
    }

    /** Returns the messages on the console since the last call. */
    public List<String> console() {
        return log(LogType.BROWSER);
    }

    private List<String> log(String type) {
        return StreamSupport.stream(driver.manage().logs().get(type).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    /** Returns what axe finds hard to read or to use. */
    public List<?> complaints() throws IOException {
        try (InputStream axe = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"), "axe")) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>) driver.executeAsyncScript("""
                const done = arguments[0];
                axe.run(document, {resultTypes: ['violations']}).then(
                    result => done(result.violations.map(found => found.id + ': ' + found.help + ': '
                        + found.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary).join('; '))),
                    error => done([String(error)]));
                """);
    }

    /**
     * Draws the page.
     *
     * @param tallest the most pixels of the picture's height; the browser may not draw more
     */
    public void picture(String name, int width, long tallest) throws IOException {
        long height =
                Math.min(tallest, (Long) Objects.requireNonNull(run("return document.documentElement.scrollHeight")));
        Map<String, Object> answer = driver.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        Files.write(pictures.resolve(name + ".png"), Base64.getDecoder().decode((String)
                Objects.requireNonNull(answer.get("data"))));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
