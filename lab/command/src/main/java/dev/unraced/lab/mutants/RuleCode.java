// SPDX-License-Identifier: Apache-2.0
package dev.unraced.lab.mutants;

import dev.unraced.conformance.spec.RuleNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The source files that name a rule in a comment: the way from its number to its code in each driver. */
public final class RuleCode {
    private static final Pattern NUMBER = Pattern.compile("\\bR(\\d+)\\.(\\d+)\\b");
    private static final Pattern SOURCE = Pattern.compile(".*\\.(c|h|java)");
    /** A tree of the sources has this file. */
    private static final Path SPEC = Path.of("docs", "spec.md");

    /** The rooms in which drivers have their code. */
    public enum Room {
        /** The C that both kernel drivers compile. */
        KERNEL,
        EBPF,
        KMOD,
        GVISOR,
        SIM,
        /** The Java that all drivers use. */
        JAVA
    }

    private final Map<Room, Map<RuleNumber, SortedSet<Path>>> files;

    private RuleCode(Map<Room, Map<RuleNumber, SortedSet<Path>>> files) {
        this.files = files;
    }

    /**
     * Reads the sources of the tree that a folder is in.
     *
     * @throws IOException when the folder is in none, or a file cannot be read
     */
    public static RuleCode of(Path folder) throws IOException {
        Path tree = folder.toAbsolutePath().normalize();
        while (tree != null && !Files.exists(tree.resolve(SPEC))) {
            tree = tree.getParent();
        }
        if (tree == null) {
            throw new IOException(
                    "no " + SPEC + " in " + folder.toAbsolutePath().normalize() + ", or above it");
        }
        Map<Room, Map<RuleNumber, SortedSet<Path>>> files = new EnumMap<>(Room.class);
        for (Room room : Room.values()) {
            Map<RuleNumber, SortedSet<Path>> named = new TreeMap<>();
            for (String at : folders(room)) {
                read(tree, tree.resolve(at), named);
            }
            files.put(room, named);
        }
        return new RuleCode(files);
    }

    private static List<String> folders(Room room) {
        return switch (room) {
            case KERNEL -> List.of("kernel/include");
            case EBPF -> List.of("driver-ebpf/src/main");
            case KMOD -> List.of("driver-kmod/src/main");
            case GVISOR -> List.of("driver-gvisor/src/main");
            case SIM -> List.of("driver-sim/src/main");
            case JAVA -> List.of("api/src/main/java", "driver-support/src/main/java");
        };
    }

    private static void read(Path tree, Path folder, Map<RuleNumber, SortedSet<Path>> named) throws IOException {
        List<Path> sources;
        try (Stream<Path> found = Files.walk(folder)) {
            sources = found.filter(file -> SOURCE.matcher(file.toString()).matches())
                    .toList();
        }
        for (Path source : sources) {
            Matcher number = NUMBER.matcher(Files.readString(source));
            while (number.find()) {
                RuleNumber rule = new RuleNumber(Integer.parseInt(number.group(1)), Integer.parseInt(number.group(2)));
                named.computeIfAbsent(rule, key -> new TreeSet<>()).add(tree.relativize(source));
            }
        }
    }

    /** Returns the files of a room that name a rule, as paths within the tree. */
    public SortedSet<Path> files(Room room, RuleNumber rule) {
        return files.getOrDefault(room, Map.of()).getOrDefault(rule, new TreeSet<>());
    }

    /** Returns a row of the page's table, with links from {@code docs/reference}. */
    String row(RuleNumber rule) {
        return "| %s | %s |%n"
                .formatted(
                        rule,
                        Stream.of(Room.values())
                                .map(room -> files(room, rule).stream()
                                        .map(file -> "[%s](../../%s)"
                                                .formatted(
                                                        file.getFileName(),
                                                        file.toString().replace('\\', '/')))
                                        .collect(Collectors.joining(", ")))
                                .collect(Collectors.joining(" | ")));
    }
}
