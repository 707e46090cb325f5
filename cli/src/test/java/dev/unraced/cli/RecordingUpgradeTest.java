// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.format.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that recordings of versions before are read, and what they meant is what they mean now; and that those of other
 * versions are refused with words. The folder {@code golden} has of each version a recording, and what {@code replay
 * --json} of that version printed of it; but where that had 0 or nothing of what nobody knows, null.
 */
class RecordingUpgradeTest {
    private static final int FORMAT = 8;
    private static final int LAYOUT = 10;

    @TempDir
    private Path directory;

    /** The second file has process events, whose records were shorter then. */
    @ParameterizedTest
    @ValueSource(strings = {"recording-1", "processes-1"})
    void aRecordingOfTheFirstVersionSaysWhatItSaid(String name) throws IOException {
        List<Map<String, Object>> then = JsonLines.parse(new String(golden(name + ".jsonl"), StandardCharsets.UTF_8));
        TestConsole console = new TestConsole();

        assertThat(replay(console, golden(name + ".rec"))).isZero();
        List<Map<String, Object>> now = JsonLines.parse(console.out());
        assertThat(now).hasSameSizeAs(then);
        for (int i = 0; i < then.size(); i++) {
            assertHolds("event " + i, now.get(i), then.get(i));
        }
        assertThat(console.err()).contains(", 0 lost", "balanced");
    }

    /** Later versions may know more of an event, and nothing else. */
    private static void assertHolds(String what, @Nullable Object now, @Nullable Object then) {
        if (then instanceof Map<?, ?> fields && now instanceof Map<?, ?> more) {
            fields.forEach((key, value) -> assertHolds(what + "." + key, more.get(key), value));
        } else if (then instanceof List<?> values && now instanceof List<?> others) {
            assertThat(others).as(what).hasSameSizeAs(values);
            for (int i = 0; i < values.size(); i++) {
                assertHolds(what + "[" + i + "]", others.get(i), values.get(i));
            }
        } else {
            assertThat(now).as(what).isEqualTo(then);
        }
    }

    @ParameterizedTest
    @CsvSource({
        FORMAT + ", 9, 'format version 9, which is newer'",
        LAYOUT + ", 9, 'record layout version 9, which is newer'"
    })
    void aRecordingOfAnotherVersionIsRefusedWithWords(int offset, int version, String words) throws IOException {
        byte[] changed = golden("recording-1.rec");
        changed[offset] = (byte) version;
        TestConsole console = new TestConsole();

        assertThat(replay(console, changed)).isEqualTo(1);
        assertThat(console.out()).isEmpty();
        assertThat(console.err()).contains(words).doesNotContain("damaged");
    }

    private int replay(TestConsole console, byte[] recording) throws IOException {
        Path file = Files.write(directory.resolve("before.rec"), recording);
        return UnracedCommand.run(console.console(), "replay", "--json", file.toString());
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = RecordingUpgradeTest.class.getResourceAsStream("/golden/" + name)) {
            return in.readAllBytes();
        }
    }
}
