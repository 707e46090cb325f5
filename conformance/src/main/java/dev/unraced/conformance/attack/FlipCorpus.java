// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import dev.unraced.linux.OpenFlags;
import java.util.List;
import java.util.Locale;

/** Attacks in which another thread changes an argument while the call runs. */
final class FlipCorpus {
    private static final int MANY = Integer.MAX_VALUE;
    private static final int CLIENT = 1;
    private static final int LISTENER = 2;
    private static final int FIRST = 3;
    private static final int SECOND = 4;
    private static final int SWAPPED = 5;
    /** A family that no kernel connects an IPv4 socket to: AF_AX25. */
    private static final int OTHER_FAMILY = 3;

    private static final int DISCARD = 9;
    /** The most calls through io_uring, since each request needs a ring of its own. */
    private static final int RINGS = 2_000;
    /** The most calls on the FUSE file system, since each needs several answers of its server. */
    private static final int SERVED = 20_000;

    private FlipCorpus() {}

    static List<Attack> all() {
        return List.of(
                flip("flip", "A path is flipped all the while", "openat", "loop"),
                flip("flip-aimed", "A path is rewritten once, at any moment of the call", "openat", "sweep"),
                flip("flip-back", "A path is rewritten and restored, at any moment of the call", "openat", "back"),
                flip("flip-late", "A path is rewritten as soon as the call has returned", "openat", "late"),
                flip("flip-open", "A path of open is flipped all the while", "open", "loop"),
                flip("flip-openat2", "A path of openat2 is flipped all the while", "openat2", "loop"),
                flip("flip-creat", "A path of creat is flipped all the while", "creat", "loop"),
                of("flip-missing", "A path of an open that fails is flipped", Syscall.OPENAT, FlipCorpus::missing),
                of("flip-how", "The how of openat2 is flipped", Syscall.OPENAT2, FlipCorpus::how),
                connect("flip-connect", "An address is flipped all the while", "loop"),
                connect("flip-connect-aimed", "An address is rewritten once, at any moment of the call", "sweep"),
                connect("flip-connect-back", "An address is rewritten and restored, at any moment of the call", "back"),
                of(
                        "flip-refused",
                        "An address of a connect that fails is flipped",
                        Syscall.CONNECT,
                        FlipCorpus::refused),
                shared("flip-shared", "A path in shared memory is flipped by another process", "loop"),
                shared(
                        "flip-shared-back",
                        "A path in shared memory is rewritten and restored by another process",
                        "back"),
                connectShared(
                        "flip-connect-shared", "An address in shared memory is flipped by another process", "loop"),
                connectShared(
                        "flip-connect-shared-back",
                        "An address in shared memory is rewritten and restored by another process",
                        "back"),
                flip("userfaultfd", "A path is missing until the kernel's copy asks for it", "openat", "fault"),
                flip("cold-page", "A path that is not in memory is rewritten in mid-call", "openat", "cold"),
                new Attack(
                        "fuse",
                        "A path is rewritten while the open waits for the server of its file system",
                        List.of(Syscall.OPENAT),
                        Scope.PROCESS,
                        SERVED,
                        true,
                        FlipCorpus::served),
                connect("cold-address", "An address that is not in memory is rewritten in mid-call", "cold"),
                of("dirfd-swap", "The directory behind dirfd is swapped", Syscall.OPENAT, FlipCorpus::directory),
                other(
                        "io-uring",
                        "A path of a request on an io_uring is flipped",
                        Origin.IO_URING,
                        RINGS,
                        "via",
                        "io_uring"),
                other("ia32", "A path of a 32-bit call is flipped", Abi.IA32, MANY, "abi", "ia32"),
                other("x32", "A path of an x32 call is flipped", Abi.X32, MANY, "abi", "x32"));
    }

    private static Attack of(String name, String title, Capability needed, Attack.Play play) {
        return new Attack(name, title, List.of(needed), Scope.PROCESS, MANY, true, play);
    }

    private static Attack flip(String name, String title, String call, String aim) {
        Syscall needed = Syscall.valueOf(call.toUpperCase(Locale.ROOT));
        return of(name, title, needed, field -> files(field, new Race(field, call, aim)));
    }

    private static Attack other(String name, String title, Capability needed, int most, String key, String value) {
        return new Attack(
                name,
                title,
                List.of(Syscall.OPENAT, needed),
                Scope.PROCESS,
                most,
                true,
                field -> files(field, new Race(field, "openat", "loop").with(key, value)));
    }

    /** Makes an attack by a process that does not share the caller's descriptors, so a match can be proven. */
    private static Attack shared(String name, String title, String aim) {
        return of(name, title, Syscall.OPENAT, field -> files(field, new Race(field, "openat", aim).byProcess()));
    }

    private static Attack connect(String name, String title, String aim) {
        return of(name, title, Syscall.CONNECT, field -> peers(field, new Race(field, "connect", aim)));
    }

    private static Attack connectShared(String name, String title, String aim) {
        return of(name, title, Syscall.CONNECT, field -> peers(field, new Race(field, "connect", aim).byProcess()));
    }

    private static void peers(AttackField field, Race race) {
        new Sockets(field.actor()).datagram(CLIENT, Linux.AF_INET);
        race.with("fd", "h:" + CLIENT)
                .peers(SocketAddresses.inet(DISCARD, 127, 0, 0, 1), SocketAddresses.inet(DISCARD, 127, 0, 0, 2));
    }

    private static void files(AttackField field, Race race) {
        field.makeFile("a");
        field.makeFile("b");
        race.files(field.bytes("a"), field.bytes("b"));
    }

    private static void served(AttackField field) {
        field.makeDirectory("served");
        field.actor().ask(Command.of("fuse").with("path", field.bytes("served")));
        new Race(field, "openat", "fuse").files(field.bytes("served/a"), field.bytes("served/b"));
    }

    private static void missing(AttackField field) {
        field.makeDirectory("a");
        field.makeFile("b");
        new Race(field, "openat", "loop")
                .failures(
                        field.bytes("a/secret"), Linux.ENOENT,
                        field.bytes("b/secret"), Linux.ENOTDIR);
    }

    private static void refused(AttackField field) {
        Sockets sockets = new Sockets(field.actor());
        ByteString free = sockets.freeAddress(LISTENER);
        byte[] other = free.toByteArray();
        other[0] = OTHER_FAMILY;
        sockets.stream(CLIENT, Linux.AF_INET);
        requireRepeatedRefusal(field, WatchedCall.connect("h:" + CLIENT, free));
        new Race(field, "connect", "loop")
                .with("fd", "h:" + CLIENT)
                .failures(free, Linux.ECONNREFUSED, ByteString.copyOf(other), Linux.EAFNOSUPPORT);
    }

    /**
     * Refuses the attack unless a refused socket is refused again, as on Linux; other kernels end it after the first
     * refusal.
     */
    private static void requireRepeatedRefusal(AttackField field, WatchedCall call) {
        field.scenario().callUnobserved(call);
        long again = field.scenario().callUnobserved(call).result();
        field.scenario().takeEvents();
        if (again != Linux.ECONNREFUSED) {
            throw new ActorException(
                    "error unsupported: a socket that was refused once is told " + again + " the next time",
                    call.command("call"));
        }
    }

    private static void how(AttackField field) {
        field.makeFile("a");
        ByteString path = field.bytes("a");
        FileId file = FileId.of(field.actor().ask(Command.of("stat").with("path", path)));
        new Race(field, "openat2", "loop")
                .with("path", Pointer.to(path).text())
                .run(
                        Linux.how(Linux.O_RDONLY, 0, 0, OpenFlags.OPEN_HOW_SIZE),
                        Linux.how(Linux.O_RDWR, 0, 0, OpenFlags.OPEN_HOW_SIZE),
                        KernelOutcome.file(
                                new OpenHow(Linux.O_RDONLY, 0, 0, OpenFlags.OPEN_HOW_SIZE), file, path, true),
                        KernelOutcome.file(new OpenHow(Linux.O_RDWR, 0, 0, OpenFlags.OPEN_HOW_SIZE), file, path, true),
                        event -> ((OpenEvent) event).how());
    }

    private static void directory(AttackField field) {
        ByteString name = ByteString.utf8("file");
        for (String directory : List.of("a", "b")) {
            field.makeDirectory(directory);
            field.makeFile(directory + "/file");
        }
        keep(field, "a", FIRST);
        keep(field, "b", SECOND);
        keep(field, "a", SWAPPED);
        field.scenario().takeEvents();
        new Race(field, "openat", "directory")
                .with("dirfd", "h:" + SWAPPED)
                .with("first", "h:" + FIRST)
                .with("second", "h:" + SECOND)
                .run(name, name, inDirectory(field, "a/file"), inDirectory(field, "b/file"));
    }

    private static void keep(AttackField field, String directory, int handle) {
        field.scenario()
                .call(WatchedCall.openat(Pointer.to(field.bytes(directory)), Linux.O_PATH, 0)
                        .keep(handle));
    }

    /**
     * Returns an outcome under which a match is right: the name lies in the directory that the call used, whichever it
     * was.
     */
    private static KernelOutcome inDirectory(AttackField field, String name) {
        ByteString place = field.bytes(name);
        FileId file = FileId.of(field.actor().ask(Command.of("stat").with("path", place)));
        return KernelOutcome.file(ByteString.utf8("file"), file, place, true);
    }
}
