// SPDX-License-Identifier: Apache-2.0
package dev.unraced.server.linux;

import dev.unraced.process.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.IntPredicate;

/** The processes of this machine, as /proc shows them. */
public final class LocalProcesses {
    /** The number of the initial process namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
    private static final String INITIAL_NAMESPACE = "pid:[4026531836]";

    private LocalProcesses() {}

    /**
     * Returns what says of an id in a driver's events that no process has it; it says so of none where it cannot know.
     */
    public static IntPredicate isGone(String driver) {
        return isGone(driver, Path.of("/proc"));
    }

    static IntPredicate isGone(String driver, Path proc) {
        // With hidepid a process cannot see those of others, and this one may have given up its privilege since.
        return ProcessTable.hasIdsOfThisMachine(Set.of(driver)) && isOfAll(proc)
                ? tgid -> !Files.exists(proc.resolve(Integer.toString(tgid))) && Files.exists(proc.resolve("1"))
                : tgid -> false;
    }

    private static boolean isOfAll(Path proc) {
        try {
            return Files.readSymbolicLink(proc.resolve("self/ns/pid"))
                    .toString()
                    .equals(INITIAL_NAMESPACE);
        } catch (IOException e) {
            return false;
        }
    }
}
