// SPDX-License-Identifier: Apache-2.0
package dev.unraced.report;

import dev.unraced.explorer.attack.AttackReport;
import dev.unraced.explorer.attack.Attacks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Sample pages. */
final class Samples {
    static final Instant MADE = Instant.parse("2026-01-02T03:04:05Z");
    /** This text ends elements, attributes and comments, runs scripts, uses the network, and turns text around. */
    static final String HOSTILE = "</td></q></script>--><script>window.pwned=1</script>"
            + "<img src=http://127.0.0.1:9/x onerror=window.pwned=2>\" onfocus=\"window.pwned=3\" autofocus ' {{title}}"
            + " {{{svg}}} \u202e\u0007\u001b[31m\u0000 <style>*{display:none}</style> &lt;";

    private Samples() {}

    /** Returns a page from output such as the commands print, with made-up drivers and figures. */
    static ReportPage page() {
        ReportPage page = new ReportPage();
        for (String file : List.of(
                "conformance-alpha.json",
                "conformance-beta.json",
                "conformance-sim.json",
                "attack.json",
                "bench.json")) {
            page.add(resource(file));
        }
        return page.timelines(Stream.of("flip-missing", "fd-swap")
                .map(name -> AttackReport.of(Attacks.named(name).orElseThrow()))
                .toList());
    }

    /** Returns a page in which every text is hostile. */
    static ReportPage hostile() {
        String text = HOSTILE.codePoints()
                .mapToObj(point -> point == '"' || point == '\\' || point < ' '
                        ? String.format("\\u%04x", point)
                        : Character.toString(point))
                .reduce("", String::concat);
        return new ReportPage().add("""
                        {"driver":"@","kernel":"@","rules":[
                        {"number":"@","chapter":"@","group":"@","rule":"@","status":"BROKEN","reason":"@"},
                        {"number":null,"chapter":null,"group":"@","rule":"@ 2","status":"SKIPPED","reason":"@"},
                        {"number":"R1.1","chapter":"@","group":"@","rule":"R1.1 @","status":"KEPT","reason":"@"}]}
                        {"mutants":[{"name":"@","what":"@","breaks":["@"],"failed":["@"],"verdict":"@","reason":"@"}],"unproven":["@"]}
                        {"driver":"@","kernel":"@","processors":2,"results":[
                        {"attack":"@","title":"@","mitigation":"@","status":"BROKEN","reason":"@","attempts":1,"correct":2,
                        "wrong":3,"flagged":4,"false_matches":5,"wrong_objects":6,"matched":7,"changed":8},
                        {"attack":"@","title":"@","mitigation":"@","status":"IMPOSSIBLE","reason":"@"}]}
                        {"machine":"@","tables":[{"id":"@","title":"@","columns":[{"key":"@","heading":"@","decimals":1}],
                        "rows":[{"name":"@","@":1.5},{"name":"@","@":3}],"notes":["@"]}]}
                        """.replace("@", text));
    }

    static String resource(String file) {
        try (InputStream stream = Objects.requireNonNull(Samples.class.getResourceAsStream(file), file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
