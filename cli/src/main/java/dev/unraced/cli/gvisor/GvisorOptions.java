// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.gvisor;

import dev.unraced.cli.common.DurationConverter;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.ConfigSection;
import dev.unraced.config.InvalidConfigException;
import dev.unraced.event.Syscall;
import dev.unraced.gvisor.session.Runsc;
import dev.unraced.gvisor.session.TraceConfig;
import dev.unraced.gvisor.session.TraceConfig.FdPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of the actions on sandboxes. The configuration of the driver supplies those that are not given. */
final class GvisorOptions {
    @Option(
            names = "--endpoint",
            paramLabel = "SOCKET",
            description = "The socket that a capture listens on. Default: unraced.gvisor.endpoint.")
    private Path endpoint;

    @Option(
            names = "--fd-path",
            paramLabel = "WHAT",
            converter = FdPathConverter.class,
            description = {
                "Which calls report fd_path, the path of the file behind an open: close (default), the close of its"
                        + " descriptor; reads, its first read, too; none. A point costs its call some 15 µs."
            })
    private FdPath fdPath = FdPath.CLOSE;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = {
                "How long a thread of the sandbox tries to send an event of its when the capture does not read, before it"
                        + " drops it: default 6s. Longer loses less, and lets a stalled capture stall the sandbox for"
                        + " longer."
            })
    private Duration patience = TraceConfig.USUAL_PATIENCE;

    @Option(
            names = "--processes",
            description = {
                "Ask for process events, too, as a capture with --processes wants them. Default:"
                        + " unraced.process-events. They cost each fork, exec and exit some 15 µs a point."
            })
    private boolean processes;

    TraceConfig session(boolean requireMonitor) {
        CaptureConfig config = CaptureConfig.load();
        Set<Syscall> syscalls = config.syscalls();
        Path socket = (endpoint != null ? endpoint : endpointOf(config)).toAbsolutePath();
        return new TraceConfig(socket, syscalls, fdPath, patience, requireMonitor, processes || config.processEvents());
    }

    private static Path endpointOf(CaptureConfig config) {
        List<String> problems = new ArrayList<>();
        Path configured = own(config).path("endpoint", problems).orElse(Path.of(""));
        if (!problems.isEmpty()) {
            throw new InvalidConfigException(problems);
        }
        return configured;
    }

    /** Returns runsc as the configuration names it. */
    static Runsc runsc() {
        ConfigSection own = own(CaptureConfig.load());
        return new Runsc(own.string("runsc"), own.string("root"));
    }

    private static ConfigSection own(CaptureConfig config) {
        return config.section("gvisor");
    }
}
