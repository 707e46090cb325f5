// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Origin;
import dev.unraced.event.Syscall;
import java.util.List;
import java.util.Map;

/**
 * Attacks by a process that comes to share the descriptor table, replaces the descriptor of an open, and leaves before
 * the observer looks.
 */
final class VisitCorpus {
    static final String FAMILY = "fd-visit";

    /** The most rounds: each starts a process, and a child makes them all before its watchdog ends it. */
    private static final int MOST = 2_000;
    /** The entries of a small stash, and the threads that fill it. */
    private static final int ENTRIES = 4;

    private static final int LOAD = 16;
    /** A detour that makes the path long, so that an observer that reads it at the return takes its time. */
    private static final String DETOUR = "/.".repeat(900);

    private VisitCorpus() {}

    static List<Attack> all() {
        return List.of(
                of(
                        "-linked",
                        "A linked open waits until a visitor of the table is there",
                        Origin.IO_URING,
                        field -> play(field, Command.of(FAMILY).with("how", "linked"), "")),
                of(
                                "-full",
                                "A visitor is there when an open enters whose entry a full stash refuses",
                                Origin.SYSCALL,
                                field -> {
                                    field.makeFifo("fifo");
                                    play(
                                            field,
                                            Command.of(FAMILY)
                                                    .with("how", "call")
                                                    .with("fifo", field.bytes("fifo"))
                                                    .with("threads", LOAD),
                                            DETOUR);
                                })
                        .on(builder -> builder.stashEntries(ENTRIES)));
    }

    private static void play(AttackField field, Command command, String detour) {
        field.makeFile("secret");
        field.makeFile("decoy");
        ByteString path = ByteString.utf8(field.path(".") + detour + "/secret");
        field.play(
                command.with("a", path).with("b", field.bytes("decoy")),
                Map.of(
                        'a',
                        KernelOutcome.file(path, field.id("secret"), field.bytes("secret"), true)
                                .unless(EventFlag.FD_TABLE_SHARED)));
    }

    private static Attack of(String suffix, String title, Capability needed, Attack.Play play) {
        return new Attack(FAMILY + suffix, title, List.of(Syscall.OPENAT, needed), Scope.FAMILY, MOST, true, play)
                .of(FAMILY, "R2.41");
    }
}
