// SPDX-License-Identifier: Apache-2.0
package dev.unraced.remote.server;

import com.sun.jna.LastErrorException;
import dev.unraced.driver.CaptureException;
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
     * Reads {@code USER} or {@code USER:GROUP}; without a group it is the user's first one.
     *
     * @throws IllegalArgumentException when there is none of that name; the message says so
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
     * The id of a user by name or by number; a number need not be of a user whom this machine knows.
     *
     * @throws IllegalArgumentException when there is none of that name; the message says so
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
     * Makes this process this user's, for good: all threads, without further groups, and with no capability left.
     *
     * @throws CaptureException when that fails; the process must not go on then
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

    /** What the kernel says of each thread that is not as it should be. */
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

    /** A thread may end while being looked at. */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
