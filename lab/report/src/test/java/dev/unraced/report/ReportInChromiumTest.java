// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.site.Browser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** Tests the page in a real browser, if there is one; its pictures stay in {@code target/report}. */
class ReportInChromiumTest {
    private static final Path PICTURES = Path.of("target/report");
    /** The most pixels of a picture's height; the browser may not draw more. */
    private static final long TALLEST = 12_000;

    @TempDir
    private static Path profile;

    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        browser = new Browser(profile, PICTURES);
        write("sample", Samples.page());
        write("hostile", Samples.hostile());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
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
        "sample, 375, light, 'rgb(255, 255, 255)'",
        "sample, 1400, light, 'rgb(255, 255, 255)'",
        "sample, 1600, light, 'rgb(255, 255, 255)'",
        "sample, 1600, dark, 'rgb(13, 17, 23)'",
        "hostile, 360, light, 'rgb(255, 255, 255)'",
    })
    void isReadable(String name, int width, String scheme, String background) throws IOException {
        String url = open(name, width, scheme);
        assertThat(browser.requests()).as("requests").containsOnly(url);
        browser.run("document.querySelectorAll('details').forEach(details => details.open = true)");
        browser.picture(name + "-" + width + "-" + scheme, width, TALLEST);

        assertThat(browser.run("return document.scripts.length")).isEqualTo(0L);
        assertThat(browser.run("return window.pwned")).isNull();
        assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(background);
        assertThat(browser.run("return window.innerWidth")).isEqualTo((long) width);
        assertThat((Long) browser.run("return document.documentElement.scrollWidth"))
                .as("width of the page")
                .isLessThanOrEqualTo((Long) browser.run("return document.documentElement.clientWidth"));
        assertThat(browser.console()).as("console").isEmpty();
        assertThat(browser.requests()).as("later requests").isEmpty();
        assertThat(browser.complaints()).as("axe").isEmpty();
    }

    @Test
    void theKeyboardIsEnough() {
        open("sample", 360, "light");

        assertThat((Boolean) browser.run("return document.querySelector('.skip').getBoundingClientRect().right < 0"))
                .isTrue();
        press(Keys.TAB);
        WebElement skip = browser.active();
        assertThat(skip.getText()).isEqualTo("Skip to the content");
        assertThat(skip.getRect().getX()).isNotNegative();
        skip.sendKeys(Keys.ENTER);
        assertThat(browser.active().getDomAttribute("id")).isEqualTo("content");

        press(Keys.TAB);
        assertThat(browser.active().getDomAttribute("aria-labelledby"))
                .as("a table that is wider than the screen can be scrolled")
                .isEqualTo("drivers-caption");

        WebElement summary = browser.driver().findElement(By.cssSelector("#attack-flip-missing ~ details > summary"));
        summary.sendKeys(Keys.ENTER);
        assertThat(summary.findElement(By.xpath("..")).getDomAttribute("open")).isNotNull();
    }

    /** The two columns that have to be 0 need no scrolling, on a phone neither. */
    @ParameterizedTest
    @ValueSource(ints = {375, 1400})
    void theColumnsThatCountAreInView(int width) {
        open("sample", width, "light");

        for (String column : List.of("False MATCH", "Wrong object")) {
            Object edges = browser.run("const cell = [...document.querySelectorAll('th')].find(th =>"
                    + " th.textContent.trim() === '" + column + "');"
                    + " if (!cell) return null; const box = cell.getBoundingClientRect();"
                    + " return [Math.round(box.left), Math.round(box.right)]");
            assertThat(edges).as(column).isInstanceOf(List.class);
            assertThat((List<?>) edges).as(column + " from left to right").satisfies(box -> {
                assertThat((Long) box.get(0)).isNotNegative();
                assertThat((Long) box.get(1)).isLessThanOrEqualTo(width);
            });
        }
    }

    private static void press(Keys key) {
        browser.active().sendKeys(key);
    }

    private static String open(String name, int width, String scheme) {
        return browser.open(file(name), width, scheme);
    }
}
