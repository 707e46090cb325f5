// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import static dev.unraced.format.SampleEvents.connect;
import static dev.unraced.format.SampleEvents.failedOpen;
import static dev.unraced.format.SampleEvents.open;
import static dev.unraced.format.SampleEvents.record;
import static dev.unraced.format.SampleEvents.utf8;
import static dev.unraced.format.SampleEvents.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.format.JsonLines;
import dev.unraced.format.LineBuffer;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private final Summary summary = new Summary();
    private final LineBuffer out = new LineBuffer(64);

    @Test
    void countsByProgramFilePeerResultAndIntegrity() {
        write(record(open("/etc/hosts")));
        write(record(open("link").file(utf8("/etc/shadow"), 1, 2, 3)));
        write(record(failedOpen("/nowhere").comm(utf8("bash"))));
        write(record(connect("020000507f000001")));

        assertThat(summary.toText().lines().map(String::strip))
                .contains("3          0  cat", "1          1  bash")
                .contains("1          0  /etc/shadow", "1          1  /nowhere")
                .contains("1          0  127.0.0.1:80")
                .contains("3          0  succeeded", "1          1  ENOENT");
        assertThat(out.length()).isZero();
        assertThat(JsonLines.parse(summary.toJson()))
                .singleElement()
                .satisfies(json -> assertThat(json).containsOnlyKeys("program", "file", "peer", "result", "integrity"));
    }

    @Test
    void whatIsBeyondItsRowsAndItsMemoryCountsAsOthers() {
        for (int i = 0; i < 10_005; i++) {
            write(record(open("/file" + i)));
        }
        assertThat(summary.toText().lines().map(String::strip)).contains("9985          0  (others)");
        assertThat(summary.toJson()).contains("{\"name\":null,\"calls\":5,\"failed\":0}");
    }

    @Test
    void withoutCallsItSaysSo() {
        assertThat(summary.toText()).isEqualTo("no calls\n");
    }

    private void write(byte[] record) {
        summary.write(view(record), out);
    }
}
