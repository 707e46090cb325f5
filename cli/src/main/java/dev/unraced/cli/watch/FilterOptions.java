// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.watch;

import dev.unraced.config.ResultFilter;
import dev.unraced.event.ByteString;
import dev.unraced.event.BytesView;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that choose which delivered events are printed. */
final class FilterOptions {

    @ArgGroup
    private @Nullable Outcome outcome;

    @Option(
            names = "--path-prefix",
            paramLabel = "PATH",
            description =
                    "Only where the path as passed, the file really opened, or the socket's path starts like this."
                            + " May be given several times.")
    private List<String> prefixes = List.of();

    @Option(
            names = "--integrity",
            paramLabel = "VALUE",
            split = ",",
            description = "Only where an argument says one of these: MATCH, CHANGED, DIFFERS, UNCHECKED.")
    private Set<Integrity> integrities = EnumSet.noneOf(Integrity.class);

    private List<String> comms = List.of();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--comm",
            paramLabel = "NAME",
            split = ",",
            description = "Only threads of these names, 15 bytes at the most.")
    void comms(List<String> names) {
        for (String name : names) {
            if (ByteString.utf8(name).length() >= RecordLayout.COMM_SIZE) {
                throw new ParameterException(
                        command.commandLine(),
                        "--comm: '" + name
                                + "' is no thread's name: those have 15 bytes at the most, the kernel cuts longer ones");
            }
        }
        comms = List.copyOf(names);
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
        if (!prefixes.isEmpty()) {
            ByteString[] starts = bytes(prefixes);
            filter = filter.and(event -> concerns(event, starts));
        }
        return filter;
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

    private static boolean concerns(EventView event, ByteString[] prefixes) {
        for (ByteString prefix : prefixes) {
            boolean found = event.isOpenLike()
                    ? event.path().startsWith(prefix) || event.resolvedPath().startsWith(prefix)
                    : isUnix(event.address()) && event.address().startsWith(prefix, 2);
            if (found) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnix(BytesView address) {
        return address.length() > 2 && address.byteAt(0) == Sockaddr.AF_UNIX && address.byteAt(1) == 0;
    }
}
