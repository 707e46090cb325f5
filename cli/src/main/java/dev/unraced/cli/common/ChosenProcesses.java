// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.common;

import dev.unraced.config.EventFilters;
import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Looks whether the processes that a user chose by id are there. */
public final class ChosenProcesses {
    /** The number of the initial process namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
    private static final String INITIAL_NAMESPACE = "pid:[4026531836]";

    private static final Pattern MOUNT_NAMESPACE = Pattern.compile("mnt:\\[(\\d+)]");

    private final Path proc;

    ChosenProcesses(Path proc) {
        this.proc = proc;
    }

    /** Returns a view of this machine's processes. */
    public static ChosenProcesses ofThisMachine() {
        return new ChosenProcesses(Path.of("/proc"));
    }

    /**
     * Refuses a filter whose ids are no processes.
     *
     * @throws ParameterException whose message names the first of them, and the option, or the key of the configuration
     */
    public void check(CommandLine command, String driver, EventFilters filters) {
        ParseResult parsed = command.getParseResult();
        String option = Stream.of("--pid", "--tgid")
                .filter(parsed::hasMatchedOption)
                .findFirst()
                .orElse("unraced.filter.tgids");
        check(command, driver, option, filters.tgids());
    }

    /**
     * Refuses ids that are no processes.
     *
     * @param option what has these ids
     * @throws ParameterException whose message names the first of them
     */
    public void check(CommandLine command, String driver, String option, Set<Integer> ids) {
        fault(driver, ids).ifPresent(fault -> {
            throw new ParameterException(command, option + ": " + fault);
        });
    }

    /**
     * Returns a warning about the first mount namespace in which no process is; one may enter it yet. Empty where this
     * process does not see all processes that the driver does.
     *
     * @param driver name of the driver
     * @param namespaces the chosen namespaces, by their numbers
     */
    public Optional<String> emptyNamespace(String driver, Set<Long> namespaces) {
        if (namespaces.isEmpty() || !ProcessTable.hasIdsOfThisMachine(Set.of(driver)) || !seesAll()) {
            return Optional.empty();
        }
        Set<Long> empty = new TreeSet<>(namespaces);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (!removeNamespace(process, empty)) {
                    return Optional.empty();
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        return empty.stream()
                .findFirst()
                .map(number -> "unraced: no process is in mount namespace " + number
                        + " now; 'lsns -t mnt' lists those that there are");
    }

    /** Takes the namespace of a process from a set; returns false when this user may not see it. */
    private static boolean removeNamespace(Path process, Set<Long> namespaces) {
        try {
            Matcher number = MOUNT_NAMESPACE.matcher(
                    Files.readSymbolicLink(process.resolve("ns/mnt")).toString());
            if (number.matches()) {
                namespaces.remove(Long.valueOf(number.group(1)));
            }
            return true;
        } catch (AccessDeniedException e) {
            return false;
        } catch (IOException e) {
            // The process has ended.
            return true;
        }
    }

    /**
     * Returns what tells whether none of these lives any more; another process that gets the id of one is none of them.
     * The answer is always no where no id was chosen, or a driver's ids are not those that this process sees.
     *
     * @param driver name of the driver
     * @param ids ids of thread groups
     */
    public BooleanSupplier haveEnded(String driver, Set<Integer> ids) {
        if (ids.isEmpty() || !ProcessTable.hasIdsOfThisMachine(Set.of(driver)) || !seesAll()) {
            return () -> false;
        }
        List<ProcessHandle> living =
                ids.stream().map(ProcessHandle::of).flatMap(Optional::stream).toList();
        return () -> living.stream().noneMatch(ProcessHandle::isAlive);
    }

    /**
     * Returns what is wrong with the first id that is no process, if one is. Where a driver's ids are not those that
     * this process sees, nothing is wrong.
     *
     * @param driver name of the driver
     * @param ids ids of thread groups
     */
    Optional<String> fault(String driver, Set<Integer> ids) {
        if (!ProcessTable.hasIdsOfThisMachine(Set.of(driver)) || !seesAll()) {
            return Optional.empty();
        }
        return ids.stream().sorted().map(this::fault).flatMap(Optional::stream).findFirst();
    }

    private Optional<String> fault(int id) {
        String group = threadGroup(id);
        if (group == null) {
            return Optional.of("no process " + id + "; 'ps -e' lists those that live");
        }
        return group.equals(Integer.toString(id))
                ? Optional.empty()
                : Optional.of(id + " is a thread of process " + group + ", not a process");
    }

    private boolean seesAll() {
        try {
            return Files.readSymbolicLink(proc.resolve("self/ns/pid"))
                    .toString()
                    .equals(INITIAL_NAMESPACE);
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable String threadGroup(int id) {
        try {
            for (String line : Files.readAllLines(proc.resolve(id + "/status"))) {
                if (line.startsWith("Tgid:")) {
                    return line.substring("Tgid:".length()).strip();
                }
            }
        } catch (IOException e) {
            // The process is gone, or there never was one.
        }
        return null;
    }
}
