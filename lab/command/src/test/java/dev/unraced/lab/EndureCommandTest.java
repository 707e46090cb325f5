// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.cli.TestConsole;
import dev.unraced.config.CaptureConfig;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.selection.Drivers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EndureCommandTest {
    private final TestConsole test = new TestConsole();

    /** CI has this command as a share, with a higher rate and for longer. */
    @Test
    @Tag("slow")
    @Tag("share")
    void aServerEndures() {
        RunnableDriver.need(
                Drivers.discover().all().get("ebpf"), CaptureConfig.builder().build());
        int code = endure("--driver", "ebpf", "--duration", "20s", "--rate", "5000");
        assertThat(code).as(test.out() + test.err()).isZero();
        assertThat(test.out())
                .startsWith("HELD\n")
                .contains("suspended reader, 2 times: ", "restarted reader, 4 times: ")
                .doesNotContain("NOT BALANCED");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThat(endure("--duration", "1s")).isEqualTo(2);
        assertThat(endure("--rate", "0")).isEqualTo(2);
        assertThat(endure("--driver", "sim")).isEqualTo(2);
        assertThat(test.err())
                .contains("--duration must be 10s or more")
                .contains("--rate must be 1 to 1000000, not 0")
                .contains("driver sim watches another place than this machine");
    }

    private int endure(String... options) {
        String[] words = new String[options.length + 1];
        words[0] = "endure";
        System.arraycopy(options, 0, words, 1, options.length);
        return LabCommand.run(test.console(), LabLine.of(words));
    }
}
