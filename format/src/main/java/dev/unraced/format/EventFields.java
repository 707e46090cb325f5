// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import static dev.unraced.format.JsonField.bytes;
import static dev.unraced.format.JsonType.BOOLEAN;
import static dev.unraced.format.JsonType.COUNT;
import static dev.unraced.format.JsonType.NUMBER;
import static dev.unraced.format.JsonType.TEXT;
import static dev.unraced.format.JsonType.TIME;
import static dev.unraced.format.JsonType.array;
import static dev.unraced.format.JsonType.object;
import static dev.unraced.format.JsonType.text;
import static dev.unraced.format.JsonType.word;

import dev.unraced.event.Abi;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventType;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The fields that {@link JsonEventWriter} writes of a call, as {@code docs/reference/events.md} explains them. */
public final class EventFields {
    static final JsonType PROVENANCE = word(Provenance.class);
    static final JsonType INTEGRITY = word(Integrity.class);
    static final JsonType ABI = word(Abi.class);
    static final JsonType MITIGATION = word(Mitigation.class);
    /** A flag that a newer driver has, and that has no name here, is a number. */
    static final JsonType FLAGS = array(word(EventFlag.class).orText("^0x[0-9a-f]+$"));

    private static final JsonType FAMILY = text("^AF_[A-Z0-9]+$");
    private static final JsonType SOCKET_TYPE = text("^SOCK_[A-Z0-9]+$");
    private static final JsonType HEX = text("^([0-9a-f]{2})*$");

    /** The fields of every call. */
    public static final List<JsonField> CALL = List.of(
            field(
                    "type",
                    word(EventType.class),
                    "`MERGED`, a whole call; or, with enter events on, `ENTER`: that a call entered, "
                            + "with its arguments as read then"),
            field(
                    "time",
                    TIME,
                    "when the call returned, of an enter event when it entered: UTC, ISO 8601, "
                            + "microseconds; see *Time* below"),
            field("syscall", word(syscalls()), "`open`, `openat`, `openat2`, `creat`, `connect`"),
            field("abi", ABI, "calling convention: `NATIVE`, `IA32`, `X32`"),
            field("origin", word(Origin.class), "`SYSCALL`, or `IO_URING` for a request on a ring"),
            field("mitigation", MITIGATION, "the mode under which this event was made: `OFF`, `STASH`, `KERNEL`"),
            field(
                            "enter_ns",
                            NUMBER,
                            "when the call entered, in nanoseconds of CLOCK_BOOTTIME; null when that was not "
                                    + "observed")
                    .orNull(),
            field("exit_ns", NUMBER, "when it returned, likewise; null of an enter event")
                    .orNull(),
            field("duration_ns", NUMBER, "`exit_ns - enter_ns`, in nanoseconds").orNull(),
            field("source", COUNT, "whose sequence this is: a CPU, a connection, or 0"),
            field("sequence", COUNT, "number within the source, from 1; a gap is a loss of exactly that size"),
            field(
                            "result",
                            NUMBER,
                            "the raw return value: a descriptor or 0, or the negated errno; null of an enter "
                                    + "event")
                    .orNull(),
            field(
                            "error",
                            TEXT,
                            "name of the errno, such as `ENOENT`; null when the call succeeded or the number has "
                                    + "no name")
                    .orNull(),
            field(
                    "interrupted",
                    BOOLEAN,
                    "a signal interrupted the call in a way that the kernel hides from the program "
                            + "(ERESTARTSYS and its kin)"),
            field("tid", NUMBER, "thread id, as the initial pid namespace has it"),
            field("tgid", NUMBER, "thread group id, which is to say process id"),
            field(
                    "thread_start_ns",
                    NUMBER,
                    "when the thread started, in nanoseconds of CLOCK_BOOTTIME; names a thread for good "
                            + "together with `tid`"),
            field("parent_tgid", NUMBER, "thread group id of the parent"),
            field("uid, gid", NUMBER, "real user and group id, as the initial user namespace has them"),
            bytes(
                            "comm",
                            "name of the thread, at most 15 bytes; another thread can change it at any time, so "
                                    + "it proves nothing")
                    .orNull(),
            field("cgroup_id", COUNT, "inode number of the cgroup v2 directory"),
            field("mount_ns, pid_ns", NUMBER, "inode numbers of the mount and the pid namespace"),
            bytes("container_id", "id of the container, where the driver knows it")
                    .orNull(),
            field("flags", FLAGS, "limits of what the event can be trusted for; see *Flags* below"));

    private static final JsonType FILE = object(
            "file",
            List.of(
                    bytes(
                                    "path",
                                    "where it lies, from the root of the caller's mount namespace; with "
                                            + "RESOLVED_TRUNCATED only the tail, then without a leading slash")
                            .orNull(),
                    field("device_major, device_minor", NUMBER, "device of its superblock"),
                    field("inode", COUNT, "its inode number"),
                    field("created", BOOLEAN, "whether this call created it")));

    /** The fields that an open has besides. */
    public static final List<JsonField> OPEN = List.of(
            field(
                    "dirfd",
                    NUMBER,
                    "directory that a relative path starts at; -100 (AT_FDCWD) is the working directory"),
            bytes("path", "the path as passed; null when it was NULL or unreadable, `\"\"` when it was empty")
                    .orNull(),
            field(
                    "path_provenance",
                    PROVENANCE,
                    "where its bytes were read: `KERNEL` (R2.17), `ENTER` (R2.1), `EXIT` (forgeable, "
                            + "R2.18), `NONE` (R2.8)"),
            field(
                    "path_integrity",
                    INTEGRITY,
                    "whether they held: `MATCH` (proven), `CHANGED` (evidence of an attack), `DIFFERS`, "
                            + "`UNCHECKED`"),
            field("open_flags", COUNT, "the flags, raw as passed"),
            field(
                    "open_flag_names",
                    array(TEXT),
                    "the same, decoded for the machine that prints; the access mode first, bits without "
                            + "a name last, as one hexadecimal string"),
            field(
                    "mode",
                    COUNT,
                    "permission bits, raw as passed (420 is 0644); garbage is possible without O_CREAT "
                            + "or O_TMPFILE"),
            field("resolve", COUNT, "`resolve` of openat2's `struct open_how`; 0 for the other calls"),
            field("resolve_names", array(TEXT), "the same, decoded"),
            field("how_size", COUNT, "the size argument of openat2, in bytes; 0 for the other calls"),
            field("how_provenance", PROVENANCE, "as for the path, of flags, mode and resolve"),
            field("how_integrity", INTEGRITY, "as for the path"),
            field(
                            "file",
                            FILE,
                            "the file that was really opened (R2.20), as far as no [flag](#flags) weakens it; "
                                    + "null when the call failed or the file could not be read")
                    .orNull());

    /** An address. */
    public static final JsonType ADDRESS = object(
                    "address",
                    List.of(
                            field(
                                            "family",
                                            FAMILY,
                                            "`AF_INET`..., as of a socket; null when there are fewer than two bytes")
                                    .orNull(),
                            field("ip", TEXT, "AF_INET and AF_INET6, if long enough: the address, IPv6 by RFC 5952")
                                    .orAbsent("ip"),
                            field("port", COUNT, "likewise").orAbsent("ip"),
                            field("scope_id", COUNT, "likewise: the interface of a link-local IPv6 address, or 0")
                                    .orAbsent("ip"),
                            bytes(
                                            "path",
                                            "AF_UNIX: the path, or the abstract name without its leading NUL; null when unnamed")
                                    .orNull()
                                    .orAbsent("unix"),
                            field("abstract", BOOLEAN, "AF_UNIX: whether `path` is an abstract name")
                                    .orAbsent("unix"),
                            field(
                                    "hex",
                                    HEX,
                                    "all bytes of the `struct sockaddr`, in hexadecimal; the flow label of an IPv6 "
                                            + "address is 0 in `socket.local` and `socket.remote`")))
            .withTable();

    private static final JsonType SOCKET = object(
            "socket",
            List.of(
                    field("family", FAMILY, "`AF_INET`...; `AF_` and the number for a family that is not often met"),
                    field("type", SOCKET_TYPE, "`SOCK_STREAM`...; `SOCK_` and the number for an unknown one"),
                    field("protocol", NUMBER, "IPPROTO_*"),
                    field(
                                    "local, remote",
                                    ADDRESS,
                                    "the socket's own address, and its peer's; null also when the socket's family is "
                                            + "none of AF_INET, AF_INET6, AF_UNIX and AF_NETLINK")
                            .orNull()));

    /** The fields that a connect has besides. */
    public static final List<JsonField> CONNECT = List.of(
            field("fd", NUMBER, "the descriptor to connect"),
            field(
                            "address",
                            ADDRESS,
                            "the address as passed, at most `addrlen` bytes; null when it was NULL or unreadable")
                    .orNull(),
            field("addrlen", NUMBER, "its length in bytes, raw as passed"),
            field("address_provenance", PROVENANCE, "as for a path"),
            field("address_integrity", INTEGRITY, "as for the path"),
            field(
                            "block_provenance",
                            PROVENANCE,
                            "as for a path, of the block of socketcall(2) that held `fd`, the pointer to the "
                                    + "address and `addrlen`; not there when the call came in another way, or when the "
                                    + "block could not be read")
                    .orAbsent("block"),
            field("block_integrity", INTEGRITY, "as for the path").orAbsent("block"),
            field(
                            "socket",
                            SOCKET,
                            "the socket of the call (R2.30), as far as no [flag](#flags) weakens it; null when "
                                    + "there is none that is proven to be the call's")
                    .orNull());

    private EventFields() {}

    private static JsonField field(String names, JsonType type, String meaning) {
        return JsonField.of(names, type, meaning);
    }

    /** Returns the names of the calls. */
    private static List<String> syscalls() {
        return Arrays.stream(Syscall.values())
                .map(call -> call.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
