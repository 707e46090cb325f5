// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportPageTest {
    private static final String RULE =
            "{\"number\":\"%s\",\"chapter\":\"%s\",\"group\":\"G\",\"rule\":\"%s\",\"status\":\"%s\",\"reason\":\"%s\"}";

    @Test
    void rulesStandByDriversWithTheReasonOfEachSkip() {
        String html = html(
                judged("alpha", "6.1", rule("R2.10", "KEPT", ""), rule("R2.9", "SKIPPED", "lacks CREAT: not here")),
                judged("beta", "6.12", rule("R2.9", "BROKEN", "expected: 1\\n but was: 2")));

        assertThat(html)
                .containsSubsequence(
                        ">alpha <span class=\"kernel\">6.1</span></th>",
                        ">beta <span class=\"kernel\">6.12</span></th>",
                        "<span class=\"rule\">R2.9</span> sentence of R2.9</th>",
                        "<span class=\"skipped\">skipped</span> <a href=\"#note-2\">note&nbsp;2</a>",
                        "<span class=\"broken\">broken</span> <a href=\"#note-1\">note&nbsp;1</a>",
                        "<details>",
                        "<span class=\"rule\">R2.10</span> sentence of R2.10</th><td><span class=\"kept\">kept</span></td>",
                        "<span class=\"unseen\">not judged</span>",
                        "<li id=\"note-2\">",
                        "alpha on 6.1: <q>lacks CREAT: not here</q> Rules R2.9.");
        assertThat(html)
                .as("why rules are broken stands before all rules")
                .containsSubsequence("<li id=\"note-1\">", "expected: 1\n but was: 2</pre>", ">2. A chapter</h3>");
        assertThat(html).doesNotContain("id=\"attacks\"", "id=\"costs\"", "id=\"timelines\"", "id=\"mutants\"");
    }

    @Test
    void theVerdictStandsFirstWithWhatWasLookedAt() {
        assertThat(html(judged("alpha", "6.1", rule("R2.10", "KEPT", ""))))
                .containsSubsequence(
                        "<h1>", "<span class=\"kept\">No rule is broken.</span>", "alpha on 6.1 · ", "<time", "<nav");
        assertThat(html(judged("alpha", "6.1", rule("R2.9", "BROKEN", "why"), rule("R2.10", "ERROR", "the kit"))))
                .containsSubsequence("<h1>", "<span class=\"broken\">2 rules are broken.</span>", "<nav");
    }

    @Test
    void aRuleThatDependsOnLuckSaysHowOftenTheAttackerWon() {
        String luck = rule("R2.43", "KEPT", "").replace("}", ",\"stochastic\":true,\"rounds\":300,\"won\":290}");
        String unplayed = luck.replace("R2.43", "R2.44").replace("300", "0").replace("290", "0");
        String html = html(judged("alpha", "6.1", luck, unplayed, rule("R2.45", "KEPT", "")));

        assertThat(html)
                .containsSubsequence(
                        "R2.43</span>",
                        "<span class=\"kept\">kept</span> <span class=\"races\">stochastic, 290 of 300 races won</span></td>",
                        "R2.44</span>",
                        "<span class=\"races\">stochastic</span></td>",
                        "R2.45</span>",
                        "<span class=\"kept\">kept</span></td>");
    }

    @Test
    void chaptersStandInTheOrderOfTheirNumbers() {
        String html = html(judged(
                "alpha",
                "6.1",
                RULE.formatted("R10.1", "10. Whole strings", "R10.1 a", "KEPT", ""),
                RULE.formatted("R9.1", "9. Order", "R9.1 a", "KEPT", "")));

        assertThat(html).containsSubsequence(">9. Order</h3>", ">10. Whole strings</h3>");
        assertThat(html).contains("None: every rule was judged, and none is broken.");
    }

    @Test
    void theResultsOfARuleByLengthStandInTheOrderOfTheLengths() {
        String html = html(judged(
                "alpha",
                "6.1",
                RULE.formatted("R10.1", "10. Whole strings", "R10.1 A path (1023 bytes)", "KEPT", ""),
                RULE.formatted("R10.1", "10. Whole strings", "R10.1 A path (8 bytes)", "KEPT", "")));

        assertThat(html).containsSubsequence("A path (8 bytes)", "A path (1023 bytes)");
    }

    @Test
    void anAttackThatBreaksARuleIsMarked() {
        String html = html("""
                {"driver":"alpha","kernel":"6.1","processors":2,"results":[
                {"attack":"flip","title":"a path","mitigation":"STASH","status":"BROKEN","reason":"R2.15: a false proof","attempts":10,
                "correct":9,"wrong":1,"flagged":0,"false_matches":1,"wrong_objects":0,"matched":1,"changed":0},
                {"attack":"ia32","title":"b","mitigation":"OFF","status":"NOT_DECLARED","reason":"IA32: not here"}]}
                """);

        assertThat(html)
                .contains(
                        "<span class=\"broken\">broken: R2.15: a false proof</span>",
                        "<span class=\"broken\">1 attack deceived an event without a mark.</span>",
                        "<td class=\"number\"><span class=\"broken\">1</span></td><td class=\"number\">0</td><td class=\"number\">10</td>",
                        "<li>not declared by the driver: IA32: not here: ia32 off</li>");
    }

    @Test
    void costsAreATableAndAChart() {
        String html = html("""
                {"machine":"a machine","tables":[{"id":"open","title":"open, ns","columns":[{"key":"ns","heading":"ns","decimals":0},
                {"key":"lost","heading":"lost","decimals":0}],"rows":[{"name":"stash","ns":2000.4,"lost":1},{"name":"off","ns":1000.4}],
                "notes":["a note"]}]}
                """);

        assertThat(html)
                .contains(
                        "<caption id=\"costs-0-0-caption\">open, ns</caption>",
                        "<th scope=\"row\">stash</th><td class=\"number\">2,000</td><td class=\"number\">1</td>",
                        "<th scope=\"row\">off</th><td class=\"number\">1,000</td><td class=\"number\"></td>",
                        "<title>open, ns: ns</title>",
                        "<desc>stash: 2,000; off: 1,000</desc>",
                        "width=\"340.0\" height=\"8\"",
                        "width=\"170.0\" height=\"8\"",
                        "<p>a note</p>");
    }

    @Test
    void timelinesAreDrawnAndTold() {
        assertThat(Samples.page().html(Samples.MADE))
                .containsSubsequence(
                        "<a href=\"#attack-flip-missing\">flip-missing</a>",
                        "<span class=\"fooled\">fooled</span> 2 of 15",
                        "<h3 id=\"attack-flip-missing\">",
                        "<svg ",
                        "<desc>",
                        "Mode stash, as text",
                        "path :&#x3D; &quot;/tmp/evil&quot;",
                        "FOOLED: an event does not say what the kernel did, and has no warning (EXIT or UNCHECKED alone is none).");
    }

    @Test
    void whatIsShownIsTextWhateverItHolds() {
        String html = Samples.hostile().html(Samples.MADE);

        assertThat(html)
                .doesNotContain("<script", "<img", "<style>*", "\" onfocus", "\u202e", "\u0007", "\u001b", "\u0000")
                .contains("&lt;script&gt;window.pwned", "\\u{202e}\\u{7}\\u{1b}[31m\\u{0}", "{{title}}", "&amp;lt;");
    }

    @Test
    void eachIdIsThereOnceAndEachLinkLeadsToOne() {
        for (ReportPage page : List.of(Samples.page(), Samples.hostile())) {
            String html = page.html(Samples.MADE);
            List<String> ids = all("\\bid=\"([^\"]*)\"", html);
            assertThat(ids).doesNotHaveDuplicates().contains("content", "rules");
            assertThat(ids).containsAll(all("href=\"#([^\"]*)\"", html));
            assertThat(ids).containsAll(all("aria-labelledby=\"([^\"]*)\"", html));
        }
    }

    @Test
    void nothingIsAskedOfTheNetwork() {
        assertThat(all("(?:src|href|action)=\"([^#\"][^\"]*)\"", Samples.page().html(Samples.MADE)))
                .containsExactly("data:,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[1, 2]",
                "{}",
                "{\"attacks\":[]}",
                "{\"rules\":[]}",
                "{\"driver\":1,\"kernel\":\"k\",\"rules\":[]}",
                "{\"driver\":\"a\",\"kernel\":\"k\",\"rules\":[{\"group\":\"g\",\"rule\":\"r\",\"status\":\"GOOD\",\"reason\":\"\"}]}",
                "{\"driver\":\"a\",\"kernel\":\"k\",\"rules\":{}}",
                "{\"machine\":\"m\",\"tables\":[{\"id\":\"t\",\"title\":\"t\",\"columns\":[],\"rows\":[],\"notes\":[]}]}"
            })
    void whatNoCommandPrintsIsRefused(String text) {
        ReportPage page = new ReportPage();
        assertThatThrownBy(() -> page.add(text)).isInstanceOf(ReportFormatException.class);
    }

    private static String html(String... parts) {
        ReportPage page = new ReportPage();
        for (String part : parts) {
            page.add(part);
        }
        return page.html(Samples.MADE);
    }

    private static String judged(String driver, String kernel, String... rules) {
        return "{\"driver\":\"%s\",\"kernel\":\"%s\",\"rules\":[%s]}"
                .formatted(driver, kernel, String.join(",", rules));
    }

    private static String rule(String number, String status, String reason) {
        return RULE.formatted(number, "2. A chapter", number + " sentence of " + number, status, reason);
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
