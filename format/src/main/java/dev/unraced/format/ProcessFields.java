// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.event.ProcessView.Type.ALIVE;
import static dev.unraced.event.ProcessView.Type.EXEC;
import static dev.unraced.event.ProcessView.Type.EXEC_FAILED;
import static dev.unraced.event.ProcessView.Type.EXIT;
import static dev.unraced.event.ProcessView.Type.FORK;
import static dev.unraced.format.EventFields.ABI;
import static dev.unraced.format.EventFields.FLAGS;
import static dev.unraced.format.EventFields.INTEGRITY;
import static dev.unraced.format.EventFields.MITIGATION;
import static dev.unraced.format.EventFields.PROVENANCE;
import static dev.unraced.format.JsonField.bytes;
import static dev.unraced.format.JsonType.BOOLEAN;
import static dev.unraced.format.JsonType.COUNT;
import static dev.unraced.format.JsonType.MAP;
import static dev.unraced.format.JsonType.NUMBER;
import static dev.unraced.format.JsonType.TEXT;
import static dev.unraced.format.JsonType.TIME;
import static dev.unraced.format.JsonType.array;
import static dev.unraced.format.JsonType.object;
import static dev.unraced.format.JsonType.text;
import static dev.unraced.format.JsonType.word;

import dev.unraced.event.ProcessView;
import dev.unraced.process.Absence;
import dev.unraced.process.ContainerAbsence;
import java.util.List;

/** The fields that {@link JsonEventWriter} writes of processes, as {@code docs/reference/events.md} explains them. */
public final class ProcessFields {
    private static final JsonType MASK = text("^0x[0-9a-f]+$");

    private static final JsonType TERMINAL =
            object("terminal", List.of(field("device_major, device_minor", NUMBER, "numbers of the device")));

    /** A container. */
    public static final JsonType CONTAINER = object(
                    "container",
                    List.of(
                            field(
                                    "id",
                                    TEXT,
                                    "the id in the innermost name of a container; of systemd-nspawn, machined and LXC "
                                            + "the name"),
                            field(
                                    "runtime",
                                    TEXT,
                                    "`docker`, `containerd`, `cri-o`, `podman`, `systemd-nspawn`, `lxc`; `machined` of "
                                            + "`machine-NAME.scope` but for libvirt's; `kubernetes` where the path has a pod and "
                                            + "an id alone, `unknown` where an id alone; `gvisor`"),
                            field(
                                            "outer",
                                            array(TEXT),
                                            "the ids of the containers around it, the outermost first; only if there are any")
                                    .orAbsent(),
                            field(
                                            "delegated_to",
                                            NUMBER,
                                            "the user whose part of the hierarchy this is by systemd's names `user-UID.slice` or "
                                                    + "`user@UID.service`, unless it is root. This user can make such a cgroup without any "
                                                    + "container, and name it after any other's. Parts that are delegated otherwise do not "
                                                    + "show")
                                    .orAbsent(),
                            field(
                                            "pod",
                                            TEXT,
                                            "the uid of the pod in the path, or else the one that the runtime tells; only where "
                                                    + "one of them does")
                                    .orAbsent(),
                            field(
                                            "name",
                                            TEXT,
                                            "the container's name in its pod; null of the one that only holds the pod's "
                                                    + "namespaces, and where the names are not known")
                                    .orNull()
                                    .orAbsent(),
                            field("name_unknown", word(ContainerAbsence.class), "why they are not known; only then")
                                    .orAbsent(),
                            field(
                                            "image, image_id",
                                            TEXT,
                                            "the image as the pod names it, and its digest or id at the runtime; or null")
                                    .orNull()
                                    .orAbsent("pod"),
                            field("pod_name, pod_namespace", TEXT, "the pod").orAbsent("pod"),
                            field(
                                            "pod_labels",
                                            MAP,
                                            "the pod's labels as they were when this node made it, in the order of their keys: "
                                                    + "at most 32, of 4,096 characters together. Later changes do not reach the runtime. "
                                                    + "Labels of the kubelet's own (`io.kubernetes.pod.`) are left out")
                                    .orAbsent("pod"),
                            field("pod_labels_omitted", COUNT, "how many more there are; only if there are any")
                                    .orAbsent()))
            .withTable();

    private static final JsonType PARENT = object(
            "parent",
            List.of(
                    field("tgid", NUMBER, "the process"),
                    bytes(
                                    "executable",
                                    "the path of its program at the fork; null where an event that told of it was lost "
                                            + "or left out")
                            .orNull(),
                    field("device_major, device_minor", NUMBER, "device of that program's file")
                            .orNull(),
                    field("inode", COUNT, "its inode number").orNull(),
                    field("mount_ns", NUMBER, "the mount namespace in which the program began")
                            .orNull(),
                    field("flags", FLAGS, "flags of the executable"),
                    field(
                                    "as_of_fork",
                                    BOOLEAN,
                                    "false of the parent of a process that was there when the capture opened: it may "
                                            + "have executed that program after the fork")
                            .orAbsent()));

    private static final JsonType PROCESS = object(
            "process",
            List.of(
                    field("start_ns", NUMBER, "when the process began"),
                    field("exec_id", NUMBER, "names the image, as in a process event"),
                    bytes("executable", "the path of the program").orNull(),
                    field("device_major, device_minor", NUMBER, "device of its file")
                            .orNull(),
                    field("inode", COUNT, "inode number of its file").orNull(),
                    field(
                                    "program_unknown",
                                    word(Absence.class),
                                    "why nothing is known of the program: NOT_SEEN (its forker's events were lost or "
                                            + "left out) or EXEC_MISSED (an exec of the forker's was)")
                            .orAbsent(),
                    field("flags", FLAGS, "flags of the executable, and TRUNCATED and FAULTED of the arguments"),
                    field(
                                    "arguments",
                                    array(TEXT),
                                    "the arguments; null where they are not known: of a program that ran before the "
                                            + "capture, FAULTED and WITHHELD")
                            .orNull()
                            .orHex(),
                    field("effective_uid", NUMBER, "as it was when the image began"),
                    field("terminal", TERMINAL, "likewise; absent where it is not known")
                            .orNull()
                            .orAbsent(),
                    field("parents", array(PARENT), "the processes from which it descends, as they were at the forks"),
                    field(
                                    "parents_cut",
                                    BOOLEAN,
                                    "true where there are more than these: of the next one no event told, or it is "
                                            + "further away than 64 forks")
                            .orAbsent()));

    /** The fields that tell of the process behind a call. */
    public static final List<JsonField> OF_CALL = List.of(
            bytes("user", "the real user's name, as in a process event")
                    .orNull()
                    .orAbsent("processes"),
            bytes("cgroup", "path of the cgroup; null until an exec, an ALIVE or the kernel names it")
                    .orNull()
                    .orAbsent("processes"),
            field("container", CONTAINER, "the container; only where the cgroup's name is one of a container")
                    .orAbsent(),
            field("process", PROCESS, "the process as it was when the call was made")
                    .orNull()
                    .orAbsent("processes"),
            field(
                            "process_unknown",
                            word(Absence.class),
                            "why `process` is null ([reasons](../events.md#who-did-it)); only then")
                    .orAbsent());

    private static final JsonType CREDENTIALS = object(
            "credentials",
            List.of(
                    field("uid, gid, effective_uid, effective_gid", NUMBER, "real and effective ids"),
                    field("capabilities", MASK, "effective capabilities, in hexadecimal")));

    private static final JsonType EXECUTABLE = object(
            "executable",
            List.of(
                    bytes("path", "the path of the file").orNull(),
                    field(
                            "device_major, device_minor",
                            NUMBER,
                            "the device of its superblock; 0 without `EXECUTABLE_INODE`"),
                    field("inode", COUNT, "its inode number; 0 likewise")));

    /** The fields of process events. */
    public static final List<JsonField> EVENT = List.of(
            field(
                    "type",
                    word(ProcessView.Type.class),
                    "FORK, EXEC, EXEC_FAILED, EXIT; ALIVE of a process that was there when the capture "
                            + "opened, which `watch` does not print"),
            field(
                    "time",
                    TIME,
                    "when it happened; of an ALIVE that a server tells a later subscriber, the time of "
                            + "the event that told of this image last, as are its ids, capabilities, parent, "
                            + "session and cgroup"),
            field("time_ns", NUMBER, "the same, in nanoseconds of CLOCK_BOOTTIME"),
            field("tgid, start_ns", NUMBER, "the process; of a fork the child. Together they name it for good"),
            field(
                    "tid",
                    NUMBER,
                    "of an exec the id that the executing thread had before, of a failed exec the thread "
                            + "that tried, of an exit the last thread"),
            field(
                    "exec_id",
                    NUMBER,
                    "how many programs the process and its ancestors have executed; with `tgid` and "
                            + "`start_ns` it names the image."),
            field(
                    "parent_tgid, parent_start_ns",
                    NUMBER,
                    "the parent as the kernel has it; with CLONE_PARENT, and of an orphan, it is not the " + "forker"),
            field("forker_tgid", NUMBER, "the process that forked").in(FORK),
            field("own_tgid, session", NUMBER, "the id in the process's own pid namespace; the session's leader"),
            field(
                            "terminal",
                            TERMINAL,
                            "`device_major` and `device_minor` of the controlling terminal, which ps(1) names "
                                    + "under TTY and `/proc/PID/stat` as `tty_nr`; null where there is none; no such field "
                                    + "where it is not known: without `TERMINALS`, in recordings of before it, with `ebpf` "
                                    + "where the process lost it at that very moment, and of what is alive when one "
                                    + "subscribes to a server later")
                    .orNull()
                    .orAbsent(),
            field("uid, gid, effective_uid, effective_gid", NUMBER, "real and effective ids, after the event"),
            field("capabilities", MASK, "effective capabilities after the event, in hexadecimal"),
            bytes(
                            "user",
                            "the real user's name as this machine's resolver (NSS) tells it; null where there is "
                                    + "none, where it is not known yet, with other drivers than `ebpf` and `kmod`, whose "
                                    + "ids may be another machine's, and where the observer's root directory is not that "
                                    + "of process 1, as in a container: it would tell the users of the image. Of a caller "
                                    + "in a container it is this machine's name of the same id, to whom the kernel gives "
                                    + "the rights, and not that of the image's /etc/passwd, which whoever made the image "
                                    + "has chosen; within a user namespace `uid` is the id outside of it, whose name a "
                                    + "range of /etc/subuid seldom has")
                    .orNull(),
            bytes("comm", "as in an event of a call").orNull(),
            field("cgroup_id", COUNT, "as in an event of a call"),
            field("mount_ns, pid_ns", NUMBER, "as in an event of a call"),
            bytes(
                            "cgroup",
                            "path of the cgroup's directory in the v2 hierarchy, as the kernel has it; the "
                                    + "kernel tells it with an exec and an ALIVE, and others have it by their `cgroup_id`, "
                                    + "or null")
                    .orNull()
                    .orAbsent(),
            field("container", CONTAINER, "as in an event of a call, below; with `gvisor` by `container_id`")
                    .orAbsent(),
            field("process", PROCESS, "the program that called, as in an event of a call")
                    .orNull()
                    .orAbsent()
                    .in(EXEC_FAILED),
            field("process_unknown", word(Absence.class), "why `process` is null; only then")
                    .orAbsent()
                    .in(EXEC_FAILED),
            field(
                            "exec_call",
                            word(ProcessView.ExecCall.class),
                            "EXECVE or EXECVEAT, UNKNOWN where the entry was missed")
                    .in(EXEC, EXEC_FAILED),
            field("abi", ABI, "the calling convention").in(EXEC, EXEC_FAILED),
            field(
                            "before",
                            CREDENTIALS,
                            "`uid`, `gid`, `effective_uid`, `effective_gid` and `capabilities` of the thread "
                                    + "when the call entered; null where the call is UNKNOWN")
                    .orNull()
                    .in(EXEC),
            bytes(
                            "path",
                            "the path that was asked for; `/dev/fd/N` where a successful execveat(2) took a "
                                    + "descriptor")
                    .orNull()
                    .in(EXEC, EXEC_FAILED),
            field(
                            "path_provenance",
                            PROVENANCE,
                            "where the path was read: `KERNEL` of an exec that succeeded (R16.2); `NONE` where "
                                    + "there is none, and in recordings of before it was told")
                    .in(EXEC, EXEC_FAILED),
            field(
                            "path_integrity",
                            INTEGRITY,
                            "MATCH of the kernel's copy; CHANGED where the memory had another path at the entry, "
                                    + "or of a failed exec at the return; else UNCHECKED, as the path `/dev/fd/3` that the "
                                    + "kernel makes of a descriptor")
                    .in(EXEC, EXEC_FAILED),
            field("dirfd", NUMBER, "the directory of execveat(2), raw").in(EXEC_FAILED),
            field("at_flags", MASK, "its flags, raw, in hexadecimal").in(EXEC_FAILED),
            field("enter_ns", NUMBER, "time of entry; 0 when it was missed").in(EXEC_FAILED),
            field("mitigation", MITIGATION, "the mode").in(EXEC_FAILED),
            field("result", NUMBER, "-errno").in(EXEC_FAILED),
            field("errno", TEXT, "its name; null where it has none").orNull().in(EXEC_FAILED),
            bytes(
                            "container_id",
                            "the container's id where the driver knows it otherwise than by the cgroup "
                                    + "(`gvisor`); elsewhere there is no such field")
                    .orAbsent(),
            bytes("interpreter", "the interpreter as a script names it; else null")
                    .orNull()
                    .in(EXEC),
            field("executable", EXECUTABLE, "the file that is executed; null where it could not be read")
                    .orNull()
                    .in(EXEC, ALIVE),
            field(
                            "arguments",
                            array(TEXT),
                            "the arguments, 4,095 bytes of them at the most; null where there are none to tell. "
                                    + "Where they are no text, `arguments_hex` has their bytes, each with a NUL at its end")
                    .orNull()
                    .orHex()
                    .in(EXEC),
            field("arguments_size", NUMBER, "the size of all").in(EXEC),
            field("status", NUMBER, "what wait(2) tells the parent").in(EXIT),
            field("exit_code, signal", NUMBER, "the code or the signal in it; the other one is null")
                    .orNull()
                    .in(EXIT),
            field(
                    "flags",
                    FLAGS,
                    "of the executable as of an opened file; TRUNCATED and FAULTED are about the "
                            + "arguments; WITHHELD: of an exec nothing of these is told, of an exit only that the "
                            + "sandbox is gone; of a failed exec about the path, and ENTER_MISSED, STASH_FULL, "
                            + "EVICTED and EXECUTION_UNKNOWN as of a call"),
            field("source", COUNT, "as in an event of a call, but numbers of their own"),
            field("sequence", COUNT, "likewise"));

    private ProcessFields() {}

    private static JsonField field(String names, JsonType type, String meaning) {
        return JsonField.of(names, type, meaning);
    }
}
