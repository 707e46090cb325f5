// SPDX-License-Identifier: Apache-2.0
package dev.unraced.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests the site in a real browser, if there is one; its pictures stay in {@code target/pictures}. */
class SiteInChromiumTest {
    private static final Path SITE = Path.of("target/site");
    private static final Path PICTURES = Path.of("target/pictures");
    private static final int TALLEST = 3_000;

    @TempDir
    private static Path profile;

    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        browser = new Browser(profile, PICTURES);
        new Site(Path.of("../.."), SITE, null).write();
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
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
        browser.picture(name.replace('/', '-') + "-" + width + "-" + scheme, width, TALLEST);

        assertThat(browser.requests()).allMatch(url -> url.startsWith("file:"));
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(background);
        assertThat((Long) browser.run("return document.documentElement.scrollWidth"))
                .as("width of the page")
                .isLessThanOrEqualTo((Long) browser.run("return document.documentElement.clientWidth"));
        assertThat(browser.console()).as("console").isEmpty();
        assertThat(browser.complaints()).as("axe").isEmpty();
    }

    @Test
    void whatIsSearchedIsFound() {
        open("docs/kmod", 375, "light");
        browser.active().sendKeys("/");
        assertThat(browser.active().getDomAttribute("id")).isEqualTo("query");
        browser.active().sendKeys("UNCHECKED without a flag");
        WebElement first = (WebElement) browser.driver().executeAsyncScript("""
                const done = arguments[0];
                const look = () => document.querySelector('#found a') ? done(document.querySelector('#found a')) : setTimeout(look, 20);
                look();
                """);
        assertThat(first.getText()).startsWith("Events › UNCHECKED without a flag");
        assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith("file:"));
        browser.active().sendKeys(Keys.ENTER);
        assertThat(browser.driver().getCurrentUrl()).endsWith("/docs/events.html#unchecked-without-a-flag");
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
        List<?> found = (List<?>) browser.driver().executeAsyncScript("""
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
        WebElement menu = browser.driver().findElement(By.cssSelector(".menu"));
        menu.click();
        assertThat(browser.driver().findElement(By.tagName("main")).isDisplayed())
                .isFalse();
        assertThat(browser.active().getDomAttribute("id")).isEqualTo("menu");
        browser.driver().findElement(By.linkText("Concepts")).click();
        assertThat(browser.driver().getCurrentUrl()).endsWith("/docs/concepts.html");
        assertThat(browser.driver().findElement(By.tagName("main")).isDisplayed())
                .isTrue();
    }

    private static void open(String name, int width, String scheme) {
        browser.open(SITE.resolve(name + ".html"), width, scheme);
    }
}
