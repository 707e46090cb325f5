// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.unraced.stash.StashPolicy;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class SizingTableTest {
    private static final ScaleScenario SERVER = Preset.SERVER.scenario().toBuilder()
            .duration(Duration.ofSeconds(60))
            .build();
    private static Sizing sizing;

    @BeforeAll
    static void run() {
        sizing = new SizingTable(
                        SERVER, List.of(StashPolicy.values()), List.of(1024, 32, 64, 256), List.of(1.0, 3.0), 0.001)
                .run(calls -> {});
    }

    @Test
    void rowsThatAreNotRunAreAsIfTheyWere() {
        assertThat(sizing.rows()).hasSize(16).allSatisfy(row -> {
            ScaleScenario slowed = SERVER.toBuilder()
                    .latency(SERVER.latency().times(row.latencyTimes()))
                    .build();
            ScaleResult result = row.result();
            assertThat(result).isEqualTo(ScaleSimulation.run(slowed, result.policy(), result.entries(), calls -> {}));
        });
    }

    @Test
    void moreEntriesNeverLoseMore() {
        for (int i = 1; i < sizing.rows().size(); i++) {
            ScaleResult smaller = sizing.rows().get(i - 1).result();
            ScaleResult larger = sizing.rows().get(i).result();
            if (smaller.entries() < larger.entries()) {
                assertThat(larger.events().lost())
                        .isLessThanOrEqualTo(smaller.events().lost());
            }
        }
    }

    @Test
    void advisesTheSmallestSizeThatLosesLittleEnough() {
        assertThat(sizing.advice()).hasSize(4).allSatisfy(advice -> {
            assertThat(advice.enough()).isTrue();
            assertThat(sizing.rows()).allSatisfy(row -> {
                if (row.result().policy() == advice.policy() && row.latencyTimes() == advice.latencyTimes()) {
                    assertThat(row.result().events().loss() <= 0.001)
                            .isEqualTo(row.result().entries() >= advice.entries());
                }
            });
            assertThat(advice.attack().threads()).isGreaterThanOrEqualTo(2 * advice.entries());
            assertThat(advice.underAttack().events().loss() > 0.5).isEqualTo(advice.policy() == StashPolicy.HASH);
        });
    }

    @Test
    void saysWhenNoSizeIsEnough() {
        Sizing own = new SizingTable(SERVER, List.of(StashPolicy.HASH), List.of(8, 16), List.of(1.0), 0.001)
                .run(calls -> {});

        assertThat(own.advice()).singleElement().satisfies(advice -> {
            assertThat(advice.enough()).isFalse();
            assertThat(advice.entries()).isEqualTo(16);
        });
    }

    @Test
    void refusesSizesThatTheConfigurationWouldRefuse() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SizingTable(SERVER, List.of(StashPolicy.HASH), List.of(0), List.of(1.0), 0.1))
                .withMessage("a size must be 1 to 1048576, not 0");
    }

    @Test
    void refusesMoreThreadsThanThereAreIds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SERVER.toBuilder()
                        .churn(new Churn(Duration.ofMinutes(1), 0, 1, 20_000))
                        .build())
                .withMessageContaining("there are 20000 thread ids, but 20300 are needed");
    }

    @Test
    void thePictureStandsAloneAndIsLabelled() throws Exception {
        String svg = SizingPlot.svg(sizing);
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();

        assertThat(root.getAttribute("viewBox")).startsWith("0 0 360 ");
        assertThat(root.getElementsByTagName("polyline").getLength())
                .as("a line and a key for each policy and latency, and for both memories")
                .isEqualTo(2 * (4 + 2));
        assertThat(svg)
                .contains("<title id=\"title\">Stash sizes for server</title>")
                .contains("<desc id=\"desc\">")
                .contains("prefers-color-scheme: dark")
                .contains("HASH: refuses newcomers, latency × 3")
                .contains(">1024<")
                .doesNotContain("<script")
                .doesNotContain("href")
                .doesNotContain("url(")
                .doesNotContain("NaN");
    }

    @Test
    void aPictureOfOneSizeHasNoGaps() {
        Sizing own =
                new SizingTable(SERVER, List.of(StashPolicy.LRU), List.of(64), List.of(1.0), 0.001).run(calls -> {});

        assertThat(SizingPlot.svg(own)).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void memoryFollowsTheLayoutOfTheMaps() {
        // 8192 elements of 48 + 8 + 384 bytes, and as many buckets of 16.
        assertThat(StashMemory.bpf(8192)).isEqualTo(8192 * (440 + 16));
        assertThat(StashMemory.bpf(5000)).isEqualTo(5000 * 440 + 8192 * 16);
        assertThat(StashMemory.java(8192)).isEqualTo(8192 * (2 * (28 + 8) + 384 + 5));
    }
}
