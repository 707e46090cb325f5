// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the command on the simulator, which runs everywhere. */
class ReportCommandTest {
    private static final List<String> RULES = List.of("conformance", "--driver", "sim", "--rules", "R2.10");
    private static final List<String> ATTACK =
            List.of("lab", "attack", "flip-late", "--driver", "sim", "--mitigation", "off", "--calls", "20");

    @TempDir
    private Path directory;

    @Test
    void onePageHasWhatSeveralCommandsPrinted() throws IOException {
        Path rules = printed("rules.json", RULES, "--json");
        Path attack = printed("attack.json", ATTACK, "--json");
        Path page = directory.resolve("page.html");

        assertThat(run("lab", "report", "--out", page, rules, rules, attack)).isEmpty();
        assertThat(Files.readString(page))
                .containsSubsequence(
                        ">sim <span class=\"kernel\">sim</span></th>",
                        ">sim <span class=\"kernel\">sim</span></th>",
                        "R2.10",
                        "<th scope=\"row\">flip-late ",
                        "id=\"timelines\"",
                        "<h3 id=\"attack-flip\">",
                        "<svg ",
                        "</html>");
    }

    @Test
    void aPageOfOneCommandHasItsPartAlone() throws IOException {
        Path attack = directory.resolve("attack.html");

        assertThat(printed("attack.txt", ATTACK, "--html", attack)).isNotEmptyFile();
        assertThat(Files.readString(attack))
                .contains("id=\"attacks\"")
                .doesNotContain("id=\"rules\"", "id=\"timelines\"");
    }

    @Test
    void whatBecameOfMutantsIsAPartOfThePage() throws IOException {
        Path page = directory.resolve("mutants.html");

        printed("mutants.txt", List.of("lab", "mutants", "--rules", "R2.10"), "--html", page);
        assertThat(Files.readString(page))
                .contains("id=\"mutants\"", "creat-without-flags", "<span class=\"kept\">caught</span>");
    }

    @ParameterizedTest
    @CsvSource({
        "lab report, page.html, Missing required option",
        "lab report --out /nowhere/page.html, '', --out: cannot write to /nowhere/page.html",
        "lab report --out, nothing.json, nothing.json cannot be read",
        "lab report --out, explain.json, is not what conformance",
        "lab attack --driver sim --html, '', --html: cannot write to",
    })
    void wrongFilesAreUsageErrors(String line, String file, String message) throws IOException {
        Files.writeString(directory.resolve("explain.json"), "{\"attacks\":[]}");
        TestConsole test = new TestConsole();
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        if (line.endsWith("--html")) {
            words.add("/nowhere/page.html");
        } else if (line.endsWith("--out")) {
            words.add(directory.resolve("page.html").toString());
        }
        if (!file.isEmpty()) {
            words.add(directory.resolve(file).toString());
        }

        assertThat(LabCommand.run(test.console(), words.toArray(String[]::new))).isEqualTo(2);
        assertThat(test.err()).contains(message, "--help'").doesNotContain("\tat ");
    }

    private Path printed(String file, List<String> command, Object... options) throws IOException {
        List<Object> words = new ArrayList<>(command);
        words.addAll(List.of(options));
        return Files.writeString(directory.resolve(file), run(words.toArray()));
    }

    private static String run(Object... words) {
        TestConsole test = new TestConsole();
        String[] line = List.of(words).stream().map(Object::toString).toArray(String[]::new);
        assertThat(LabCommand.run(test.console(), line)).as(test.err()).isZero();
        return test.out();
    }
}
