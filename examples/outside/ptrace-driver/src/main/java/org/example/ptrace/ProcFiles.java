// SPDX-License-Identifier: Apache-2.0
package org.example.ptrace;

import com.sun.jna.Memory;
import dev.unraced.event.EventFlag;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.natives.LibC;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** This class reads what /proc tells of a stopped thread and of its files. Not thread-safe. */
final class ProcFiles {
    private static final int PATH_LIMIT = 4096;
    private static final byte[] DELETED = bytes(" (deleted)");
    private static final long TICK_NANOS = 10_000_000;
    /** The index of the start time among the fields behind the name; see proc(5). */
    private static final int START_TIME = 19;
    /** The index of the mountpoint among the fields of a mount. */
    private static final int MOUNTPOINT = 4;
    /** The most mounts of a process among which a file's is looked for. */
    private static final int MOUNTS = 4096;

    private final Memory name = new Memory(64);
    private final Memory statx = new Memory(256);

    /** Returns the processes or threads that a directory of /proc lists. */
    static IntStream numbers(String directory) {
        String[] names = new File(directory).list((parent, name) -> Character.isDigit(name.charAt(0)));
        return Stream.of(names == null ? new String[0] : names).mapToInt(Integer::parseInt);
    }

    /** Returns the time at which a thread started; 0 when it is gone. */
    long startNanos(int tid) {
        String stat = read(tid, "stat");
        return stat.endsWith("\n") ? startNanos(stat) : 0;
    }

    /** Writes who the caller is. Returns false when the thread was killed meanwhile. */
    boolean encodeCaller(int tid, RecordEncoder record) {
        String stat = read(tid, "stat");
        String status = read(tid, "status");
        if (!stat.endsWith("\n") || !status.contains("\nSeccomp:\t")) {
            return false;
        }
        record.thread(tid, (int) number(status, "Tgid"), startNanos(stat), (int) number(status, "PPid"))
                .user(number(status, "Uid"), number(status, "Gid"))
                .namespaces(0, namespace(tid, "mnt"), namespace(tid, "pid"))
                .comm(bytes(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'))));
        // A seccomp filter acts behind the stop at the entry, and may have chosen the result.
        if (number(status, "Seccomp") != 0) {
            record.flag(EventFlag.EXECUTION_UNKNOWN);
        }
        return true;
    }

    /**
     * Writes the file behind a descriptor of a stopped thread. Other threads may put another file there, so a descriptor
     * of the tracer's holds the one that all looks are at.
     */
    void encodeFile(int tid, long fd, RecordEncoder record) {
        int held = Ptrace.hold(named("/proc/" + tid + "/fd/" + fd));
        if (held < 0) {
            record.flag(EventFlag.OBJECT_MISSED);
            return;
        }
        try {
            encodeHeld(tid, named("/proc/thread-self/fd/" + held), record);
        } finally {
            LibC.close(held);
        }
    }

    private void encodeHeld(int tid, Memory link, RecordEncoder record) {
        if (!Ptrace.statx(link, statx)) {
            record.flag(EventFlag.OBJECT_MISSED);
            return;
        }
        byte[] path = new byte[PATH_LIMIT];
        int length = (int) Ptrace.readlink(link, path, PATH_LIMIT);
        if (length < 0) {
            // The kernel does not show a path of more than a page, and no part of it either.
            record.flag(EventFlag.RESOLVED_TRUNCATED);
            length = 0;
        }
        long mount = statx.getLong(144);
        boolean isMarked = length >= DELETED.length
                && Arrays.equals(path, length - DELETED.length, length, DELETED, 0, DELETED.length);
        if (isMarked && isMountpoint(tid, mount, Arrays.copyOf(path, length - DELETED.length))) {
            // The mounted file's own name is gone. The way leads through the mountpoint.
            length -= DELETED.length;
        } else if (isMarked || statx.getInt(16) == 0 || isOfEndedProcess(path, length)) {
            record.flag(EventFlag.DELETED);
        }
        if (!isMounted(tid, mount)) {
            boolean isElsewhere = path[0] == '/' && isMountedElsewhere(mount);
            record.flag(isElsewhere ? EventFlag.FOREIGN_MOUNT_NS : EventFlag.DETACHED);
        }
        record.file(path, length, statx.getInt(136), statx.getInt(140), statx.getLong(32));
    }

    /** Returns whether it was a file of a process in /proc: the kernel keeps its name. */
    private static boolean isOfEndedProcess(byte[] path, int length) {
        String name = new String(path, 0, length, StandardCharsets.ISO_8859_1);
        return name.startsWith("/proc/") && !new File(name).exists();
    }

    private static boolean isMounted(long pid, long mount) {
        return mountpoint(pid, mount).isPresent();
    }

    private static boolean isMountpoint(long pid, long mount, byte[] path) {
        return mountpoint(pid, mount).filter(escaped(path)::equals).isPresent();
    }

    /** Returns where a process sees a mount, as its mountinfo spells it; see proc_pid_mountinfo(5). */
    private static Optional<String> mountpoint(long pid, long mount) {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/" + pid + "/mountinfo"), StandardCharsets.ISO_8859_1)) {
            return mounts.limit(MOUNTS)
                    .filter(line -> line.startsWith(mount + " "))
                    .map(line -> line.split(" ", MOUNTPOINT + 2)[MOUNTPOINT])
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String escaped(byte[] path) {
        return new String(path, StandardCharsets.ISO_8859_1)
                .replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }

    private static boolean isMountedElsewhere(long mount) {
        return numbers("/proc").anyMatch(process -> isMounted(process, mount));
    }

    private static long namespace(int tid, String kind) {
        try {
            return (Long) Files.getAttribute(Path.of("/proc/" + tid + "/ns/" + kind), "unix:ino");
        } catch (IOException e) {
            return 0;
        }
    }

    private static long startNanos(String stat) {
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[START_TIME]) * TICK_NANOS;
    }

    /** Returns the first number of a line of "status"; 0 when there is no such line. */
    private static long number(String status, String key) {
        int line = status.indexOf("\n" + key + ":\t");
        return line < 0
                ? 0
                : Long.parseLong(status.substring(line + key.length() + 3).split("[\t\n]", 2)[0]);
    }

    private static String read(int tid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + tid + "/" + file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private Memory named(String path) {
        name.setString(0, path, StandardCharsets.ISO_8859_1.name());
        return name;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
