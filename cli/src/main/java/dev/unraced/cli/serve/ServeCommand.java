// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.serve;

import dev.unraced.capture.CaptureException;
import dev.unraced.capture.CaptureStats;
import dev.unraced.cli.common.ChosenProcesses;
import dev.unraced.cli.common.ConfigOptions;
import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ExitCode;
import dev.unraced.cli.common.ReadyFile;
import dev.unraced.cli.common.SlowStart;
import dev.unraced.cli.common.SourceOptions;
import dev.unraced.cli.common.StatsText;
import dev.unraced.cli.common.StopSignals;
import dev.unraced.config.CaptureConfig;
import dev.unraced.config.CaptureConfigBuilder;
import dev.unraced.process.ProcessTable;
import dev.unraced.selection.Drivers;
import dev.unraced.selection.Selection;
import dev.unraced.server.Captures;
import dev.unraced.server.GrpcServer;
import dev.unraced.server.ServerSettings;
import dev.unraced.server.Sinks;
import dev.unraced.server.broadcast.Broadcaster;
import dev.unraced.server.linux.Account;
import dev.unraced.server.linux.ServiceManager;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds a capture for subscribers that have no privilege. */
@Command(
        name = "serve",
        header = "Capture for unprivileged subscribers, in any language, here or elsewhere.",
        description = {
            "Opens one capture and serves its events by gRPC until Ctrl-C or SIGTERM. Subscribers that are too slow lose"
                    + " events into their own counters, and delay no other. See docs/remote.md.",
            ""
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  sudo unraced serve --user unraced --socket-owner agent",
            "  unraced watch --driver remote                              as user agent",
            "  sudo unraced serve --listen 0.0.0.0:4317 --certificate server.pem --key server.key --authorities ca.pem",
            "  unraced watch --driver remote --set remote.address=host:4317 --set remote.certificate=me.pem"
                    + " --set remote.key=me.key --set remote.authorities=ca.pem",
            "  sudo unraced serve --metrics 9464",
            "  sudo unraced serve --sink kafka --set kafka.bootstrap=broker:9092",
            "",
            "Exit codes: 0 success, also after Ctrl-C; 1 failure; 2 wrong command line or configuration."
        })
public final class ServeCommand implements Callable<Integer> {
    private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    /**
     * For draining, and for the farewells of several sinks; less than the ten seconds of the manifest for Kubernetes.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private final Console console;
    private final Supplier<Drivers> drivers;
    private final CountDownLatch stop = new CountDownLatch(1);

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions config;

    @Mixin
    private SourceOptions source;

    @Mixin
    private ServeOptions serve;

    @Mixin
    private ReadyFile ready;

    @Option(
            names = "--user",
            paramLabel = "USER[:GROUP]",
            converter = ServeOptions.AccountConverter.class,
            description = "Become this user, without any capability, once the capture is open.")
    private @Nullable Account user;

    @Option(
            names = "--sink",
            paramLabel = "NAME",
            split = ",",
            description = "Where the events go, too: file, kafka, otlp. Their settings are those of their sections:"
                    + " --set kafka.topic=…")
    private List<String> sinks = List.of();

    @Option(
            names = "--metrics",
            paramLabel = "[ADDRESS:]PORT",
            converter = HostPort.class,
            description = "Serve the capture's statistics to Prometheus at http://ADDRESS:PORT/metrics, and at /health"
                    + " whether it is alive. Without an address for this machine alone; usual is 9464. Default: not at"
                    + " all.")
    private @Nullable InetSocketAddress metrics;

    public ServeCommand(Console console, Supplier<Drivers> drivers) {
        this.console = console;
        this.drivers = drivers;
    }

    @Override
    public Integer call() {
        // Nobody may take the file of a killed predecessor for this one's, whatever comes next.
        ready.check(spec.commandLine());
        String problem = serve.problem();
        if (problem == null && user != null && serve.hasOwnCaptures()) {
            problem = "--own-captures needs the privilege that --user gives up";
        }
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), problem);
        }
        StopSignals signals = StopSignals.install(stop::countDown, PATIENCE);
        signals.lastWords(() -> console.err().println("unraced: ended before it captured anything"));
        Supplier<CaptureConfigBuilder> settings = () -> {
            CaptureConfigBuilder builder =
                    config.builder().knownDrivers(drivers.get().names());
            source.apply(builder);
            return builder;
        };
        CaptureConfig first = settings.get().build();
        Drivers all = drivers.get();
        Selection selection = all.select(first);
        ChosenProcesses living = ChosenProcesses.ofThisMachine();
        living.check(spec.commandLine(), selection.driver().name(), first.filters());
        living.emptyNamespace(selection.driver().name(), first.filters().mountNamespaces())
                .ifPresent(console.err()::println);
        boolean local = all.actorHost(selection.driver().name()).isEmpty();
        ServerSettings server = serve.settings();
        // Sinks are open before the capture is, so that they get its first event.
        try (SlowStart starting = SlowStart.begin(console);
                Sinks open = Sinks.open(sinks, first);
                Captures captures = new Captures(selection.driver(), settings, local, server.limits(), true)) {
            open.subscribe(broadcaster(captures));
            starting.close();
            signals.lastWords(() -> {
                console.err().println("unraced: ended before all events were handed out");
                console.err().println(summary(captures));
            });
            serve(captures, open, server, selection, signals);
        }
        return ExitCode.OK;
    }

    private static Broadcaster broadcaster(Captures captures) {
        return captures.shared().orElseThrow();
    }

    private void serve(
            Captures captures, Sinks open, ServerSettings settings, Selection selection, StopSignals signals) {
        ServiceManager manager = new ServiceManager(console.environment());
        try (GrpcServer server = GrpcServer.start(settings, captures);
                MetricsEndpoint endpoint =
                        metrics == null ? null : MetricsEndpoint.start(metrics, broadcaster(captures), open, server)) {
            if (user != null) {
                server.handOver(user);
                user.become();
            }
            String where = server.addresses().stream().map(Object::toString).collect(Collectors.joining(", "));
            console.err()
                    .println("Capturing with driver " + selection.describe() + ", serving at " + where
                            + (user == null ? "" : ", as user " + user.name())
                            + (endpoint == null
                                    ? ""
                                    : ", metrics at http://" + HostPort.text(endpoint.address()) + "/metrics"));
            manager.ready("serving at " + where);
            Broadcaster broadcaster = broadcaster(captures);
            broadcaster.whenOver(() -> stopAfterFailure(broadcaster));
            try (ReadyFile.Written file = ready.write()) {
                awaitStop();
            }
            manager.stopping();
            server.stop(DRAIN_NANOS);
            open.close();
            if (signals.takeLastWords()) {
                summarise(captures, open);
            }
            signals.stopped();
            Throwable failure = broadcaster.failure();
            if (failure != null) {
                throw new CaptureException("The capture failed: " + failure.getMessage(), failure);
            }
        }
    }

    /** Ends the command, which a service manager can start again. A capture that ended in order may have readers. */
    private void stopAfterFailure(Broadcaster broadcaster) {
        if (broadcaster.failure() != null) {
            stop.countDown();
        }
    }

    private void awaitStop() {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String summary(Captures captures) {
        Broadcaster shared = broadcaster(captures);
        return StatsText.summary("served", shared.capture().driver(), shared.stats());
    }

    private void summarise(Captures captures, Sinks open) {
        CaptureStats stats = broadcaster(captures).stats();
        console.err().println(summary(captures));
        String losers = StatsText.losers(stats);
        if (!losers.isEmpty()) {
            console.err().println(losers);
        }
        open.describe().forEach(console.err()::println);
        String untold = StatsText.untold(broadcaster(captures).forgotten());
        if (!untold.isEmpty()) {
            console.err().println(untold);
        }
        for (Sinks.Progress sink : open.progress()) {
            ProcessTable table = sink.processes();
            String line = table == null ? "" : StatsText.processes("sink " + sink.name(), table);
            if (!line.isEmpty()) {
                console.err().println(line);
            }
        }
    }
}
