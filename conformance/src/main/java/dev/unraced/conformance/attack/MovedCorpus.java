// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.KernelOutcome.FileId;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.OpenFlags;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attacks that move files, directories, mounts and descriptors while an open runs or before it is looked at. */
final class MovedCorpus {
    static final String TORN_PATH = "torn-path";
    static final String RENAME = "rename";
    static final String FD_SWAP = "fd-swap";
    static final String MOUNT_STORM = "mount-storm";

    private static final int MANY = Integer.MAX_VALUE;
    private static final int FEW = 200;
    /** The most calls in one command, whose whole answer is needed. */
    private static final int BATCH = 5_000;

    private static final int MOUNTS = 1_100;
    private static final int STORMS = 200;
    /**
     * The longest allowed time of 95 in 100 calls; on slow machines LONGEST_RATIO times the time without the mounts is
     * allowed.
     */
    private static final long LONGEST_NANOS = 1_000_000;

    private static final long LONGEST_RATIO = 50;
    /** The number under which the actor keeps a descriptor. */
    private static final int BELOW = 1;

    private MovedCorpus() {}

    static List<Attack> all() {
        return List.of(
                of(
                        TORN_PATH,
                        "R2.47",
                        "",
                        "Directories above the directory of an openat change names all the while",
                        List.of(Syscall.OPENAT, Feature.RESOLVED_PATH),
                        MovedCorpus::tornPath),
                of(
                        TORN_PATH,
                        "R2.47",
                        "-mount",
                        "The mount of the opened file is moved while the file is opened",
                        List.of(Syscall.OPENAT, Feature.RESOLVED_PATH),
                        field -> inTrees(field, Command.of("moved-mount"), ByteString.utf8("file"))),
                moved("", "The opened file is renamed before the call returns", "file"),
                moved("-directory", "The directory of the opened file is renamed before the call returns", "directory"),
                swapped("", "A thread puts another file behind the descriptor before the call returns", "dup2"),
                swapped("-reopen", "A thread closes the descriptor and gets it for another file", "reopen"),
                base("", "A process that shares the working directory changes it in mid-call", "cwd", MANY, true),
                base(
                        "-in-root",
                        "RESOLVE_IN_ROOT makes another directory the root than the caller's",
                        "in-root",
                        FEW,
                        false),
                new Attack(
                                MOUNT_STORM,
                                "Thousands of mounts make the names of a long path dear to check",
                                List.of(Syscall.OPENAT),
                                Scope.FAMILY,
                                STORMS,
                                false,
                                MovedCorpus::mountStorm)
                        .of(MOUNT_STORM, "R2.48"),
                of(
                        MOUNT_STORM,
                        "R2.48",
                        "-covered",
                        "The file lies under a mount that the search for mounts does not reach",
                        List.of(Syscall.OPENAT, Feature.RESOLVED_PATH),
                        MovedCorpus::covered));
    }

    private static void tornPath(AttackField field) {
        inTrees(field, Command.of(TORN_PATH), ByteString.utf8("f"));
    }

    /** Makes an attack on the directory that a path starts from. A call that went through the link has no proof. */
    private static Attack base(String suffix, String title, String how, int calls, boolean race) {
        Syscall syscall = race ? Syscall.OPENAT : Syscall.OPENAT2;
        return new Attack(
                "base-swap" + suffix,
                title,
                List.of(syscall),
                race ? Scope.PROCESS : Scope.FAMILY,
                calls,
                race,
                field -> {
                    int tree = 0;
                    for (int left = field.calls(); left > 0; left -= BATCH) {
                        String base = "tree" + tree++;
                        field.makeDirectory(base);
                        Command command =
                                Command.of("base-swap").with("how", how).with("base", field.bytes(base));
                        Reply reply = field.once(command, Math.min(left, BATCH));
                        ByteString place = paths(reply.text("places")).get(0);
                        ByteString passed = ByteString.utf8(race ? "x" : "/x");
                        FileId file = FileId.of(reply);
                        field.judgeLetters(
                                reply,
                                Map.of(
                                        'a', KernelOutcome.file(passed, file, place, true),
                                        'l', KernelOutcome.file(passed, file, place, false)));
                    }
                });
    }

    private static Attack moved(String suffix, String title, String how) {
        return of(
                RENAME,
                "R2.47",
                suffix,
                title,
                List.of(Syscall.OPENAT),
                field -> inTrees(field, Command.of("moved").with("how", how), null));
    }

    /** Plays batches, each with a tree of its own. The file stays the same, under one of several names. */
    private static void inTrees(AttackField field, Command command, @Nullable ByteString name) {
        int tree = 0;
        for (int left = field.calls(); left > 0; left -= BATCH) {
            String base = "tree" + tree++;
            field.makeDirectory(base);
            Reply reply = field.once(command.with("base", field.bytes(base)), Math.min(left, BATCH));
            List<ByteString> places = paths(reply.text("places"));
            ByteString passed = name == null ? places.get(0) : name;
            KernelOutcome file = KernelOutcome.file(passed, FileId.of(reply), Set.copyOf(places), true);
            field.judgeLetters(reply, Map.of('a', file));
        }
    }

    private static List<ByteString> paths(String hexadecimal) {
        return Arrays.stream(hexadecimal.split(","))
                .map(hex -> ByteString.copyOf(HexFormat.of().parseHex(hex)))
                .toList();
    }

    private static Attack swapped(String suffix, String title, String how) {
        return of(FD_SWAP, "R2.41", suffix, title, List.of(Syscall.OPENAT), field -> {
            field.makeFile("secret");
            field.makeFile("decoy");
            ByteString secret = field.bytes("secret");
            field.play(
                    Command.of(FD_SWAP).with("how", how).with("a", secret).with("b", field.bytes("decoy")),
                    Map.of('a', KernelOutcome.file(secret, field.id("secret")).unless(EventFlag.FD_TABLE_SHARED)));
        });
    }

    private static void mountStorm(AttackField field) {
        field.makeDirectory("tree");
        Reply reply = field.once(
                Command.of(MOUNT_STORM).with("base", field.bytes("tree")).with("mounts", MOUNTS), field.calls());
        long bound = Math.max(LONGEST_NANOS, LONGEST_RATIO * reply.number("plain"));
        FileId file = FileId.of(reply);
        for (SyscallEvent event : field.eventsOf(reply.integer("tid"))) {
            field.tally()
                    .judge(event, KernelOutcome.file(((OpenEvent) event).path().value(), file));
        }
        if (reply.number("most") > bound) {
            field.tally()
                    .lie(
                            "R2.48",
                            "95 of 100 opens (or the mean, of a coarse clock) took " + reply.number("most")
                                    + " ns of the processor, and " + reply.number("plain")
                                    + " ns without the mounts");
        }
        field.advanced();
    }

    /**
     * Flips a path between the name of a mount and a link to what lies below it. Both files have the same path, so only
     * the search for the mount tells that the path is no proof.
     */
    private static void covered(AttackField field) {
        for (String directory : List.of("a", "over", "others")) {
            field.makeDirectory(directory);
        }
        field.makeFile("a/file");
        field.makeFile("over/file");
        for (int i = 0; i < MOUNTS; i++) {
            field.makeDirectory("others/" + i);
            bind(field, "others/" + i);
        }
        Outcome below = field.scenario()
                .call(WatchedCall.openat(Pointer.to(field.bytes("a")), OpenFlags.O_PATH, 0)
                        .keep(BELOW))
                .outcome();
        field.scenario().takeEvents();
        field.makeSymlink("/proc/self/fd/" + below.result(), "b");
        bind(field, "a");
        ByteString path = field.bytes("a/file");
        ByteString link = field.bytes("b/file");
        new Race(field, "openat", "loop")
                .byProcess()
                .run(
                        path,
                        link,
                        KernelOutcome.file(path, field.id("a/file")),
                        KernelOutcome.file(link, field.id("b/file"), path, false));
    }

    private static void bind(AttackField field, String to) {
        field.actor().ask(Command.of("mount").with("from", field.bytes("over")).with("to", field.bytes(to)));
    }

    private static Attack of(
            String family,
            String rule,
            String suffix,
            String title,
            List<? extends Capability> needs,
            Attack.Play play) {
        return new Attack(family + suffix, title, List.copyOf(needs), Scope.PROCESS, MANY, true, play).of(family, rule);
    }
}
