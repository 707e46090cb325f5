// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import dev.unraced.event.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A thread of this machine as /proc shows it. Captures leave out the JVM's reads, like all its own calls. */
final class ProcThread implements ThreadInfo {
    /**
     * The number of the first field of {@code stat} after the name, which may hold blanks and parentheses; proc(5)
     * counts from 1.
     */
    private static final int FIRST_FIELD_AFTER_NAME = 3;

    private static final int STATE = 3;
    private static final int START_TIME = 22;
    private static final int PARENT = 4;
    private static final long TICKS_PER_SECOND = 100;

    private final Path directory;

    ProcThread(int tgid, int tid) {
        directory = Path.of("/proc", Integer.toString(tgid), "task", Integer.toString(tid));
    }

    /** Waits until the thread sleeps in a system call. */
    void awaitBlocked(Duration patience) {
        Condition.await(patience, this::isBlocked, () -> directory + " is not blocked in a call: " + read("syscall"));
    }

    @Override
    public long startNanos() {
        return Long.parseLong(stat(START_TIME)) * tickNanos();
    }

    @Override
    public long tickNanos() {
        return 1_000_000_000L / TICKS_PER_SECOND;
    }

    @Override
    public int parent() {
        return Integer.parseInt(stat(PARENT));
    }

    @Override
    public long mountNamespace() {
        return namespace("mnt");
    }

    @Override
    public long pidNamespace() {
        return namespace("pid");
    }

    @Override
    public long cgroupId() {
        return CgroupBelow.id(cgroupDirectory());
    }

    /** Returns the directory of the thread's cgroup in the v2 hierarchy. */
    Path cgroupDirectory() {
        String path = read("cgroup")
                .lines()
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring(3))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no cgroup v2 hierarchy here"));
        return Path.of(cgroupMount() + path);
    }

    /** Returns empty, since the kernel knows of no containers. */
    @Override
    public Optional<ByteString> containerId() {
        return Optional.empty();
    }

    private long namespace(String name) {
        try {
            String link = Files.readSymbolicLink(directory.resolve("ns").resolve(name))
                    .toString();
            return Long.parseLong(link.substring(link.indexOf('[') + 1, link.indexOf(']')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory where the v2 hierarchy is mounted; see "mountinfo" of proc(5). */
    private String cgroupMount() {
        return read("mountinfo")
                .lines()
                .filter(line -> line.contains(" - cgroup2 "))
                .map(line -> line.split(" ", -1)[4])
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the cgroup v2 hierarchy is mounted nowhere"));
    }

    private boolean isBlocked() {
        String syscall = read("syscall");
        boolean inCall = !syscall.startsWith("running") && !syscall.startsWith("-1");
        // A thread that a tracer has stopped is in its call, too, but not asleep, and has not begun it.
        return inCall && stat(STATE).equals("S");
    }

    private String stat(int field) {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return fields[field - FIRST_FIELD_AFTER_NAME];
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
