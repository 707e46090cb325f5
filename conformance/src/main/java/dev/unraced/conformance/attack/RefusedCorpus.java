// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.attack;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.Feature;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.Errno;
import java.util.List;
import java.util.Map;

/** Attacks by calls that never ran and look as if they had, and by calls that ran and look as if they had not. */
final class RefusedCorpus {
    static final String NEVER_RAN = "never-ran";
    static final String FORGED = "forged-sigsys";
    /** A descriptor that the child has open, and that has nothing to do with its calls. */
    private static final int HELD = 100;

    private static final int EACCES = -Errno.EACCES;
    private static final int FEW = 200;
    private static final int DISCARD = 9;

    /** The entries of a small stash; the threads of the load below fill it. */
    private static final int ENTRIES = 4;

    private static final int LOAD = 16;
    /** The calls of a flood, more than any driver remembers without room in the stash. */
    private static final int FLOOD = 6_000;
    /** A second one would show nothing more, and takes a sandbox a quarter of a minute. */
    private static final int FLOODS = 1;

    /** The ring's bytes, so that a reader that gets little of a busy machine loses no event of a flood. */
    private static final int ROOM = 8 << 20;
    /** A detour that makes a path longer than an ordinary stash entry holds. */
    private static final String DETOUR = "/.".repeat(200);

    private RefusedCorpus() {}

    static List<Attack> all() {
        return List.of(
                opens("", "A filter answers an open by 0, which is a descriptor", "errno", 0),
                opens("-errno", "A filter answers an open by an error", "errno", EACCES),
                opens("-notify", "A supervisor answers an open by a descriptor", "notify", HELD),
                opens("-sysemu", "A tracer skips an open, and chooses its result", "sysemu", HELD),
                opens("-sysemu-cont", "A tracer skips an open, and does not stop at its return", "sysemu-cont", HELD),
                opens("-dispatch", "A signal handler stands in for an open", "dispatch", HELD),
                leftover(),
                connects("-connect", "A filter answers a connect by 0", "errno"),
                connects("-connect-notify", "A supervisor answers a connect by 0", "notify"),
                connects("-connect-sysemu", "A tracer skips a connect, and chooses its result", "sysemu"),
                forged("", "openat", "An open that runs has SIGSYS pending, and returns its own number", "", 0),
                forged("-open", "open", "The same of open, whose number is 2", "", 0),
                forged("-full", "openat", "The same while the stash is full", "", LOAD)
                        .on(builder -> builder.stashEntries(ENTRIES)),
                forged("-long", "openat", "The same while the room for long paths is full", DETOUR, LOAD)
                        .on(builder -> builder.stashLongPaths(ENTRIES)),
                flooded());
    }

    private static Attack opens(String suffix, String title, String how, int value) {
        return of(NEVER_RAN, "R3.4", suffix, title, List.of(Syscall.OPENAT, Feature.REFUSED_CALLS), FEW, field -> {
            field.makeFile("secret");
            refused(field, "openat", how, value, field.bytes("secret"));
        });
    }

    /** The refused opens have this mode, as the actor's have, and so are told from those that run. */
    private static final int REFUSED_MODE = 0777;

    private static Attack leftover() {
        return of(
                NEVER_RAN,
                "R3.4",
                "-leftover",
                "A filter answers an open, behind whose predecessor a request opened another path from the same memory",
                List.of(Syscall.OPENAT, Feature.REFUSED_CALLS, Feature.UNUSED_MODE),
                FEW,
                field -> {
                    field.makeFile("secret");
                    field.makeFile("decoy");
                    Reply reply = field.once(
                            Command.of(NEVER_RAN)
                                    .with("name", "openat")
                                    .with("how", "leftover")
                                    .with("value", EACCES)
                                    .with("a", field.bytes("decoy"))
                                    .with("b", field.bytes("secret")),
                            field.calls());
                    for (SyscallEvent event : field.eventsOf(reply.integer("tid"))) {
                        if (event instanceof OpenEvent open
                                && open.how().value().mode() == REFUSED_MODE) {
                            field.tally().judge(event, KernelOutcome.neverRan(field.bytes("decoy")));
                        }
                    }
                    field.advanced();
                });
    }

    private static Attack connects(String suffix, String title, String how) {
        return of(
                NEVER_RAN,
                "R3.4",
                suffix,
                title,
                List.of(Syscall.CONNECT, Feature.REFUSED_CALLS),
                FEW,
                field -> refused(field, "connect", how, 0, SocketAddresses.inet(DISCARD, 127, 0, 0, 2)));
    }

    private static void refused(AttackField field, String name, String how, int value, ByteString object) {
        Reply reply = field.once(
                Command.of(NEVER_RAN)
                        .with("name", name)
                        .with("how", how)
                        .with("value", value)
                        .with("a", object),
                field.calls());
        for (SyscallEvent event : field.eventsOf(reply.integer("tid"))) {
            field.tally().judge(event, KernelOutcome.neverRan(object));
        }
        field.advanced();
    }

    private static Attack forged(String suffix, String call, String title, String detour, int threads) {
        Syscall needed = call.equals("open") ? Syscall.OPEN : Syscall.OPENAT;
        return of(FORGED, "R3.5", suffix, title, needed, FEW, field -> {
            field.makeFile("secret");
            field.makeFifo("fifo");
            ByteString path = behind(field, detour, "secret");
            field.play(
                    Command.of(FORGED)
                            .with("name", call)
                            .with("path", path)
                            .with("fifo", behind(field, detour, "fifo"))
                            .with("threads", threads),
                    Map.of('a', KernelOutcome.file(path, field.id("secret"), field.bytes("secret"), true)));
        });
    }

    private static Attack flooded() {
        return of(
                        FORGED,
                        "R3.5",
                        "-flooded",
                        "The same while so many calls find no room that the first one's trace is forgotten",
                        Syscall.OPENAT,
                        FLOODS,
                        field -> {
                            field.makeFifo("secret");
                            field.makeFifo("fifo");
                            field.play(
                                    Command.of(FORGED)
                                            .with("name", "openat")
                                            .with("path", field.bytes("secret"))
                                            .with("fifo", field.bytes("fifo"))
                                            .with("threads", LOAD)
                                            .with("flood", FLOOD),
                                    Map.of('a', KernelOutcome.file(field.bytes("secret"), field.id("secret"))));
                        })
                .on(builder -> builder.stashEntries(ENTRIES).ringBytes(ROOM));
    }

    private static ByteString behind(AttackField field, String detour, String name) {
        return detour.isEmpty() ? field.bytes(name) : ByteString.utf8(field.path(".") + detour + "/" + name);
    }

    private static Attack of(
            String family, String rule, String suffix, String title, Capability needed, int most, Attack.Play play) {
        return of(family, rule, suffix, title, List.of(needed), most, play);
    }

    private static Attack of(
            String family,
            String rule,
            String suffix,
            String title,
            List<Capability> needs,
            int most,
            Attack.Play play) {
        return new Attack(family + suffix, title, needs, Scope.FAMILY, most, false, play).of(family, rule);
    }
}
