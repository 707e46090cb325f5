// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.conformance.mutant.Mutant;
import dev.unraced.event.EventFlag;
import dev.unraced.event.RecordLayout;
import dev.unraced.mutants.fault.MutantFactory;
import dev.unraced.mutants.fault.Results;
import dev.unraced.sim.fs.FileType;
import dev.unraced.sim.fs.OpenFile;
import dev.unraced.sim.kernel.Call;
import java.util.Arrays;
import java.util.List;

/** Mutants that are wrong about the opened file. */
final class OpenedFileMutants {
    private OpenedFileMutants() {}

    static List<Mutant> all() {
        return List.of(
                MutantFactory.lying(
                        "file-of-a-failure",
                        "finds a file behind an open that failed",
                        "R2.19",
                        (task, call, record) -> {
                            if (!record.isConnect() && record.result() == Results.EISDIR) {
                                record.set(EventFlag.HAS_FILE);
                            }
                        }),
                MutantFactory.lying(
                        "created-nothing",
                        "says of a failed open that it created a file",
                        "R2.19",
                        (task, call, record) -> {
                            if (!record.isConnect() && record.result() == Results.EISDIR) {
                                record.set(EventFlag.CREATED);
                            }
                        }),
                MutantFactory.lying(
                        "directory-device",
                        "swaps the halves of a directory's device",
                        "R2.20",
                        (task, call, record) -> {
                            if (isType(call, FileType.DIRECTORY)) {
                                int major = record.small(RecordLayout.OPEN_DEVICE_MAJOR);
                                record.small(
                                        RecordLayout.OPEN_DEVICE_MAJOR, record.small(RecordLayout.OPEN_DEVICE_MINOR));
                                record.small(RecordLayout.OPEN_DEVICE_MINOR, major);
                            }
                        }),
                MutantFactory.lying(
                        "requested-as-resolved",
                        "takes an absolute requested path for the resolved one",
                        "R2.21 R2.41 R2.42 R2.48 R3.5",
                        (task, call, record) -> {
                            byte[] requested = record.isConnect() ? new byte[0] : record.argument();
                            if (record.has(EventFlag.HAS_FILE) && requested.length > 0 && requested[0] == '/') {
                                record.slice(RecordLayout.OPEN_RESOLVED, requested);
                            }
                        }),
                MutantFactory.lying(
                        "may-create-is-created", "takes O_CREAT for a new file", "R2.22", (task, call, record) -> {
                            if (record.has(EventFlag.HAS_FILE)
                                    && (record.number(RecordLayout.OPEN_FLAGS) & Results.O_CREAT) != 0) {
                                record.set(EventFlag.CREATED);
                            }
                        }),
                MutantFactory.lying(
                        "unnamed-is-not-created",
                        "takes the kernel's word for what was created, which has none for a file without a name",
                        "R2.22",
                        (t, c, r) -> {
                            if (r.has(EventFlag.HAS_FILE) && (c.register(2) & Results.O_TMPFILE) != 0) {
                                r.clear(EventFlag.CREATED);
                            }
                        }),
                MutantFactory.lying(
                        "unnamed-is-directory",
                        "gives a file without a name that of its directory",
                        "R2.23",
                        (t, c, r) -> {
                            if (r.has(EventFlag.HAS_FILE) && (c.register(2) & Results.O_TMPFILE) != 0) {
                                r.clear(EventFlag.DELETED);
                                r.slice(RecordLayout.OPEN_RESOLVED, r.argument());
                            }
                        }),
                MutantFactory.lying(
                        "no-file-for-a-link",
                        "has no file for a link opened with O_PATH",
                        "R2.24",
                        (task, call, record) -> {
                            if (isType(call, FileType.SYMLINK)) {
                                FailureMutants.clearFile(record);
                            }
                        }),
                MutantFactory.lying(
                        "detached-silently",
                        "does not say that a mount is attached nowhere",
                        "R2.33",
                        (task, call, record) -> record.clear(EventFlag.DETACHED)),
                MutantFactory.lying(
                        "foreign-silently",
                        "does not say that a file lies in another mount namespace",
                        "R2.33 R2.46",
                        (t, c, r) -> r.clear(EventFlag.FOREIGN_MOUNT_NS)),
                MutantFactory.lying(
                        "tail-silently",
                        "does not say that it kept but the tail of a path",
                        "R2.21",
                        (task, call, record) -> record.clear(EventFlag.RESOLVED_TRUNCATED)),
                MutantFactory.lying(
                        "unlinked-start",
                        "keeps the head of a resolved path that is too long",
                        "R2.21",
                        (task, call, record) -> {
                            if (record.has(EventFlag.RESOLVED_TRUNCATED)) {
                                byte[] tail = record.slice(RecordLayout.OPEN_RESOLVED);
                                record.slice(RecordLayout.OPEN_RESOLVED, Arrays.copyOf(tail, tail.length - 1));
                            }
                        }));
    }

    private static boolean isType(Call call, FileType type) {
        OpenFile file = call.file();
        return file != null && file.inode().type() == type;
    }
}
