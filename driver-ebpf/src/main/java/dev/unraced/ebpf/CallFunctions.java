// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import dev.unraced.ebpf.libbpf.EbpfFailure;
import dev.unraced.ebpf.libbpf.KernelFileSystem;
import dev.unraced.event.Syscall;
import dev.unraced.machine.OfferedAbis;
import dev.unraced.machine.Preemption;
import dev.unraced.settings.CallHooks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The programs at the kernel's own functions for the calls, and whether they can serve here. The first capture of a
 * process finds that out. Thread-safe.
 */
final class CallFunctions {
    /** The programs that those at most functions enter by tail calls, each through a map of its own. */
    private static final List<String> OPENS = List.of("exit_opens", "enter_opens");

    private static final List<String> CONNECTS = List.of("exit_connects", "enter_connects");

    /** A line of a function that calls a trampoline (D): {@code t_show()} of kernel/trace/ftrace.c. */
    private static final Pattern OCCUPIED = Pattern.compile(
            "^__\\w+_sys_(?:open|openat|openat2|creat|connect|socketcall|pidfd_getfd) \\(\\d+\\)[ A-Z]* D",
            Pattern.MULTILINE);

    /** The reason why they cannot serve; empty when nothing speaks against it; null before it was looked for. */
    private static volatile @Nullable String reason;

    /** True once a capture had them attached. */
    private static volatile boolean isProved;

    private CallFunctions() {}

    /** Returns the names of the programs that serve those at the functions. */
    static List<String> workers(EbpfSettings settings) {
        return EntryPoints.ofKinds(settings, OPENS, CONNECTS);
    }

    /** Puts the workers where the tail calls find them. */
    static void place(BpfObject object, EbpfSettings settings) throws EbpfFailure {
        for (String worker : workers(settings)) {
            object.putInt(worker + "_tail", 0, object.program(worker));
        }
    }

    /** Returns the names of the programs at the functions, returns before entries. */
    static List<String> programs(EbpfSettings settings) {
        List<String> functions = functions(settings);
        List<String> programs = new ArrayList<>();
        functions.forEach(function -> programs.add("exit_" + function));
        functions.forEach(function -> programs.add("enter_" + function));
        return programs;
    }

    private static List<String> functions(EbpfSettings settings) {
        List<String> functions = new ArrayList<>();
        boolean ia32 = EntryPoints.servesAllConventions(settings) && OfferedAbis.ia32UnavailableReason() == null;
        for (Syscall syscall : settings.syscalls()) {
            String name = syscall.name().toLowerCase(Locale.ROOT);
            functions.add("native_" + name);
            if (ia32) {
                functions.add("ia32_" + name);
            }
        }
        if (settings.syscalls().contains(Syscall.CONNECT)) {
            functions.add("native_pidfd_getfd");
            if (ia32) {
                functions.addAll(List.of("ia32_socketcall", "ia32_pidfd_getfd"));
            }
        }
        return functions;
    }

    /**
     * Returns why no program can be at these functions, as far as that shows without attaching one; null when nothing
     * speaks against it.
     */
    static @Nullable String unavailableReason() {
        String known = reason;
        if (known == null) {
            known = lookForReason();
            reason = known;
        }
        return known.isEmpty() ? null : known;
    }

    /**
     * Returns why programs had better not be at these functions now; null when nothing speaks against it. Whoever
     * attaches a program to a function or detaches one takes the returns of all calls under way in it away from every
     * program there ({@code bpf_tramp_image_put()} of kernel/bpf/trampoline.c).
     */
    static @Nullable String occupiedReason() {
        try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
            return isAnyOccupied(tracefs.patchedFunctions())
                    ? "another program is at these functions, which would not see the return of calls under way"
                    : null;
        }
    }

    /** Returns whether a program is at one of the functions, by tracefs's list of patched functions. */
    static boolean isAnyOccupied(String patchedFunctions) {
        return OCCUPIED.matcher(patchedFunctions).find();
    }

    /** Returns whether captures with these settings see calls at functions. It tries that once in a process. */
    static boolean areTaken(EbpfSettings settings) {
        if (settings.hooks() != CallHooks.AUTO) {
            return settings.isAtFunctions();
        }
        if (!isProved && reasonNow() == null) {
            try {
                EbpfSource source = EbpfSource.start(EbpfSettings.smallest(settings.libbpf(), settings.compat())
                        .with(CallHooks.AUTO));
                source.stop();
                source.release();
            } catch (EbpfFailure | RuntimeException | LinkageError e) {
                // Nothing can be captured here, so nothing was found out.
                return false;
            }
        }
        return isProved;
    }

    /** Describes where captures with these settings see calls, for people. */
    static String describe(EbpfSettings settings) {
        return settings.hooks().describe(EbpfDriver.NAME, areTaken(settings), CallFunctions::reasonNow);
    }

    /** Returns why a capture that may choose takes tracepoints now; null when it takes functions. */
    static @Nullable String reasonNow() {
        String lasting = unavailableReason();
        return lasting == null ? occupiedReason() : lasting;
    }

    /** Remembers that the programs are attached. */
    static void proved() {
        isProved = true;
    }

    /** Remembers that the kernel refused the programs. */
    static void refused(EbpfFailure failure) {
        isProved = false;
        reason = "the kernel refuses programs at its functions (" + failure.getMessage() + ", errno " + failure.errno()
                + ")";
    }

    private static String lookForReason() {
        try (KernelFileSystem tracefs = KernelFileSystem.tracefs()) {
            if (!tracefs.hasPatchableFunctions()) {
                return "this kernel's functions cannot be patched, or tracefs does not show it";
            }
        }
        try (KernelFileSystem debugfs = KernelFileSystem.debugfs()) {
            Preemption preemption = Preemption.of(debugfs.roots());
            return preemption.isOff() ? "" : preemption.source();
        }
    }
}
