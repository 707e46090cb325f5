// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import com.sun.jna.LastErrorException;
import dev.unraced.capture.CaptureException;
import dev.unraced.natives.LibC;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A user and a group of this machine, by name or by number.
 *
 * @param name as given
 * @param uid the user's id
 * @param gid the group's id
 */
public record Account(String name, int uid, int gid) {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");
    private static final Path TASKS = Path.of("/proc/self/task");

    /**
     * Reads {@code USER} or {@code USER:GROUP}; without a group, the user's primary group.
     *
     * @throws IllegalArgumentException when there is no such user or group; the message names it
     */
    public static Account parse(String text) {
        String[] parts = text.split(":", 2);
        int uid = uid(parts[0]);
        if (parts.length == 2) {
            int gid = entry(GROUPS, parts[1])
                    .map(fields -> Integer.parseUnsignedInt(fields[2]))
                    .orElseGet(() -> number(parts[1], "group"));
            return new Account(text, uid, gid);
        }
        int gid = entry(USERS, parts[0])
                .or(() -> entryById(USERS, uid))
                .map(fields -> Integer.parseUnsignedInt(fields[3]))
                .orElseThrow(() -> new IllegalArgumentException(
                        "user " + text + " is not in " + USERS + "; name a group, too: " + text + ":GROUP"));
        return new Account(text, uid, gid);
    }

    /**
     * Returns the id of a user by name or by number; this machine need not know the number.
     *
     * @throws IllegalArgumentException when there is no user of that name; the message names it
     */
    public static int uid(String text) {
        return entry(USERS, text)
                .map(fields -> Integer.parseUnsignedInt(fields[2]))
                .orElseGet(() -> number(text, "user"));
    }

    private static int number(String text, String what) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("there is no " + what + " '" + text + "'", e);
        }
    }

    private static Optional<String[]> entry(Path file, String name) {
        return entries(file).filter(fields -> fields[0].equals(name)).findFirst();
    }

    private static Optional<String[]> entryById(Path file, int id) {
        return entries(file)
                .filter(fields -> fields[2].equals(Integer.toUnsignedString(id)))
                .findFirst();
    }

    private static Stream<String[]> entries(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 3 || (file.equals(GROUPS) && fields.length > 2));
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /**
     * Turns this process into this user's, for good: all threads, without further groups, and without any capability.
     *
     * @throws CaptureException when that fails; the process must not continue then
     */
    public void become() {
        try {
            if (LibC.geteuid() == 0) {
                LibC.setgroups(0, new int[] {gid});
            }
            LibC.setresgid(gid, gid, gid);
            LibC.setresuid(uid, uid, uid);
        } catch (LastErrorException e) {
            throw new CaptureException("Cannot become user " + name + ": " + e.getMessage(), e);
        }
        List<String> wrong = privileged();
        if (!wrong.isEmpty()) {
            throw new CaptureException("After becoming user " + name + " a thread kept privileges: " + wrong);
        }
    }

    /** Returns the lines of each thread's status in /proc that show another user, or a capability. */
    private List<String> privileged() {
        List<String> wrong = new ArrayList<>();
        String id = Integer.toUnsignedString(uid);
        try (Stream<Path> tasks = Files.list(TASKS)) {
            for (Path task : tasks.toList()) {
                for (String line : lines(task.resolve("status"))) {
                    String[] fields = line.split("\\s+", -1);
                    boolean isOther = fields[0].equals("Uid:")
                            && !(fields[1].equals(id) && fields[2].equals(id) && fields[3].equals(id));
                    boolean isCapable = uid != 0
                            && (fields[0].equals("CapEff:") || fields[0].equals("CapPrm:"))
                            && !fields[1].matches("0*");
                    if (isOther || isCapable) {
                        wrong.add(task.getFileName() + " " + line);
                    }
                }
            }
        } catch (IOException e) {
            wrong.add(TASKS + " cannot be read");
        }
        return wrong;
    }

    /** Reads a file; a thread may end meanwhile. */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
