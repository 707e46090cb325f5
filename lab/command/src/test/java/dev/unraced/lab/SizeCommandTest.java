// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.format.JsonLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeCommandTest {
    private static final String[] QUICK = {"--threads", "5000", "--rate", "2000", "--duration", "20s"};

    private final TestConsole test = new TestConsole();

    @Test
    void printsATableAndARecommendation() {
        assertThat(quick("server", "--entries", "8,128", "--blocked", "0.01")).isZero();

        assertThat(test.out())
                .startsWith("server: 5,000 threads, 2000 calls per second, 20 s of virtual time, seed 1\n")
                .containsPattern("\nHASH +8 +[1-9][0-9.]* % ")
                .containsPattern("\nLRU +128 +0 % ")
                .contains("HASH: stash.entries = 128 is the smallest size tried that loses 0.1 % or less.\n")
                .contains("block for ever")
                .doesNotContain("NaN");
        assertThat(test.err()).contains("million calls simulated").contains("20,000 threads of a busy server");
    }

    @Test
    void saysWhenNoSizeIsEnough() {
        assertThat(quick("server", "--entries", "4", "--policy", "hash")).isZero();
        assertThat(test.out())
                .contains("HASH: no size tried loses 0.1 % or less.")
                .doesNotContain("LRU");
    }

    @Test
    void jsonHoldsTheSame() {
        assertThat(quick("stash-attack", "--json", "--policy", "lru", "--entries", "64,256", "--latency-times", "1,2"))
                .isZero();

        List<Map<String, Object>> objects = JsonLines.parse(test.out());
        assertThat(objects).hasSize(1);
        Map<String, Object> json = objects.get(0);
        assertThat(json).containsKeys("scenario", "wanted_loss", "rows", "advice");
        assertThat((List<?>) json.get("rows"))
                .hasSize(4)
                .allSatisfy(row -> assertThat(row)
                        .asInstanceOf(JsonLines.OBJECT)
                        .containsEntry("policy", "LRU")
                        .containsKeys("entries", "calls", "high_water", "events", "bpf_bytes", "java_bytes"));
        assertThat((List<?>) json.get("advice")).hasSize(2);
    }

    @Test
    void drawsAPicture(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("size.svg");

        assertThat(quick("desktop", "--svg", file.toString())).isZero();
        assertThat(Files.readString(file)).startsWith("<svg ").endsWith("</svg>\n");
    }

    @Test
    void theSameSeedPrintsTheSame() {
        TestConsole again = new TestConsole();
        assertThat(quick("server", "--seed", "7")).isZero();
        assertThat(run(again, arguments("server", "--seed", "7"))).isZero();

        assertThat(again.out()).isEqualTo(test.out());
    }

    @ParameterizedTest
    @CsvSource({
        "--threads, 0",
        "--threads, 5000000",
        "--threads, x",
        "--rate, 0",
        "--rate, NaN",
        "--rate, 1e12",
        "--blocked, 1.5",
        "--loss, -1",
        "--policy, arc",
        "--entries, 0",
        "--entries, 2000000",
        "--latency-times, 0",
        "--duration, 0",
        "--duration, 5x",
        "--svg, /nowhere/size.svg",
        "--svg, /",
        "desktop, laptop",
        "laptop, --json",
    })
    void wrongValuesAreUsageErrors(String option, String value) {
        assertThat(run(test, "size", option, value)).as(test.err()).isEqualTo(2);
        assertThat(test.err())
                .contains("unraced lab size: ")
                .contains("Try 'unraced lab size --help'")
                .doesNotContain("\tat ");
        assertThat(test.out()).isEmpty();
    }

    @Test
    void anUnknownPresetIsToldWhichThereAre() {
        assertThat(run(test, "size", "laptop")).isEqualTo(2);
        assertThat(test.err())
                .contains("'laptop' is no preset; there are desktop, server, container-host, stash-attack");
    }

    private int quick(String... arguments) {
        return run(test, arguments(arguments));
    }

    private static String[] arguments(String... arguments) {
        List<String> all = new ArrayList<>(List.of("size"));
        all.addAll(List.of(arguments));
        all.addAll(List.of(QUICK));
        return all.toArray(String[]::new);
    }

    private static int run(TestConsole console, String... arguments) {
        return LabCommand.run(console.console(), LabLine.of(arguments));
    }
}
