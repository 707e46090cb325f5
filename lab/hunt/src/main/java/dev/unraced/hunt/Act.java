// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import dev.unraced.linux.OpenFlags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One watched call as the acting program logged it.
 *
 * @param actor number of the actor that made it
 * @param op number of the op in the program
 * @param round number of times that the actor had run its ops before
 * @param tid the thread
 * @param tgid the thread group
 * @param begin a time of CLOCK_BOOTTIME before the call
 * @param end a time after the call
 * @param looked a time after the look at the descriptor
 * @param via the entry point: native, ia32, socketcall, ring, async, sqpoll
 * @param call name of the call
 * @param result the result that the caller got
 * @param ran whether the kernel executed it
 * @param tag number of a request within its batch; -1 if the act is no request
 * @param mountNamespace inode number of the thread's mount namespace
 * @param table number of the process whose descriptor table it used; -1 for the shared table
 * @param gone whether the page of the argument was dropped before the call
 * @param line all values of the log line
 */
record Act(
        int actor,
        int op,
        int round,
        int tid,
        int tgid,
        long begin,
        long end,
        long looked,
        String via,
        String call,
        long result,
        boolean ran,
        int tag,
        long mountNamespace,
        int table,
        boolean gone,
        LogLine line) {

    static Act of(LogLine line) {
        return new Act(
                line.integer("a"),
                line.integer("o"),
                line.integer("r"),
                line.integer("t"),
                line.integer("g"),
                line.number("b"),
                line.number("e"),
                line.number("l"),
                line.text("via"),
                line.text("call"),
                line.number("res"),
                line.number("ran") != 0,
                line.integer("tag"),
                line.number("ns"),
                line.integer("tab"),
                line.number("gone") != 0,
                line);
    }

    boolean isConnect() {
        return call.equals("connect");
    }

    boolean isRequest() {
        return tag >= 0;
    }

    /** Returns whether a request got no completion, so that its result is not in the log. */
    boolean isQuiet() {
        return line.number("quiet") != 0;
    }

    /** Returns this act with another result. */
    Act withResult(long other) {
        return new Act(
                actor,
                op,
                round,
                tid,
                tgid,
                begin,
                end,
                looked,
                via,
                call,
                other,
                ran,
                tag,
                mountNamespace,
                table,
                gone,
                line);
    }

    boolean isPolled() {
        return via.equals("sqpoll");
    }

    boolean isIa32() {
        return via.equals("ia32") || via.equals("socketcall");
    }

    /** Returns the paths that memory held during the call: one, or two between which a thread switched it. */
    List<String> paths() {
        String path = line.text("path");
        return line.has("other") ? List.of(path, line.text("other")) : List.of(path);
    }

    /** Returns the start of the path: 0 if it is absolute, 1 the working directory, 2 a descriptor. */
    int base() {
        return line.integer("base");
    }

    /** Returns whether openat2 took the start of the path for the root (RESOLVE_IN_ROOT). */
    boolean startsAtRoot() {
        return resolves(OpenFlags.RESOLVE_IN_ROOT);
    }

    /** Returns whether openat2 refused paths that leave the start (RESOLVE_BENEATH). */
    boolean staysBeneath() {
        return resolves(OpenFlags.RESOLVE_BENEATH);
    }

    /** Returns whether openat2 refused symbolic links. */
    boolean refusesLinks() {
        return resolves(OpenFlags.RESOLVE_NO_SYMLINKS);
    }

    private boolean resolves(long flag) {
        return call.equals("openat2") && (line.number("resolve") & flag) != 0;
    }

    /** Returns the opened file's inode number from fstat; null if the acting program did not look. */
    @Nullable
    Long inode() {
        return line.has("ino") ? line.number("ino") : null;
    }

    String device() {
        return line.text("dev");
    }

    /** Returns the testimony of the witness: an inode number, or an address in hexadecimal; empty if it has none. */
    String seen() {
        return line.text("seen");
    }

    boolean overlaps(long from, long to) {
        return from <= looked && to >= begin;
    }

    @Override
    public String toString() {
        return "actor " + actor + " op " + op + " round " + round + ": " + via + " " + call + " "
                + (isConnect() ? line.text("to") + (line.text("or").isEmpty() ? "" : "|" + line.text("or")) : paths())
                + " = " + result + (ran ? "" : " (did not run)");
    }
}
