// SPDX-License-Identifier: Apache-2.0
package dev.unraced.process;

import dev.unraced.event.ByteString;
import dev.unraced.event.EventFlag;
import dev.unraced.event.ProcessView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program as a process executed it. Processes that fork without an exec share one.
 *
 * @param path the path as it was asked for, the kernel's own copy; empty for a program that ran before the capture
 * @param interpreter the interpreter that a script names
 * @param executable the path of the file that the kernel executes, absolute in the process's mount namespace: of a
 *     script the interpreter's; empty where there is none, or it was not known
 * @param deviceMajor major device number of this file's superblock
 * @param deviceMinor minor device number
 * @param inode this file's inode number
 * @param flags flags of {@link EventFlag} about executable and arguments, as a bit set
 * @param arguments the arguments, each with a NUL at its end, as far as the event had them
 */
public record Program(
        Optional<ByteString> path,
        Optional<ByteString> interpreter,
        Optional<ByteString> executable,
        int deviceMajor,
        int deviceMinor,
        long inode,
        int flags,
        ByteString arguments) {

    /** A program of which nothing is known. */
    static final Program UNKNOWN =
            new Program(Optional.empty(), Optional.empty(), Optional.empty(), 0, 0, 0, 0, ByteString.EMPTY);

    private static final int ABOUT_ARGUMENTS = EventFlag.TRUNCATED.mask() | EventFlag.FAULTED.mask();
    /** The bytes that a short program has of the executable's path. */
    private static final int SHORT_PATH = 128;

    static Program of(ProcessView event) {
        boolean executed = event.type() == ProcessView.Type.EXEC;
        boolean file = event.has(EventFlag.HAS_FILE);
        return new Program(
                executed ? Optional.of(event.path().toByteString()) : Optional.empty(),
                event.interpreter().isPresent()
                        ? Optional.of(event.interpreter().toByteString())
                        : Optional.empty(),
                file ? Optional.of(event.executable().toByteString()) : Optional.empty(),
                event.deviceMajor(),
                event.deviceMinor(),
                event.inode(),
                event.flags(),
                event.arguments().toByteString());
    }

    /** Returns whether a flag is set; TRUNCATED and FAULTED are about the arguments, others about the executable. */
    public boolean has(EventFlag flag) {
        return (flags & flag.mask()) != 0;
    }

    /**
     * Returns whether the arguments are known: not those of a program that ran before the capture, nor where the event
     * says that they could not be read, or were withheld.
     */
    public boolean hasArguments() {
        return path.isPresent() && !has(EventFlag.FAULTED) && !has(EventFlag.WITHHELD);
    }

    /** Returns what a descendant keeps of this program: the executable and its marks. */
    Program ofAncestor() {
        if (path.isEmpty() && interpreter.isEmpty() && arguments.length() == 0) {
            return this;
        }
        return new Program(
                Optional.empty(),
                Optional.empty(),
                executable,
                deviceMajor,
                deviceMinor,
                inode,
                flags & ~ABOUT_ARGUMENTS,
                ByteString.EMPTY);
    }

    /** Returns what a table keeps of this program that is short of memory: of a long path the end, which is marked. */
    Program shortened() {
        Program less = ofAncestor();
        ByteString whole = less.executable.orElse(ByteString.EMPTY);
        if (whole.length() <= SHORT_PATH) {
            return less;
        }
        byte[] bytes = whole.toByteArray();
        return new Program(
                Optional.empty(),
                Optional.empty(),
                Optional.of(ByteString.copyOf(bytes, bytes.length - SHORT_PATH, bytes.length)),
                deviceMajor,
                deviceMinor,
                inode,
                less.flags | EventFlag.RESOLVED_TRUNCATED.mask(),
                ByteString.EMPTY);
    }

    /** Returns the arguments as text with a space between them, for people; each byte that is no text is replaced. */
    public String commandLine() {
        StringBuilder line = new StringBuilder();
        for (ByteString argument : argumentList()) {
            line.append(line.isEmpty() ? "" : " ").append(new String(argument.toByteArray(), StandardCharsets.UTF_8));
        }
        return line.toString();
    }

    /** Returns the arguments one by one; those that the event did not have are missing at the end. Allocates. */
    public List<ByteString> argumentList() {
        List<ByteString> parts = new ArrayList<>();
        byte[] all = arguments.toByteArray();
        int start = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                parts.add(ByteString.copyOf(all, start, i));
                start = i + 1;
            }
        }
        if (start < all.length) {
            parts.add(ByteString.copyOf(all, start, all.length));
        }
        return parts;
    }
}
