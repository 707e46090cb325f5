// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.Set;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Tests the page in a real browser, if there is one; its pictures stay in {@code target/report}. */
class ReportInChromiumTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path PICTURES = Path.of("target/report");
    private static final Pattern REQUEST =
            Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");
    /** The most pixels of a picture's height; the browser may not draw more. */
    private static final long TALLEST = 12_000;

    @TempDir
    private static Path profile;

    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws IOException {
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
        browser = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(CHROMEDRIVER.toFile())
                        .build(),
                options);
        Files.createDirectories(PICTURES);
        write("sample", Samples.page());
        write("hostile", Samples.hostile());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
    }

    private static void write(String name, ReportPage page) throws IOException {
        Files.writeString(file(name), page.html(Samples.MADE));
    }

    private static Path file(String name) {
        return PICTURES.resolve(name + ".html");
    }

    @ParameterizedTest
    @CsvSource({
        "sample, 360, light, 'rgb(255, 255, 255)'",
        "sample, 360, dark, 'rgb(13, 17, 23)'",
        "sample, 1600, light, 'rgb(255, 255, 255)'",
        "sample, 1600, dark, 'rgb(13, 17, 23)'",
        "hostile, 360, light, 'rgb(255, 255, 255)'",
    })
    void isReadable(String name, int width, String scheme, String background) throws IOException {
        String url = open(name, width, scheme);
        assertThat(requests()).as("requests").containsExactly(url);
        run("document.querySelectorAll('details').forEach(details => details.open = true)");
        picture(name + "-" + width + "-" + scheme, width);

        assertThat(run("return document.scripts.length")).isEqualTo(0L);
        assertThat(run("return window.pwned")).isNull();
        assertThat(run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(background);
        assertThat(run("return window.innerWidth")).isEqualTo((long) width);
        assertThat((Long) run("return document.documentElement.scrollWidth"))
                .as("width of the page")
                .isLessThanOrEqualTo((Long) run("return document.documentElement.clientWidth"));
        assertThat(log(LogType.BROWSER)).as("console").isEmpty();
        assertThat(requests()).as("later requests").isEmpty();
        assertThat(complaints()).as("axe").isEmpty();
    }

    @Test
    void theKeyboardIsEnough() {
        open("sample", 360, "light");

        assertThat((Boolean) run("return document.querySelector('.skip').getBoundingClientRect().right < 0"))
                .isTrue();
        press(Keys.TAB);
        WebElement skip = browser.switchTo().activeElement();
        assertThat(skip.getText()).isEqualTo("Skip to the content");
        assertThat(skip.getRect().getX()).isNotNegative();
        skip.sendKeys(Keys.ENTER);
        assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo("content");

        press(Keys.TAB);
        assertThat(browser.switchTo().activeElement().getDomAttribute("aria-labelledby"))
                .as("a table that is wider than the screen can be scrolled")
                .isEqualTo("drivers-caption");

        WebElement summary = browser.findElement(By.cssSelector("#attack-flip-missing ~ details > summary"));
        summary.sendKeys(Keys.ENTER);
        assertThat(summary.findElement(By.xpath("..")).getDomAttribute("open")).isNotNull();
    }

    private static void press(Keys key) {
        browser.switchTo().activeElement().sendKeys(key);
    }

    private static String open(String name, int width, String scheme) {
        browser.get("about:blank");
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        // Reading a log empties it, so earlier lines are gone.
        log(LogType.BROWSER);
        log(LogType.PERFORMANCE);
        String url = file(name).toAbsolutePath().toUri().toString();
        browser.get(url);
        return url;
    }

    private static Object run(String script) {
        return browser.executeScript(script);
    }

    private static Set<String> requests() {
        return log(LogType.PERFORMANCE).stream()
                .flatMap(entry -> REQUEST.matcher(entry).results())
                .map(match -> match.group(1))
                .filter(url -> !url.startsWith("data:"))
                .collect(Collectors.toSet());
    }

    private static List<String> log(String type) {
        return StreamSupport.stream(browser.manage().logs().get(type).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    private static List<?> complaints() throws IOException {
        try (InputStream axe =
                Objects.requireNonNull(ReportInChromiumTest.class.getResourceAsStream("/axe.min.js"), "axe")) {
            browser.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        }
        return (List<?>) browser.executeAsyncScript("""
                const done = arguments[0];
                axe.run(document, {resultTypes: ['violations']}).then(
                    result => done(result.violations.map(found => found.id + ': ' + found.help + ': '
                        + found.nodes.slice(0, 3).map(node => node.html.slice(0, 200) + ' ' + node.failureSummary).join('; '))),
                    error => done([String(error)]));
                """);
    }

    private static void picture(String name, int width) throws IOException {
        long height = Math.min(TALLEST, (Long) run("return document.documentElement.scrollHeight"));
        Map<String, Object> answer = browser.executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        Files.write(PICTURES.resolve(name + ".png"), Base64.getDecoder().decode((String)
                Objects.requireNonNull(answer.get("data"))));
    }
}
