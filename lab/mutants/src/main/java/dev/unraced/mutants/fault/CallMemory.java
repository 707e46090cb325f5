// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.event.Syscall;
import dev.unraced.sim.kernel.AddressSpace;
import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads of a call's memory at this moment. */
public final class CallMemory {
    /** A buffer size above any path. */
    private static final int ROOM = 8192;

    private CallMemory() {}

    /** Returns the address of the path. */
    public static long pathPointer(Call call) {
        return call.register(call.syscall() == Syscall.OPENAT || call.syscall() == Syscall.OPENAT2 ? 1 : 0);
    }

    /** Returns the path that is in memory now; null when it cannot be read. */
    public static byte @Nullable [] path(Task task, Call call) {
        return string(task, pathPointer(call));
    }

    /** Returns the string that is in memory now; null when it cannot be read. */
    public static byte @Nullable [] string(Task task, long pointer) {
        byte[] room = new byte[ROOM];
        int length = task.group().memory().stringCarefully(pointer, room, ROOM);
        return length < 0 ? null : Arrays.copyOf(room, length);
    }

    /** Returns the socket address that is in memory now; null when it cannot be read. */
    public static byte @Nullable [] address(Task task, Call call, int length) {
        byte[] room = new byte[length];
        return task.group().memory().copyCarefully(call.register(1), room, length) ? room : null;
    }

    /** Returns whether memory ends right behind the path's NUL. */
    public static boolean endsAtAnEdge(Task task, Call call, int length) {
        AddressSpace memory = task.group().memory();
        byte[] room = new byte[length + 2];
        return !memory.copyCarefully(pathPointer(call), room, length + 2);
    }
}
