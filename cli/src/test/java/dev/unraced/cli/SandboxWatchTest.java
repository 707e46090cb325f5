// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.subject.RunnableDriver;
import dev.unraced.driver.ActorHost;
import dev.unraced.event.ByteString;
import dev.unraced.selection.Drivers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the command as a user runs it, on a real sandbox, with the odd calls that {@code docs/gvisor.md} shows. */
@Timeout(180)
class SandboxWatchTest {
    private static final String DRIVER = "gvisor";
    private static final String WARM_UP = "/nowhere/warm-up";
    private static final String LAST = "/nowhere/last";
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    @TempDir
    private Path directory;

    private final Drivers drivers = Drivers.discover();
    private final ActorHost host = drivers.actorHost(DRIVER).orElseThrow();

    private CaptureConfig config() {
        return host.watched(CaptureConfig.builder().driver(DRIVER)).build();
    }

    private static ByteString bytes(String latin) {
        return ByteString.copyOf(latin.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Command open(String path) {
        return Command.of("call")
                .with("name", "openat")
                .with("path", Pointer.to(bytes(path)).text());
    }

    @Test
    void oddCallsArePrinted() throws IOException, InterruptedException {
        RunnableDriver.need(drivers.all().get(DRIVER), config());
        Path lines = directory.resolve("lines");
        Path errors = directory.resolve("errors");
        try (Actor actor = Actor.on(host)) {
            ConfigSection gvisor = config().section(DRIVER);
            List<String> options = new ArrayList<>();
            for (String key : List.of("endpoint", "root")) {
                options.add("-Dunraced.gvisor." + key + "=" + gvisor.string(key));
            }
            options.add("-Dunraced.gvisor.attach=all");
            Process watch = JvmCommand.of(options, "watch", "--driver", DRIVER, "--color", "never")
                    .redirectOutput(lines.toFile())
                    .redirectError(errors.toFile())
                    .start();
            try {
                untilPrinted(actor, watch, lines, WARM_UP);
                actor.ask(Command.of("file").with("path", bytes("/tmp/target")));
                actor.ask(open("/etc/does-not-exist"));
                actor.ask(open("/tmp/\u00ff/../../etc/hostname"));
                actor.ask(open("/tmp/target").with("zero", 1));
                actor.ask(Command.of("socket")
                        .with("id", 1)
                        .with("family", AF_UNIX)
                        .with("type", SOCK_STREAM)
                        .with("protocol", 0)
                        .with("nonblock", 0));
                actor.ask(Command.of("call")
                        .with("name", "connect")
                        .with("fd", "h:1")
                        .with("address", Pointer.to(bytes("\1\0\0unraced-demo")).text()));
                untilPrinted(actor, watch, lines, LAST);
            } finally {
                watch.destroy();
            }
            assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.exitValue()).as(Files.readString(errors)).isZero();
        }

        assertThat(Files.readString(errors))
                .as("what it waits for, though it was started without a sandbox to send anything")
                .contains("events come from sandboxes that have a trace session")
                .contains(" 0 lost", "balanced");
        List<String> printed = Files.readAllLines(lines);
        assertThat(printed)
                .anySatisfy(line -> assertThat(line)
                        .containsPattern("openat  \"/etc/does-not-exist\" +O_RDONLY.* = ENOENT .*\\{unraced-"));
        // The sentry withholds such a path, and the event says so.
        assertThat(printed)
                .filteredOn(line -> line.contains("WITHHELD"))
                .singleElement()
                .satisfies(line -> assertThat(line).containsPattern("openat  \\? .* = ENOENT .* NONE WITHHELD"));
        assertThat(printed).anySatisfy(line -> assertThat(line).containsPattern("openat  \"/tmp/target\" .* = 0 "));
        assertThat(printed)
                .anySatisfy(line ->
                        assertThat(line).containsPattern("connect unix:@\"unraced-demo\" +fd \\d+ += ECONNREFUSED"));
    }

    /** Repeats an open until its line is there. */
    private static void untilPrinted(Actor actor, Process watch, Path lines, String path)
            throws IOException, InterruptedException {
        while (watch.isAlive() && !Files.readString(lines).contains(path)) {
            actor.ask(open(path));
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }
}
