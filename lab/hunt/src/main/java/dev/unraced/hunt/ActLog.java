// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All that the acting program logged of one run of a program. */
final class ActLog {
    private static final long UNTIL_REAPED = 1_000_000_000L;

    private String base = "";
    private String failure = "";
    private String cut = "";
    private long firstNamespace;
    private final List<Act> acts = new ArrayList<>();
    private final List<LogLine> changes = new ArrayList<>();
    private final List<LogLine> nodes = new ArrayList<>();
    private final List<LogLine> attempts = new ArrayList<>();
    private final List<LogLine> renamed = new ArrayList<>();
    private final List<LogLine> killed = new ArrayList<>();
    private final List<LogLine> execs = new ArrayList<>();
    private final Map<List<Long>, Windows> replaced = new HashMap<>();
    private final Set<Integer> tgids = new HashSet<>();
    private final Set<Integer> tids = new HashSet<>();

    void add(String text) {
        LogLine line = LogLine.parse(text);
        switch (line.word()) {
            case "act" -> {
                Act act = Act.of(line);
                acts.add(act);
                tids.add(act.tid());
                tgids.add(act.tgid());
            }
            case "change" -> changes.add(line);
            case "node" -> nodes.add(line);
            case "actor" -> {
                // After an exec, a process logs its actors again.
                firstNamespace = firstNamespace == 0 ? line.number("ns") : firstNamespace;
                tids.add(line.integer("t"));
                tgids.add(line.integer("g"));
            }
            case "fd" -> {
                long begin = line.number("b");
                long end = line.number("e");
                replaced.computeIfAbsent(List.of(line.number("tab"), line.number("fd")), fd -> new Windows())
                        .add(begin, end == 0 ? begin + UNTIL_REAPED : end);
            }
            case "base" -> base = line.text("path");
            case "cut" -> cut = line.text("in");
            case "attempt" -> attempts.add(line);
            case "renamed" -> renamed.add(line);
            case "killed" -> killed.add(line);
            case "exec" -> execs.add(line);
            case "failed" -> failure = text;
            default -> throw new HuntException("the acting program logged an unknown line: " + text);
        }
    }

    /** Puts changes and acts into the order in which they happened. */
    void finish() {
        changes.sort(Comparator.comparingLong(line -> line.number("n")));
        acts.sort(Comparator.comparingLong(Act::begin));
        execs.sort(Comparator.comparingLong(line -> line.number("e")));
    }

    String base() {
        return base;
    }

    /** Returns the reason why the program could not run; empty if it ran. */
    String failure() {
        return failure;
    }

    /** Returns whether the log lacks acts, because the program was stopped at its deadline or the log was full. */
    boolean isCut() {
        return !cut.isEmpty();
    }

    /** Returns the op of an actor at the deadline, {@code the-end} or {@code log}; empty if nothing was cut. */
    String cutIn() {
        return cut;
    }

    /** Returns the inode number of the mount namespace in which all actors begin. */
    long firstNamespace() {
        return firstNamespace;
    }

    List<Act> acts() {
        return acts;
    }

    List<LogLine> changes() {
        return changes;
    }

    List<LogLine> nodes() {
        return nodes;
    }

    /** Returns the attempts to connect a socket without a watched call. */
    List<LogLine> attempts() {
        return attempts;
    }

    /** Returns the times at which a socket's addresses got another scope or family. */
    List<LogLine> renamed() {
        return renamed;
    }

    /** Returns the times of ops in which a thread was killed, so that the log lacks what it did. */
    List<LogLine> killed() {
        return killed;
    }

    /** Returns the execs of a process, the first one first. */
    List<LogLine> execsOf(int tgid) {
        return execs.stream().filter(line -> line.integer("g") == tgid).toList();
    }

    /** Returns whether an exec killed a thread in an op at that time, so that the log lacks its calls. */
    boolean isKilled(int tid, int tgid, boolean request, long time) {
        return killed.stream()
                .anyMatch(line -> (request ? line.integer("g") == tgid : line.integer("t") == tid)
                        && line.number("b") <= time
                        && line.number("e") >= time);
    }

    Set<Integer> tgids() {
        return tgids;
    }

    Set<Integer> tids() {
        return tids;
    }

    /** Returns whether a thread replaced or closed a descriptor between two times, or died and may have done so. */
    boolean isReplaced(int table, long fd, long from, long to) {
        Windows windows = replaced.get(List.of((long) table, fd));
        if (windows != null && windows.overlapping(from, to) > 0) {
            return true;
        }
        return killed.stream()
                .anyMatch(line -> line.integer("tab") == table && line.number("b") <= to && line.number("e") >= from);
    }
}
