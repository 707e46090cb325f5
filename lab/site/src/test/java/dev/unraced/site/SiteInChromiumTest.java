// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

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
import java.util.logging.Level;
import java.util.regex.Pattern;
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

/** Tests the site in a real browser, if there is one; its pictures stay in {@code target/pictures}. */
class SiteInChromiumTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path CHROMEDRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path SITE = Path.of("target/site");
    private static final Path PICTURES = Path.of("target/pictures");
    private static final Pattern REQUEST =
            Pattern.compile("\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"([^\"]*)\"");

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
        new Site(Path.of("../.."), SITE, null).write();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "index, 375, light, 'rgb(255, 255, 255)'",
        "index, 1400, dark, 'rgb(13, 17, 23)'",
        "docs/concepts, 375, dark, 'rgb(13, 17, 23)'",
        "docs/concepts, 1400, light, 'rgb(255, 255, 255)'",
        "docs/remote, 1400, light, 'rgb(255, 255, 255)'",
        "docs/performance, 375, light, 'rgb(255, 255, 255)'",
        "docs/reference/metrics, 375, light, 'rgb(255, 255, 255)'",
        "docs/reference/events, 1400, dark, 'rgb(13, 17, 23)'",
        "docs/spec, 1400, light, 'rgb(255, 255, 255)'",
    })
    void isReadable(String name, int width, String scheme, String background) throws IOException {
        open(name, width, scheme);
        picture(name.replace('/', '-') + "-" + width + "-" + scheme, width);

        assertThat(requests()).allMatch(url -> url.startsWith("file:"));
        assertThat(run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(background);
        assertThat((Long) run("return document.documentElement.scrollWidth"))
                .as("width of the page")
                .isLessThanOrEqualTo((Long) run("return document.documentElement.clientWidth"));
        assertThat(log(LogType.BROWSER)).as("console").isEmpty();
        assertThat(complaints()).as("axe").isEmpty();
    }

    @Test
    void whatIsSearchedIsFound() {
        open("docs/kmod", 375, "light");
        browser.switchTo().activeElement().sendKeys("/");
        assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo("query");
        browser.switchTo().activeElement().sendKeys("UNCHECKED without a flag");
        WebElement first = (WebElement) browser.executeAsyncScript("""
                const done = arguments[0];
                const look = () => document.querySelector('#found a') ? done(document.querySelector('#found a')) : setTimeout(look, 20);
                look();
                """);
        assertThat(first.getText()).startsWith("Events › UNCHECKED without a flag");
        assertThat(requests()).isNotEmpty().allMatch(url -> url.startsWith("file:"));
        browser.switchTo().activeElement().sendKeys(Keys.ENTER);
        assertThat(browser.getCurrentUrl()).endsWith("/docs/events.html#unchecked-without-a-flag");
    }

    /** Questions of the trials in decision 33: the section with the answer is among the first three. */
    @ParameterizedTest
    @CsvSource({
        "what does UNCHECKED mean, docs/events.html",
        "kernel without fentry and kprobes, docs/choosing.html",
        "what can an attacker hide, SECURITY.html",
        "license, index.html#licence",
        "maven dependency, docs/embedding.html",
        "do I lose events, docs/consuming.html",
        "python client, docs/remote.html#another-language",
        "kafka broker is down, docs/remote.html#sinks",
        "provenance of a driver that reads logs, docs/writing-a-driver.html",
        "where is the test of R4.2, docs/reference/rules.html",
    })
    void aQuestionFindsItsAnswer(String question, String answer) {
        open("index", 1400, "light");
        List<?> found = (List<?>) browser.executeAsyncScript("""
                const done = arguments[1];
                const query = document.getElementById('query');
                query.value = arguments[0];
                query.dispatchEvent(new Event('input'));
                const links = () => [...document.querySelectorAll('#found a')].map(link => link.getAttribute('href'));
                const look = () => links().length > 0 ? done(links()) : setTimeout(look, 20);
                look();
                """, question);
        assertThat(found.stream().limit(3).map(String::valueOf)).anyMatch(link -> link.startsWith(answer));
    }

    @Test
    void theMenuOpensOnANarrowScreen() {
        open("docs/kmod", 375, "light");
        WebElement menu = browser.findElement(By.cssSelector(".menu"));
        menu.click();
        assertThat(browser.findElement(By.tagName("main")).isDisplayed()).isFalse();
        assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo("menu");
        browser.findElement(By.linkText("Concepts")).click();
        assertThat(browser.getCurrentUrl()).endsWith("/docs/concepts.html");
        assertThat(browser.findElement(By.tagName("main")).isDisplayed()).isTrue();
    }

    private static void open(String name, int width, String scheme) {
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
        browser.get(SITE.resolve(name + ".html").toAbsolutePath().toUri().toString());
    }

    private static Object run(String script) {
        return browser.executeScript(script);
    }

    private static List<String> requests() {
        return log(LogType.PERFORMANCE).stream()
                .flatMap(entry -> REQUEST.matcher(entry).results())
                .map(match -> match.group(1))
                .filter(url -> !url.startsWith("data:"))
                .toList();
    }

    private static List<String> log(String type) {
        return StreamSupport.stream(browser.manage().logs().get(type).spliterator(), false)
                .map(LogEntry::getMessage)
                .toList();
    }

    private static List<?> complaints() throws IOException {
        try (InputStream axe =
                Objects.requireNonNull(SiteInChromiumTest.class.getResourceAsStream("/axe.min.js"), "axe")) {
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
        long height = Math.min(3_000, (Long) run("return document.documentElement.scrollHeight"));
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
