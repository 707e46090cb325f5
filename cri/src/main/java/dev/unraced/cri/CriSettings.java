// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cri;

import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings in {@code unraced.cri}.
 *
 * @param sockets where a runtime may listen; the first that is there is the one
 * @param pause the least time between two questions
 * @param timeout the longest time of an answer
 */
record CriSettings(List<Path> sockets, Duration pause, Duration timeout) {
    static final String SECTION = "unraced.cri.";

    private static final List<Path> USUAL =
            List.of(Path.of("/run/containerd/containerd.sock"), Path.of("/run/crio/crio.sock"));
    /** As many bytes as sockaddr_un has for a path and the NUL behind it (unix(7)). */
    private static final int SUN_PATH = 108;

    static CriSettings of(CaptureConfig config) {
        ConfigSection own = config.section("cri");
        List<String> problems = new ArrayList<>();
        String socket = own.string("socket");
        if (!socket.isEmpty()
                && (!socket.startsWith("/") || socket.getBytes(StandardCharsets.UTF_8).length >= SUN_PATH)) {
            problems.add(SECTION + "socket = " + socket + "; allowed: an absolute path of at most " + (SUN_PATH - 1)
                    + " bytes, without unix: before it");
        }
        List<Path> sockets = own.path("socket", problems).map(List::of).orElse(USUAL);
        Duration pause = millis(own, "pause-ms", 3_600_000, problems);
        Duration timeout = millis(own, "timeout-ms", 60_000, problems);
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return new CriSettings(sockets, pause, timeout);
    }

    private static Duration millis(ConfigSection own, String key, long most, List<String> problems) {
        long value = own.number(key);
        if (value < 100 || value > most) {
            problems.add(SECTION + key + " = " + value + "; allowed: 100 to " + most);
        }
        return Duration.ofMillis(value);
    }
}
