// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An actor that is not on this machine. */
@Timeout(30)
class DistantActorTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Test
    void tellsOfItsThreadsWhatProcWouldSay() throws IOException {
        try (Actor actor = actor(line -> line.equals("thread tid=7")
                ? "ok start=1000 tick=1 parent=2 mount=3 pid=4 cgroup=5 container=6162"
                : "ok start=0 tick=1 parent=0 mount=0 pid=0 cgroup=0")) {
            ThreadInfo info = ThreadInfo.of(actor, 5, 7);
            assertThat(info.startNanos()).isEqualTo(1000);
            assertThat(info.tickNanos()).isEqualTo(1);
            assertThat(info.parent()).isEqualTo(2);
            assertThat(info.mountNamespace()).isEqualTo(3);
            assertThat(info.pidNamespace()).isEqualTo(4);
            assertThat(info.cgroupId()).isEqualTo(5);
            assertThat(info.containerId()).contains(ByteString.utf8("ab"));
            assertThat(ThreadInfo.ofMain(actor).containerId()).isEmpty();
            assertThat(asked).endsWith("thread tid=7", "thread tid=5");
        }
    }

    @Test
    void makesItsScratchDirectoryItself() throws IOException {
        List<String> taken = List.of(mkdir("/tmp"), mkdir("/tmp/unraced-5"), mkdir("/tmp/unraced-5-1"));
        try (Actor actor = actor(line -> taken.contains(line) ? "error File exists" : "ok")) {
            try (Scratch scratch = Scratch.of(actor)) {
                assertThat(scratch.directory()).isEqualTo("/tmp/unraced-5-2");
                assertThat(scratch.path("x")).isEqualTo("/tmp/unraced-5-2/x");
                assertThat(Files.exists(Path.of(scratch.directory()))).isFalse();
            }
            assertThat(asked).endsWith(mkdir("/tmp/unraced-5-2"));
        }
    }

    @Test
    void saysWhenItBlocks() throws IOException {
        try (Actor actor = actor(line -> "ok job=3 tid=6 tgid=5")) {
            new Job(actor, WatchedCall.openat(Pointer.NULL, 0, 0), Duration.ofSeconds(1)).awaitBlocked();
            assertThat(asked).endsWith("blocked job=3");
        }
    }

    @Test
    void isGivenUpWhenItDoesNotAnswer() {
        assertThatThrownBy(() -> actor(line -> line.startsWith("user") ? "" : "ok"))
                .isInstanceOf(ActorException.class)
                .hasMessageContaining("no answer within 200 ms");
    }

    private static String mkdir(String path) {
        return "mkdir path=" + HexFormat.of().formatHex(path.getBytes(StandardCharsets.US_ASCII));
    }

    /** Makes an actor whose answers a function gives; an empty answer is not sent. Its own id is 5. */
    private Actor actor(UnaryOperator<String> answers) throws IOException {
        PipedOutputStream commands = new PipedOutputStream();
        PipedInputStream replies = new PipedInputStream();
        InputStream in = new PipedInputStream(commands);
        OutputStream out = new PipedOutputStream(replies);
        Thread thread = new Thread(() -> answer(in, out, answers));
        thread.setDaemon(true);
        thread.start();
        return Actor.over(replies, commands, in, Duration.ofMillis(200));
    }

    private void answer(InputStream in, OutputStream out, UnaryOperator<String> answers) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
                PrintStream replies = new PrintStream(out, true, StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                asked.add(line);
                String answer = line.equals("ready") ? "ok protocol=1 tgid=5" : answers.apply(line);
                if (!answer.isEmpty()) {
                    replies.println(answer);
                }
            }
        } catch (IOException e) {
            asked.add("closed");
        }
    }
}
