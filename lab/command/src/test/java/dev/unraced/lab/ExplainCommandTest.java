// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.format.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainCommandTest {
    private final TestConsole test = new TestConsole();

    @Test
    void listsAttacksAndWhatEachModeComesTo() {
        assertThat(run("explain")).isZero();

        assertThat(test.out())
                .startsWith("flip ")
                .containsPattern("\nflip +21 +FOOLED 9 of 21 +WARNED 5 of 21 +TRUE\n")
                .containsPattern("\ntid-reuse .* TRUE +FOOLED ")
                .containsPattern("\nuring-batch .* TRUE +LIED 1 of 1\n");
        // Only an observer without the defence that an attack is about may lie.
        int naive = test.out()
                .lines()
                .filter(line -> line.startsWith("attack "))
                .mapToInt(line -> line.indexOf("naive"))
                .findFirst()
                .orElseThrow();
        assertThat(test.out().lines().map(line -> line.substring(0, Math.min(line.length(), naive))))
                .noneMatch(line -> line.contains("LIED"));
        assertThat(test.err()).isEmpty();
    }

    @Test
    void tellsOneExecutionOfAnAttack() {
        assertThat(run("explain", "flip-missing", "--ascii")).isZero();

        assertThat(test.out())
                .startsWith("flip-missing: the same, of an open that fails\n")
                .containsPattern("\nstash +15 +11 +2 +2 +0\n")
                .contains("flip-missing, mode stash", "getname: the kernel copies \"/tmp/evil\"")
                .endsWith(
                        "\nFOOLED: an event does not say what the kernel did, and has no warning (EXIT or UNCHECKED alone is none).\n");
        assertThat(test.out().chars()).allMatch(c -> c == '\n' || (c >= ' ' && c <= '~'));
    }

    @Test
    void tellsTheSameExecutionUnderAModeThatIsNotFooled() {
        assertThat(run("explain", "flip-missing", "--mode", "kernel")).isZero();

        assertThat(test.out())
                .contains("path := \"/tmp/evil\"", "event: path \"/tmp/evil\" KERNEL CHANGED")
                .contains("\nTRUE: ");
    }

    @Test
    void jsonHoldsTheSame() {
        assertThat(run("explain", "flip", "--json")).isZero();

        List<Map<String, Object>> objects = JsonLines.parse(test.out());
        assertThat(objects).hasSize(1);
        assertThat(objects.get(0))
                .containsEntry("name", "flip")
                .containsEntry("interleavings", 21L)
                .containsKeys("title", "story", "modes", "execution");
        assertThat((List<?>) objects.get(0).get("modes"))
                .hasSize(3)
                .allSatisfy(mode -> assertThat(mode)
                        .asInstanceOf(JsonLines.OBJECT)
                        .containsKeys("mode", "executions", "true", "warned", "fooled", "worst", "example", "says")
                        .containsEntry("lied", 0L));
    }

    @Test
    void drawsAPicture(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("flip.svg");

        assertThat(run("explain", "flip", "--svg", file.toString())).isZero();
        assertThat(Files.readString(file))
                .startsWith("<svg ")
                .contains("<title>flip, mode off</title>")
                .endsWith("</svg>\n");
    }

    /** After a change, {@code ./unraced lab explain flip --svg docs/pictures/flip.svg} updates the picture. */
    @Test
    void thePictureOfTheReadmeIsWhatTheCommandDraws(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("flip.svg");
        assertThat(run("explain", "flip", "--svg", file.toString())).isZero();
        assertThat(Files.readString(file)).isEqualTo(Files.readString(Path.of("../../docs/pictures/flip.svg")));
    }

    /** After a change, {@code ./unraced lab explain --markdown > docs/reference/attacks.md} updates the page. */
    @Test
    void thePageOfTheDocumentationIsWhatTheCommandPrints() throws IOException {
        assertThat(run("explain", "--markdown")).isZero();

        assertThat(test.out()).isEqualTo(Files.readString(Path.of("../../docs/reference/attacks.md")));
    }

    @ParameterizedTest
    @CsvSource({
        "flop, --json, 'is no attack; did you mean flip? '",
        "tid-resue, --json, did you mean tid-reuse?",
        "flip, --mode=naive, 'there is no naive for flip; there are off, stash, kernel'",
        "flip, --mode=best, --mode",
        "--mode=off, --json, --mode needs an ATTACK",
        "--svg=x.svg, --json, --svg needs an ATTACK",
        "flip, --svg=/nowhere/x.svg, --svg: cannot write to /nowhere/x.svg",
        "flip, rename, rename",
    })
    void wrongValuesAreUsageErrors(String first, String second, String message) {
        assertThat(run("explain", first, second)).as(test.err()).isEqualTo(2);
        assertThat(test.err())
                .contains("unraced lab explain: ", message, "Try 'unraced lab explain --help'")
                .doesNotContain("\tat ");
        assertThat(test.out()).isEmpty();
    }

    private int run(String... arguments) {
        return LabCommand.run(test.console(), LabLine.of(arguments));
    }
}
