// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.LocalScratch;
import dev.unraced.conformance.fixture.Scratch;
import dev.unraced.event.ByteString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioScriptTest {
    private static final ByteString DIRECTORY = ByteString.utf8("/d");

    @Test
    void quotedTextBecomesHexadecimalDigits() {
        assertThat(expanded("file path=\"$DIR/a #b\"   # a comment")).isEqualTo("file path=" + hex("/d/a #b"));
        assertThat(expanded("call path=hex:\"x\"*3\"y\" flags=0x2")).isEqualTo("call path=hex:78787879 flags=0x2");
        assertThat(expanded("call path=hex:\"\\xff\\\"\\$DIR\\\\\u00e9\""))
                .isEqualTo("call path=hex:ff22244449525cc3a9");
        assertThat(expanded("call path=hex:\"\"")).isEqualTo("call path=hex:");
    }

    @Test
    void addressesAreWrittenAsPeopleDo() {
        assertThat(expanded("bind address=@inet(127.0.0.1:258)"))
                .isEqualTo("bind address=02000102" + "7f000001" + "00".repeat(8));
        assertThat(expanded("bind address=@loopback6(9)"))
                .isEqualTo("bind address=0a000009" + "00".repeat(19) + "01" + "00".repeat(4));
        assertThat(expanded("call address=hex:@unix(\"$DIR/s\")"))
                .isEqualTo("call address=hex:0100" + hex("/d/s") + "00");
    }

    @Test
    void anAnswerCanBeUsedLater() {
        List<String> lines = run("""
                # first
                J = start name=openat

                wait job=$J.job millis=$J.tid
                names of=something
                """);
        assertThat(lines).containsExactly("start name=openat", "wait job=7 millis=9", "names of=something");
    }

    @Test
    void whatIsWrongIsSaidWithItsLine() {
        for (String wrong : List.of("file path=\"x", "wait job=$K.job", "a=@inet(1)", "a=@unix(\"x\"", "a=\"\\xzz\"")) {
            assertThatThrownBy(() -> run("\n" + wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("script test, line 2: ");
        }
    }

    @Test
    void theEverydayScriptIsWhatTheActorUnderstands() {
        List<Long> results = new ArrayList<>();
        try (Actor actor = Actor.start();
                Scratch scratch = new LocalScratch()) {
            ScenarioScript.everyday()
                    .run(
                            line -> {
                                Reply reply = actor.ask(Command.of(line));
                                if (line.startsWith("call ")) {
                                    results.add(reply.number("result"));
                                }
                                return reply;
                            },
                            ByteString.utf8(scratch.directory()));
        }
        assertThat(results)
                .hasSizeGreaterThan(80)
                .contains(
                        0L,
                        Linux.ENOENT,
                        Linux.EBADF,
                        Linux.EFAULT,
                        Linux.EEXIST,
                        Linux.ENOTDIR,
                        Linux.EISDIR,
                        Linux.EINVAL,
                        Linux.ENAMETOOLONG,
                        Linux.ELOOP,
                        Linux.ENOTSOCK,
                        Linux.EISCONN,
                        Linux.ECONNREFUSED);
    }

    private static String expanded(String line) {
        return run(line).get(0);
    }

    private static List<String> run(String text) {
        List<String> lines = new ArrayList<>();
        ScenarioScript.of("test", text)
                .run(
                        line -> {
                            lines.add(line);
                            return new Reply("ok job=7 tid=9");
                        },
                        DIRECTORY);
        return lines;
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
