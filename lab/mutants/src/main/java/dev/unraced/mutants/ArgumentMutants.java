// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Provenance;
import dev.unraced.event.RecordLayout;
import dev.unraced.event.Syscall;
import dev.unraced.mutants.fault.CallMemory;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.ScratchMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Mutants that falsify the bytes of a path, its flags or its mode. */
final class ArgumentMutants {
    /** A buffer size below the longest path that a call can have. */
    private static final int SHORT_BUFFER = 2048;

    private ArgumentMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "null-is-empty", "takes a null path for an empty one", "R2.7", (task, call, record) -> {
                            // Under KERNEL, R2.35 makes the same demand.
                            if (record.mitigation() == Mitigation.STASH
                                    && !record.isConnect()
                                    && CallMemory.pathPointer(call) == 0) {
                                record.argument(new byte[0]);
                                record.provenance(Provenance.ENTER);
                            }
                        }),
                MutantFactory.lying(
                        "fault-forgotten",
                        "does not say of an unreadable path that it tried",
                        "R2.8",
                        (task, call, record) -> {
                            if (!record.isConnect()
                                    && record.provenance() == Provenance.NONE
                                    && CallMemory.pathPointer(call) != 0) {
                                record.clear(EventFlag.FAULTED);
                            }
                        }),
                MutantFactory.lying(
                        "absent-with-provenance",
                        "says of an unreadable path that it was read at entry",
                        "R2.8",
                        (task, call, record) -> {
                            if (record.mitigation() == Mitigation.STASH
                                    && !record.isConnect()
                                    && record.provenance() == Provenance.NONE
                                    && CallMemory.pathPointer(call) != 0) {
                                record.provenance(Provenance.ENTER);
                            }
                        }),
                MutantFactory.lying(
                        "flags-sign-extended", "extends the sign of 32-bit flags", "R2.9", (task, call, record) -> {
                            if (call.syscall() == Syscall.OPEN || call.syscall() == Syscall.OPENAT) {
                                record.number(
                                        RecordLayout.OPEN_FLAGS,
                                        record.number(RecordLayout.OPEN_FLAGS) << Integer.SIZE >> Integer.SIZE);
                            }
                        }),
                MutantFactory.lying(
                        "creat-without-flags", "leaves the flags of creat at 0", "R2.10", (task, call, record) -> {
                            if (call.syscall() == Syscall.CREAT) {
                                record.number(RecordLayout.OPEN_FLAGS, 0);
                            }
                        }),
                MutantFactory.lying("short-buffer", "cuts paths to 2048 bytes", "R10.1", (task, call, record) -> {
                    if (!record.has(EventFlag.TRUNCATED) && record.argument().length > SHORT_BUFFER) {
                        record.argument(Arrays.copyOf(record.argument(), SHORT_BUFFER));
                    }
                }),
                MutantFactory.lying(
                        "truncated-silently", "does not say that it cut a path", "R10.2", (task, call, record) -> {
                            if (!record.isConnect()) {
                                record.clear(EventFlag.TRUNCATED);
                            }
                        }),
                MutantFactory.lying("utf-8", "decodes paths as UTF-8", "R10.3", (task, call, record) -> {
                    if (!record.isConnect() && record.provenance() != Provenance.NONE) {
                        byte[] path = record.argument();
                        byte[] decoded = new String(path, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
                        if (!Arrays.equals(path, decoded)) {
                            record.argument(decoded);
                        }
                    }
                }),
                MutantFactory.lacking(
                        "withheld-silently",
                        "leaves out a path that is no text, and does not say so",
                        "R10.3",
                        Feature.ANY_BYTES,
                        "strings travel as text",
                        (task, call, record) -> {
                            byte[] path = record.isConnect() ? new byte[0] : record.argument();
                            if (!Arrays.equals(
                                    path, new String(path, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))) {
                                record.clearArgument();
                            }
                        }),
                MutantFactory.lying(
                        "empty-is-absent", "takes an empty path for none", "R10.4", (task, call, record) -> {
                            if (!record.isConnect() && record.argument().length == 0) {
                                record.clearArgument();
                            }
                        }),
                MutantFactory.broken(
                        "shared-scratch",
                        "keeps the mode of an open in memory that all threads share",
                        "R1.13",
                        ScratchMode::seams));
    }
}
