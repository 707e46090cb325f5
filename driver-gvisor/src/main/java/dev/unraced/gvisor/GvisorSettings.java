// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.EventFilters;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The settings that the driver takes from the configuration of a capture.
 *
 * @param socketMode permissions of the socket, as chmod(2) takes them
 * @param attach ids of running sandboxes to watch, or {@value #ALL}
 * @param root the folder in which runsc keeps the state of sandboxes, empty for its own default
 * @param fdPathNanos the time that an open waits for a use of its descriptor
 * @param record a file for all frames, empty for none
 */
record GvisorSettings(
        Mitigation mode,
        boolean integrity,
        boolean processEvents,
        Set<Syscall> syscalls,
        EventFilters filters,
        int ringBytes,
        int stashEntries,
        Path endpoint,
        int socketMode,
        List<String> attach,
        String runsc,
        String root,
        int maxSandboxes,
        int queueBytes,
        long handshakeNanos,
        long firstFrameNanos,
        long fdPathNanos,
        String record) {
    /** Stands for all sandboxes. */
    static final String ALL = "all";

    private static final int MOST_SANDBOXES = 1024;
    private static final int SMALLEST_QUEUE = 1 << 20;
    private static final int LARGEST_QUEUE = 1 << 26;
    /** With a longer window, events would come too late to be of use. */
    private static final long LONGEST_WINDOW = 10_000_000_000L;

    static GvisorSettings of(CaptureConfig config) {
        ConfigSection own = config.section(GvisorDriver.NAME);
        List<String> problems = new ArrayList<>();
        try {
            GvisorSettings settings = new GvisorSettings(
                    config.mitigation(),
                    config.integrity(),
                    config.processEvents(),
                    config.syscalls(),
                    config.filters(),
                    config.ringBytes(),
                    config.stashEntries(),
                    own.path("endpoint", problems).orElse(Path.of("")).toAbsolutePath(),
                    octal(own.string("socket-mode"), problems),
                    own.strings("attach"),
                    own.string("runsc"),
                    own.string("root"),
                    own.integer("max-sandboxes"),
                    (int) Math.min(Integer.MAX_VALUE, own.bytes("queue-bytes")),
                    own.duration("handshake-timeout").toNanos(),
                    own.duration("first-frame-timeout").toNanos(),
                    own.duration("fd-path-window").toNanos(),
                    own.path("record", problems).map(Path::toString).orElse(""));
            settings.check(problems);
            if (problems.isEmpty()) {
                return settings;
            }
        } catch (InvalidConfigException e) {
            problems.addAll(e.problems());
        } catch (ArithmeticException e) {
            problems.add("unraced." + GvisorDriver.NAME + ": " + e.getMessage());
        }
        throw new InvalidConfigException(problems);
    }

    private void check(List<String> problems) {
        if (maxSandboxes < 1 || maxSandboxes > MOST_SANDBOXES) {
            problems.add("unraced.gvisor.max-sandboxes must be from 1 to " + MOST_SANDBOXES + ", not " + maxSandboxes);
        }
        if (Integer.bitCount(queueBytes) != 1 || queueBytes < SMALLEST_QUEUE || queueBytes > LARGEST_QUEUE) {
            problems.add("unraced.gvisor.queue-bytes must be a power of two from 1MiB to 64MiB, not " + queueBytes);
        }
        if (fdPathNanos < 0 || fdPathNanos > LONGEST_WINDOW) {
            problems.add("unraced.gvisor.fd-path-window must be from 0 to 10s");
        }
        if (handshakeNanos <= 0 || firstFrameNanos <= 0) {
            problems.add("unraced.gvisor.handshake-timeout and first-frame-timeout must be above 0");
        }
        try {
            UnixAddress.check(endpoint);
        } catch (IllegalArgumentException e) {
            problems.add("unraced.gvisor.endpoint: " + e.getMessage());
        }
    }

    private static int octal(String text, List<String> problems) {
        try {
            int mode = Integer.parseInt(text, 8);
            if (mode >= 0 && mode <= 0777) {
                return mode;
            }
        } catch (NumberFormatException e) {
            // The problem is added below.
        }
        problems.add("unraced.gvisor.socket-mode must be three octal digits such as 600, not \"" + text + "\"");
        return 0;
    }
}
