// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.cli.common.Console;
import dev.unraced.cli.common.ProcessIdConverter;
import dev.unraced.cli.common.UserConverter;
import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.ProcessView;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The options that choose which delivered events are printed. */
final class FilterOptions {

    @ArgGroup
    private @Nullable Outcome outcome;

    @Option(
            names = "--not-pid",
            paramLabel = "PID",
            split = ",",
            converter = ProcessIdConverter.class,
            description = "Not these processes.")
    private Set<Integer> notPids = Set.of();

    @Option(
            names = "--not-uid",
            paramLabel = "USER",
            split = ",",
            converter = UserConverter.class,
            description = "Not these users, by name or by real user id.")
    private Set<Long> notUids = Set.of();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            split = ",",
            converter = PortConverter.class,
            description = "Only connects to these ports, by the address as passed or the socket's peer.")
    private Set<Integer> ports = Set.of();

    @Option(
            names = "--not-port",
            paramLabel = "PORT",
            split = ",",
            converter = PortConverter.class,
            description = "Not connects to these ports, where neither the address nor the peer has another one.")
    private Set<Integer> notPorts = Set.of();

    @Option(
            names = "--address",
            paramLabel = "NETWORK",
            split = ",",
            converter = NetworkConverter.class,
            description = "Only connects to these addresses: 127.0.0.1, 10.0.0.0/8, ::1.")
    private List<Network> networks = List.of();

    @Option(
            names = "--not-address",
            paramLabel = "NETWORK",
            split = ",",
            converter = NetworkConverter.class,
            description = "Not connects to these addresses, where neither the address nor the peer is another one.")
    private List<Network> notNetworks = List.of();

    @Option(
            names = "--integrity",
            paramLabel = "VALUE",
            split = ",",
            description = "Only where an argument says one of these: unchecked, match, changed," + " differs.")
    private Set<Integrity> integrities = EnumSet.noneOf(Integrity.class);

    @Option(
            names = "--path-prefix",
            paramLabel = "PATH",
            converter = TextConverter.class,
            description =
                    "Only where the path as passed, the file really opened, or the socket's path starts like this."
                            + " May be given several times.")
    private List<String> prefixes = List.of();

    @Option(
            names = "--path-like",
            paramLabel = "PATTERN",
            converter = TextConverter.class,
            description = "Only where one of these paths matches: * is any text, slashes included, ? one byte. May be"
                    + " given several times.")
    private List<String> patterns = List.of();

    @Option(
            names = "--not-path",
            paramLabel = "PATTERN",
            converter = TextConverter.class,
            description = "Not where all paths of the event match. May be given several times.")
    private List<String> unwanted = List.of();

    @Option(
            names = "--comm",
            paramLabel = "NAME",
            split = ",",
            converter = CommConverter.class,
            description = "Only threads of these names, 15 bytes at the most.")
    private List<String> comms = List.of();

    @Option(
            names = "--not-comm",
            paramLabel = "NAME",
            split = ",",
            converter = CommConverter.class,
            description = "Not threads of these names.")
    private List<String> notComms = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Says that names are compared as they are, to users who may expect a shell's patterns. */
    private void warnOfPatterns(String option, List<String> names) {
        names.stream()
                .filter(name -> name.contains("*"))
                .forEach(name -> command.commandLine()
                        .getErr()
                        .println(Console.printable("unraced: " + option + " takes names, no patterns, so '" + name
                                + "' is only a thread of just this name")));
    }

    /** The outcomes, of which one may be chosen. */
    static final class Outcome {
        @Option(names = "--failed", description = "Only calls that failed.")
        private boolean failed;

        @Option(names = "--succeeded", description = "Only calls that succeeded, or connects under way (EINPROGRESS).")
        private boolean succeeded;
    }

    /**
     * Checks that some event can pass both these options and the filter of the source.
     *
     * @throws ParameterException when none can
     */
    void check(ResultFilter source) {
        if (outcome != null && source == (outcome.failed ? ResultFilter.SUCCEEDED : ResultFilter.FAILED)) {
            throw new ParameterException(
                    command.commandLine(),
                    (outcome.failed ? "--failed" : "--succeeded") + " leaves nothing of what --result or"
                            + " unraced.filter.result lets through, which is "
                            + source.name().toLowerCase(Locale.ROOT));
        }
    }

    /** Returns a filter for all of these options together. */
    EventFilter filter() {
        warnOfPatterns("--comm", comms);
        warnOfPatterns("--not-comm", notComms);
        EventFilter filter = event -> true;
        if (outcome != null) {
            Outcome wanted = outcome;
            // An enter event cannot show how its call ends.
            filter = filter.and(event -> event.isEnter() || (event.failed() ? wanted.failed : wanted.succeeded));
        }
        if (!integrities.isEmpty()) {
            Set<Integrity> wanted = EnumSet.copyOf(integrities);
            filter = filter.and(event -> says(event, wanted));
        }
        if (!comms.isEmpty()) {
            ByteString[] names = bytes(comms);
            filter = filter.and(event -> isAny(event.comm(), names));
        }
        if (!notComms.isEmpty()) {
            ByteString[] names = bytes(notComms);
            filter = filter.and(event -> !isAny(event.comm(), names));
        }
        if (!unwanted.isEmpty()) {
            PathFilter paths = new PathFilter(List.of(), unwanted);
            filter = filter.and(event -> !paths.isEach(event));
        }
        if (!notPids.isEmpty()) {
            int[] pids = notPids.stream().mapToInt(Integer::intValue).toArray();
            filter = filter.and(event -> !contains(pids, event.tgid()));
        }
        if (!notUids.isEmpty()) {
            long[] uids = notUids.stream().mapToLong(Long::longValue).toArray();
            filter = filter.and(event -> !contains(uids, event.uid()));
        }
        if (!notPorts.isEmpty()) {
            PeerFilter peers = new PeerFilter(notPorts, List.of());
            filter = filter.and(event -> !peers.isEach(event));
        }
        if (!notNetworks.isEmpty()) {
            PeerFilter peers = new PeerFilter(Set.of(), notNetworks);
            filter = filter.and(event -> !peers.isEach(event));
        }
        return filter.and(objects());
    }

    /**
     * Returns a filter of process events: by the outcome of execs and the integrity of their paths, and by those
     * options that are about the caller. Options that want a path or a peer leave out all of them, which have none.
     */
    Predicate<ProcessView> ofProcesses() {
        if (wantsPath() || wantsPeer()) {
            return event -> false;
        }
        Predicate<ProcessView> filter = event -> true;
        if (!integrities.isEmpty()) {
            Set<Integrity> wanted = EnumSet.copyOf(integrities);
            filter = event -> isExec(event) && wanted.contains(event.pathIntegrity());
        }
        if (outcome != null) {
            boolean failed = outcome.failed;
            filter = filter.and(event -> failed == (event.type() == ProcessView.Type.EXEC_FAILED));
        }
        if (!comms.isEmpty()) {
            ByteString[] names = bytes(comms);
            filter = filter.and(event -> isAny(event.comm(), names));
        }
        if (!notComms.isEmpty()) {
            ByteString[] names = bytes(notComms);
            filter = filter.and(event -> !isAny(event.comm(), names));
        }
        return filter.and(event -> !notPids.contains(event.tgid()) && !notUids.contains(event.uid()));
    }

    private boolean wantsPath() {
        return !prefixes.isEmpty() || !patterns.isEmpty();
    }

    private boolean wantsPeer() {
        return !ports.isEmpty() || !networks.isEmpty();
    }

    private static boolean isExec(ProcessView event) {
        return event.type() == ProcessView.Type.EXEC || event.type() == ProcessView.Type.EXEC_FAILED;
    }

    /** Returns a filter by path, by peer, or by either. */
    private EventFilter objects() {
        PathFilter paths = new PathFilter(prefixes, patterns);
        EventFilter peers = new PeerFilter(ports, networks);
        boolean byPath = wantsPath();
        boolean byPeer = wantsPeer();
        if (!byPath && !byPeer) {
            return event -> true;
        }
        return event -> (byPath && paths.isAny(event)) || (byPeer && peers.accepts(event));
    }

    /**
     * Returns whether an argument has a wanted integrity. Other calls than openat2 have their how in registers, which
     * always match; most connects have no block.
     */
    private static boolean says(EventView event, Set<Integrity> wanted) {
        if (!event.isOpenLike()) {
            return wanted.contains(event.address().integrity())
                    || (event.blockProvenance() != Provenance.NONE && wanted.contains(event.blockIntegrity()));
        }
        return wanted.contains(event.path().integrity())
                || (event.syscall() == Syscall.OPENAT2 && wanted.contains(event.howIntegrity()));
    }

    private static ByteString[] bytes(List<String> texts) {
        return texts.stream().map(ByteString::utf8).toArray(ByteString[]::new);
    }

    private static boolean isAny(BytesView view, ByteString[] values) {
        for (ByteString value : values) {
            if (view.contentEquals(value)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(int[] values, int wanted) {
        for (int value : values) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(long[] values, long wanted) {
        for (long value : values) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Refuses an empty text: no name and no path is empty, and a shell makes one of a variable that is not set. */
    private static final class TextConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.isEmpty()) {
                throw new TypeConversionException("it needs a text, not ''");
            }
            return text;
        }
    }

    private static final class CommConverter implements ITypeConverter<String> {
        @Override
        public String convert(String name) {
            if (ByteString.utf8(new TextConverter().convert(name)).length() >= RecordLayout.COMM_SIZE) {
                throw new TypeConversionException("'" + name
                        + "' is no thread's name: those have 15 bytes at the most, the kernel cuts longer ones");
            }
            return name;
        }
    }

    private static final class PortConverter implements ITypeConverter<Integer> {
        private static final int MOST = 65_535;

        @Override
        public Integer convert(String text) {
            try {
                int port = Integer.parseInt(text);
                if (port >= 0 && port <= MOST) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // The message below says all that there is to say.
            }
            throw new TypeConversionException("'" + text + "' is no port, which is a number from 0 to " + MOST);
        }
    }

    private static final class NetworkConverter implements ITypeConverter<Network> {
        @Override
        public Network convert(String text) {
            return Network.parse(text);
        }
    }
}
