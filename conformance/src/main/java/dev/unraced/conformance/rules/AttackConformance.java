// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.fixture.Job;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.harness.Stochastic;
import dev.unraced.conformance.scenario.ArgumentAssertions;
import dev.unraced.conformance.scenario.RewrittenConnect;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.OpenFlags;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.TestReporter;

/** Rules about arguments that another thread changes, or that are hard to read, while the call runs. */
@Requires(provenances = Provenance.ENTER, mitigations = Mitigation.STASH)
public abstract class AttackConformance extends DriverConformance {
    private static final int FLIPS = 20_000;
    private static final int CORPUS_CALLS = 300;
    /** The length of a path that is longer than what a driver is likely to keep next to the other arguments. */
    private static final int LONG_PATH = 1_000;

    private static final int LONG_PATH_ROUNDS = 8;
    private static final int BUFFER = 1;
    private static final int LISTENER = 1;
    private static final int CLIENT = 2;

    protected AttackConformance() {}

    @Rule("A path that is rewritten while the open blocks is reported as it was passed")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_2_aPathRewrittenInMidCallIsReportedAsPassed() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            ByteString passed = scenario.scratch().bytes("fifo");
            ByteString forged = scenario.scratch().bytes("fake");
            for (int round = 0; round < 20; round++) {
                scenario.setBuffer(BUFFER, passed);
                Job job = scenario.block(WatchedCall.openat(Pointer.buffer(BUFFER), Linux.O_RDONLY, round));
                scenario.setBuffer(BUFFER, forged);
                scenario.finishReader("fifo", job);
                ArgumentAssertions.assertGuarded(
                        "R2.2", open(scenario.onlyEventOf(job.tid())).path(), passed);
            }
        }
    }

    @Rule("An address that is rewritten while the connect blocks is reported as it was passed")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.BLOCKING_CONNECTS)
    public final void r02_3_anAddressRewrittenInMidCallIsReportedAsPassed() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            RewrittenConnect rewritten = new RewrittenConnect(scenario);
            ByteString forged = SocketAddresses.unix(scenario.scratch().path("fake"));
            for (int round = 0; round < 20; round++) {
                ConnectEvent event = rewritten.play(false, forged);
                ArgumentAssertions.assertGuardedAddress("R2.3", event.address(), rewritten.passed());
            }
        }
    }

    @Rule("A path that is not in memory when the call enters is still reported, with what is known of it")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_4_aPathThatIsNotInMemoryIsReported() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            scenario.makeFile("file");
            for (ByteString path :
                    List.of(scenario.scratch().bytes("file"), scenario.scratch().bytes("missing"))) {
                for (Pointer pointer : List.of(Pointer.cold(path), Pointer.split(path))) {
                    OpenEvent event = scenario.call(WatchedCall.openat(pointer, Linux.O_RDONLY, 0))
                            .open();
                    assertThat(event.path().value())
                            .as("the path that was not in memory")
                            .isEqualTo(path);
                    assertLateReadIsFlagged("R2.4", event, event.path());
                }
            }
        }
    }

    @Rule("An address that is not in memory when the call enters is still reported")
    @Requires(syscalls = Syscall.CONNECT)
    public final void r02_5_anAddressThatIsNotInMemoryIsReported() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            Sockets sockets = new Sockets(scenario.actor());
            ByteString address = sockets.freeAddress(LISTENER);
            sockets.stream(CLIENT, Linux.AF_INET);
            for (Pointer pointer : List.of(Pointer.cold(address), Pointer.split(address))) {
                ConnectEvent event = scenario.call(WatchedCall.connect("h:" + CLIENT, pointer, address.length()))
                        .connect();
                assertThat(event.address().value().bytes())
                        .as("the address that was not in memory")
                        .isEqualTo(address);
                assertLateReadIsFlagged("R2.5", event, event.address());
            }
        }
    }

    @Rule("A how that is not in memory, or is rewritten in mid-call, is reported as it was passed")
    @Requires(syscalls = Syscall.OPENAT2)
    public final void r02_6_howIsReportedAsPassed() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            ByteString passed = how(Linux.O_RDONLY, Linux.RESOLVE_NO_SYMLINKS);
            OpenHow expected = new OpenHow(Linux.O_RDONLY, 0, Linux.RESOLVE_NO_SYMLINKS, OpenFlags.OPEN_HOW_SIZE);
            WatchedCall call = WatchedCall.openat2(Pointer.to(scenario.scratch().bytes("fifo")), 0, 0, 0);

            scenario.setBuffer(BUFFER, passed);
            Job job = scenario.block(call.how(Pointer.buffer(BUFFER), OpenFlags.OPEN_HOW_SIZE));
            scenario.setBuffer(BUFFER, how(Linux.O_RDWR, 0));
            scenario.finishReader("fifo", job);
            OpenEvent rewritten = open(scenario.onlyEventOf(job.tid()));
            assertThat(rewritten.how().value()).as("rewritten").isEqualTo(expected);

            OpenEvent cold = scenario.call(
                            WatchedCall.openat2(Pointer.to(scenario.scratch().bytes("missing")), 0, 0, 0)
                                    .how(Pointer.cold(passed), OpenFlags.OPEN_HOW_SIZE))
                    .open();
            assertThat(cold.how().value()).as("not in memory").isEqualTo(expected);
            assertLateReadIsFlagged("R2.6", cold, cold.how());
        }
    }

    @Rule("A how that is not in memory takes nothing from a long path that was read at entry")
    @Requires(syscalls = {Syscall.OPENAT, Syscall.OPENAT2})
    public final void r02_6_aLateHowLeavesALongPathWhole() {
        try (Scenario scenario = attack(Mitigation.STASH).open()) {
            scenario.makeFifo("fifo");
            ByteString path = ByteString.utf8(scenario.scratch().directory() + "/.".repeat(LONG_PATH / 2) + "/fifo");
            ByteString how = how(Linux.O_RDONLY, Linux.RESOLVE_NO_SYMLINKS);
            ByteString other = ByteString.utf8("x".repeat(LONG_PATH));

            for (int round = 0; round < LONG_PATH_ROUNDS; round++) {
                Job job = scenario.block(
                        WatchedCall.openat2(Pointer.to(path), 0, 0, 0).how(Pointer.cold(how), OpenFlags.OPEN_HOW_SIZE));
                // Calls on any processor may overwrite the place where a driver keeps the rest of the path.
                for (int i = 0; i < LONG_PATH_ROUNDS; i++) {
                    scenario.call(WatchedCall.openat(Pointer.to(other), Linux.O_RDONLY, 0));
                }
                scenario.finishReader("fifo", job);
                OpenEvent late = open(scenario.onlyEventOf(job.tid()));
                assertThat(late.path().value()).as("the path").isEqualTo(path);
                assertThat(late.how().value())
                        .as("the how")
                        .isEqualTo(new OpenHow(Linux.O_RDONLY, 0, Linux.RESOLVE_NO_SYMLINKS, OpenFlags.OPEN_HOW_SIZE));
            }
        }
    }

    @Rule("A path that matches is the path of the file that was opened, though another thread flips it")
    @Requires(syscalls = Syscall.OPENAT)
    @Stochastic
    public final void r02_15_aPathThatMatchesIsTheOneThatWasOpened(TestReporter reporter) {
        reporter.publishEntry(flipOpen(Mitigation.STASH));
    }

    @Rule("An address that matches is the one of the peer, though another thread flips it")
    @Requires(syscalls = Syscall.CONNECT)
    @Stochastic
    public final void r02_16_anAddressThatMatchesIsTheOneOfThePeer(TestReporter reporter) {
        reporter.publishEntry(flipConnect(Mitigation.STASH));
    }

    @Rule("The kernel's own copy is what the call acted on, whatever another thread does")
    @Requires(
            syscalls = {Syscall.OPENAT, Syscall.CONNECT},
            mitigations = Mitigation.KERNEL,
            provenances = Provenance.KERNEL)
    @Stochastic
    public final void r02_17_theKernelsCopyIsNeverWrong(TestReporter reporter) {
        reporter.publishEntry(flipOpen(Mitigation.KERNEL));
        reporter.publishEntry(flipConnect(Mitigation.KERNEL));
    }

    @Rule("No attack of the corpus makes a false match of a path, or a wrong object, under any mode")
    @Requires(syscalls = Syscall.OPENAT)
    @Stochastic
    public final void r02_15_noAttackOnAPathForgesAMatch(TestReporter reporter) {
        stand(reporter, Scope.PROCESS, attack -> !attack.isConnect());
    }

    @Rule("No attack of the corpus makes a false match of an address, or a wrong object, under any mode")
    @Requires(syscalls = Syscall.CONNECT)
    @Stochastic
    public final void r02_16_noAttackOnAnAddressForgesAMatch(TestReporter reporter) {
        stand(reporter, Scope.PROCESS, Attack::isConnect);
    }

    @Rule("No attack by a thread that takes over an id makes a false match, under any mode")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r02_15_noAttackByAnotherIdForgesAMatch(TestReporter reporter) {
        stand(reporter, Scope.FAMILY, attack -> true);
    }

    /** Plays the attacks of a scope under every mode. */
    private void stand(TestReporter reporter, Scope scope, Predicate<Attack> wanted) {
        long judged = 0;
        for (Mitigation mode : Mitigation.values()) {
            judged += stand(reporter, mode, scope, wanted);
        }
        if (judged == 0) {
            throw new NotPlayed("no attack of the rule could be played");
        }
    }

    /**
     * Plays the attacks of a scope in one scenario, and returns the number of judged events. Attacks that the driver
     * declares not to see are left out.
     */
    private long stand(TestReporter reporter, Mitigation mode, Scope scope, Predicate<Attack> wanted) {
        List<Attack> attacks = AttackCorpus.all().stream()
                .filter(attack -> attack.rule() == null && attack.scope() == scope && wanted.test(attack))
                .filter(attack ->
                        AttackCorpus.refused(capabilities(), attack, mode).isEmpty())
                .toList();
        if (attacks.isEmpty()) {
            return 0;
        }
        long judged = 0;
        try (Scenario scenario = attack(mode).scope(scope).open()) {
            for (Attack attack : attacks) {
                AttackResult result = AttackCorpus.play(scenario, attack, mode, scaled(CORPUS_CALLS), calls -> {});
                if (AssertionConformance.isTest(AssertionConformance.judge(reporter, result))) {
                    judged += result.counts().attempts();
                }
            }
        }
        return judged;
    }

    private Map<String, String> flipOpen(Mitigation mode) {
        try (Scenario scenario = attack(mode).open()) {
            scenario.makeFile("a");
            scenario.makeFile("b");
            ByteString a = scenario.scratch().bytes("a");
            ByteString b = scenario.scratch().bytes("b");
            Reply reply = scenario.actor()
                    .ask(Command.of("flip").with("a", a).with("b", b).with("calls", scaled(FLIPS)));
            return judge(
                    "R2.15", scenario, reply, mode, a, b, event -> open(event).path());
        }
    }

    private Map<String, String> flipConnect(Mitigation mode) {
        try (Scenario scenario = attack(mode).open()) {
            ByteString a = SocketAddresses.inet(9, 127, 0, 0, 1);
            ByteString b = SocketAddresses.inet(9, 127, 0, 0, 2);
            new Sockets(scenario.actor()).datagram(CLIENT, Linux.AF_INET);
            Reply reply = scenario.actor()
                    .ask(Command.of("flip-connect")
                            .with("fd", "h:" + CLIENT)
                            .with("a", a)
                            .with("b", b)
                            .with("calls", scaled(FLIPS)));
            return judge("R2.16", scenario, reply, mode, a, b, event -> {
                var address = ((ConnectEvent) event).address();
                return new Argument<>(address.value().bytes(), address.provenance(), address.integrity());
            });
        }
    }

    /**
     * Compares each argument with the ground truth. A snapshot at entry may be wrong, since the kernel copies later,
     * and is only counted. An argument that says MATCH, or that it is the kernel's copy, may not be wrong.
     *
     * @param match the rule that makes a match a proof
     */
    private static Map<String, String> judge(
            String match,
            Scenario scenario,
            Reply reply,
            Mitigation mode,
            ByteString a,
            ByteString b,
            Function<SyscallEvent, Argument<ByteString>> argument) {
        String names = reply.text("truth");
        List<SyscallEvent> events = scenario.eventsOf(reply.integer("tid"));
        Violation.unless(
                "R1.1", () -> assertThat(events).as("one event of each call").hasSize(names.length()));
        int wrong = 0;
        int wrongAndFlagged = 0;
        int changed = 0;
        int differs = 0;
        int matched = 0;
        int copies = 0;
        for (int i = 0; i < events.size(); i++) {
            Argument<ByteString> captured = argument.apply(events.get(i));
            boolean right = captured.value().equals(names.charAt(i) == 'a' ? a : b);
            String call = "call " + i + " really took " + names.charAt(i);
            if (captured.provenance() == Provenance.KERNEL) {
                copies++;
                Violation.unless(
                        "R2.17",
                        () -> assertThat(right)
                                .as("the kernel's copy, %s", call)
                                .isTrue());
                Violation.unless(
                        "R2.34",
                        () -> assertThat(captured.integrity())
                                .as("the kernel's copy, %s", call)
                                .isIn(Integrity.MATCH, Integrity.CHANGED));
            }
            if (captured.integrity() == Integrity.MATCH) {
                Violation.unless(
                        match,
                        () -> assertThat(right)
                                .as("a match is a proof, %s", call)
                                .isTrue());
                matched++;
            }
            Violation.unless(
                    "R2.1",
                    () -> assertThat(captured.value())
                            .as("one of the two that were there")
                            .isIn(a, b));
            boolean isChanged = captured.integrity() == Integrity.CHANGED;
            boolean isOther = captured.integrity() == Integrity.DIFFERS;
            wrong += right ? 0 : 1;
            wrongAndFlagged += !right && (isChanged || isOther) ? 1 : 0;
            changed += isChanged ? 1 : 0;
            differs += isOther ? 1 : 0;
        }
        // Nobody flipped the argument while a call ran if the kernel took one version all the time.
        boolean isFlipped = names.contains("a") && names.contains("b");
        scenario.evidence()
                .race(
                        names.length(),
                        isFlipped ? names.chars().filter(name -> name == 'b').count() : 0);
        if (mode == Mitigation.KERNEL && copies == 0) {
            throw new NotPlayed("no event has the kernel's own copy");
        }
        return Map.of(
                "mitigation", mode.name(),
                "calls", Integer.toString(events.size()),
                "wrong", Integer.toString(wrong),
                "wrong and flagged", Integer.toString(wrongAndFlagged),
                "matched", Integer.toString(matched),
                "changed", Integer.toString(changed),
                "differs", Integer.toString(differs));
    }

    private Scenario.Setup attack(Mitigation mode) {
        return scenario().mitigation(mode).attack();
    }

    private static OpenEvent open(SyscallEvent event) {
        return (OpenEvent) event;
    }

    private static ByteString how(long flags, long resolve) {
        return Linux.how(flags, 0, resolve, OpenFlags.OPEN_HOW_SIZE);
    }

    private static void assertLateReadIsFlagged(String rule, SyscallEvent event, Argument<?> argument) {
        Violation.unless(
                rule,
                () -> assertThat(argument.isPresent())
                        .as("it was readable for the kernel")
                        .isTrue());
        if (argument.provenance() == Provenance.EXIT) {
            Violation.unless(
                    rule,
                    () -> assertThat(event.flags())
                            .as("read at the return, because of a fault")
                            .contains(EventFlag.FAULTED));
        }
    }
}
