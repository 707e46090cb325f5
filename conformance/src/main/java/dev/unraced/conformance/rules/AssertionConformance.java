// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Command;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.Reply;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.conformance.attack.AttackField;
import dev.unraced.conformance.attack.AttackResult;
import dev.unraced.conformance.entrypoint.EntryPoint;
import dev.unraced.conformance.entrypoint.EntryPointCheck;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.harness.DriverConformance;
import dev.unraced.conformance.harness.NotPlayed;
import dev.unraced.conformance.harness.Requires;
import dev.unraced.conformance.harness.Rule;
import dev.unraced.conformance.harness.Stochastic;
import dev.unraced.conformance.scenario.Observed;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.scenario.Scope;
import dev.unraced.conformance.spec.Violation;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestReporter;

/**
 * Rules 2.41 to 2.49, 3.4 and 3.5, the sockets of 2.30 and 2.32, the block of 2.29, and the execs of 16.2, 16.3 and
 * 16.10: an event asserts a file, a peer, a namespace or a success only where nothing else can be true. The attacks of
 * the corpus that name a rule test it; honest calls carry none of the marks.
 */
public abstract class AssertionConformance extends DriverConformance {
    /** The calls of each attack; {@link AttackField} makes more where the attacker is too late in all of them. */
    private static final int CALLS = 500;
    /** The calls of an attack in which each call is a process. */
    private static final int EXECS = 100;

    private static final int CLIENT = 1;
    private static final int DISCARD = 9;
    private static final int LINK_LOCAL = 0xfe80;
    private static final int HOST = 0x66;
    /** The kernel takes an IPv6 address without its scope: SIN6_LEN_RFC2133. */
    private static final int WITHOUT_SCOPE = 24;

    private static final Set<EventFlag> MARKS = EnumSet.of(
            EventFlag.SOCKET_SHARED,
            EventFlag.RESOLVED_UNSTABLE,
            EventFlag.FOREIGN_MOUNT_NS,
            EventFlag.NOT_EXECUTED,
            EventFlag.EXECUTION_UNKNOWN,
            EventFlag.OBJECT_MISSED);

    protected AssertionConformance() {}

    @Rule("Honest calls carry none of the marks, by whatever way they enter the kernel, in every mode")
    @Requires(syscalls = {Syscall.OPENAT, Syscall.CONNECT})
    public final void r02_41_honestCallsCarryNoMark() {
        for (Mitigation mode : modes()) {
            try (Scenario scenario = scenario().mitigation(mode).open()) {
                EntryPointCheck.prepare(scenario.actor());
                for (EntryPoint entryPoint : EntryPointCheck.all()) {
                    if (entryPoint.needs().stream().allMatch(capabilities()::has)) {
                        takeHonestly(scenario, entryPoint, mode);
                    }
                }
            }
        }
    }

    /** Makes a call by an entry point and checks its event; an entry point that this machine lacks is left out. */
    private void takeHonestly(Scenario scenario, EntryPoint entryPoint, Mitigation mode) {
        scenario.awaitRest();
        int before = scenario.recorder().size();
        Outcome outcome;
        try {
            outcome = scenario.callUnobserved(entryPoint.call());
        } catch (ActorException e) {
            requireUnsupported(e);
            return;
        }
        scenario.awaitRest();
        List<SyscallEvent> events = scenario.recorder().eventsFrom(before);
        String what = entryPoint.way() + ", " + entryPoint.syscall() + ", " + mode;
        Violation.unless(
                "R1.1",
                () -> assertThat(events).as("events of one call, %s", what).hasSize(1));
        SyscallEvent event = events.get(0);
        // Any process can rewrite the block of socketcall, so R2.45 asks for the mark where nothing proves the socket.
        boolean isIndirect = entryPoint.call().isSocketcall();
        Set<EventFlag> marks = EnumSet.copyOf(MARKS);
        if (isIndirect) {
            marks.remove(EventFlag.OBJECT_MISSED);
        }
        // A request that a worker ran may have ended long before the kernel tells of it (R2.42).
        if (event.call().origin() == Origin.IO_URING && event.flags().contains(EventFlag.FD_TABLE_SHARED)) {
            marks.remove(EventFlag.SOCKET_SHARED);
        }
        assertThat(event.flags()).as("R2.41: %s", what).doesNotContainAnyElementsOf(marks);
        // An io_uring worker shares the descriptor table with the process, so only a system call must lack this mark.
        if (event.call().origin() == Origin.SYSCALL) {
            assertThat(event.flags()).as("R2.41: %s", what).doesNotContain(EventFlag.FD_TABLE_SHARED);
        }
        if (outcome.result() >= 0 && !isIndirect) {
            assertObject(event, what);
        }
    }

    private static void requireUnsupported(ActorException refusal) {
        if (refusal.unsupported().isEmpty()) {
            throw refusal;
        }
    }

    /** Checks that the event has its object, since an event without one would need no mark. */
    private void assertObject(SyscallEvent event, String what) {
        if (event instanceof OpenEvent open && capabilities().has(Feature.DEVICE_INODE)) {
            assertThat(open.file()).as("R2.41: the file, %s", what).isPresent();
        }
        if (event instanceof ConnectEvent connect && capabilities().has(Feature.SOCKET_TUPLE)) {
            assertThat(connect.socket()).as("R2.41: the socket, %s", what).isPresent();
        }
    }

    @Rule("Memory that nobody changed is not CHANGED where a thread replaces the descriptor that it names")
    @Requires(syscalls = Syscall.CONNECT, abis = Abi.IA32, features = Feature.SOCKET_TUPLE)
    @Stochastic
    public final void r02_29_aReplacedDescriptorChangesNoBlock(TestReporter reporter) {
        stand(reporter, "R2.29");
    }

    @Rule("A socket of IPv6 that is connected to an address of IPv4 has the mapped one as its peer")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.SOCKET_TUPLE)
    public final void r02_30_aMappedPeerIsThere(TestReporter reporter) {
        stand(reporter, "R2.30");
    }

    @Rule("A connect in progress to port 0 has its peer, which getpeername does not tell")
    @Requires(
            syscalls = Syscall.CONNECT,
            features = {Feature.SOCKET_TUPLE, Feature.CONNECTING_PEER})
    public final void r02_32_aPeerAtPortZeroIsThere(TestReporter reporter) {
        stand(reporter, "R2.32");
    }

    @Rule("A file that another thread puts behind the descriptor is not the opened one, or the event says so")
    @Requires(syscalls = Syscall.OPENAT)
    @Stochastic
    public final void r02_41_aSwappedDescriptorIsMarked(TestReporter reporter) {
        stand(reporter, "R2.41");
    }

    @Rule("A later request of a batch gives an earlier one no other file or peer without a mark")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING)
    @Stochastic
    public final void r02_42_aBatchOfRequestsDeceivesNobody(TestReporter reporter) {
        stand(reporter, "R2.42");
    }

    @Rule("A process that holds the same socket gives a connect no other peer without a mark, and no match")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.SOCKET_TUPLE)
    @Stochastic
    public final void r02_43_aSharedSocketIsMarked(TestReporter reporter) {
        stand(reporter, "R2.43");
    }

    @Rule("An address matches only with the scope that the kernel used")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.SOCKET_TUPLE)
    @Stochastic
    public final void r02_44_anAddressMatchesWithItsScopeOnly(TestReporter reporter) {
        stand(reporter, "R2.44");
    }

    @Rule("An address without a scope never matches by another device than the bound one")
    @Requires(
            syscalls = Syscall.CONNECT,
            features = Feature.SOCKET_TUPLE,
            mitigations = Mitigation.STASH,
            integrities = Integrity.MATCH)
    public final void r02_44_anAddressWithoutScopeNamesTheBoundDevice() {
        try (Scenario scenario = scenario().mitigation(Mitigation.STASH).open()) {
            Optional<Reply> network = network(scenario.actor());
            if (network.isEmpty()) {
                throw new NotPlayed("the machine has no network namespace for the actor");
            }
            for (String device : List.of("first", "second")) {
                int index = network.get().integer(device);
                for (int length : List.of(
                        WITHOUT_SCOPE, SocketAddresses.scoped(0, 0, 0, 0).length())) {
                    assertBoundDevice(scenario, index, length);
                }
            }
        }
    }

    private static void assertBoundDevice(Scenario scenario, int device, int length) {
        new Sockets(scenario.actor()).datagram(CLIENT, Linux.AF_INET6);
        scenario.actor().ask(Command.of("device").with("fd", "h:" + CLIENT).with("index", device));
        ByteString whole = SocketAddresses.scoped(DISCARD, LINK_LOCAL, HOST, 0);
        Observed observed = scenario.call(WatchedCall.connect("h:" + CLIENT, Pointer.to(whole), length));
        observed.outcome().requireResult(0, "a connect by a bound device");
        ByteString peer = SocketAddresses.scoped(DISCARD, LINK_LOCAL, HOST, device);
        assertThat(observed.connect()
                        .socket()
                        .flatMap(socket -> socket.remote())
                        .map(Sockaddr::bytes))
                .as("R2.44: the scope of the peer is the bound device")
                .contains(peer);
        assertThat(observed.connect().address().integrity())
                .as("R2.44: the device was bound before the call")
                .isIn(Integrity.MATCH, Integrity.UNCHECKED);
    }

    private static Optional<Reply> network(Actor actor) {
        try {
            return Optional.of(actor.ask(Command.of("network")));
        } catch (ActorException e) {
            requireUnsupported(e);
            return Optional.empty();
        }
    }

    @Rule("A rewritten block of socketcall gives a connect no other socket without a mark")
    @Requires(syscalls = Syscall.CONNECT, abis = Abi.IA32, features = Feature.SOCKET_TUPLE)
    @Stochastic
    public final void r02_45_aRewrittenBlockIsMarked(TestReporter reporter) {
        stand(reporter, "R2.45");
    }

    @Rule("A request whose path was resolved in another mount namespace says so")
    @Requires(syscalls = Syscall.OPENAT, origins = Origin.IO_URING, features = Feature.NAMESPACES)
    @Stochastic
    public final void r02_46_aLateRequestIsMarked(TestReporter reporter) {
        stand(reporter, "R2.46");
    }

    @Rule("A resolved path is one that the file had, whatever is renamed meanwhile, or is marked")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.RESOLVED_PATH)
    @Stochastic
    public final void r02_47_aTornPathIsMarked(TestReporter reporter) {
        stand(reporter, "R2.47");
    }

    @Rule("Thousands of mounts do not make an open long, and a path proves nothing where one was not searched for")
    @Requires(syscalls = Syscall.OPENAT)
    @Stochastic
    public final void r02_48_mountsDoNotHoldAProcessor(TestReporter reporter) {
        stand(reporter, "R2.48");
    }

    @Rule("A socket's own address is there when its peer resets at once, and a netlink socket has both")
    @Requires(syscalls = Syscall.CONNECT, features = Feature.SOCKET_TUPLE)
    public final void r02_49_aSocketKeepsItsOwnAddress(TestReporter reporter) {
        stand(reporter, "R2.49");
    }

    @Rule("A call that was refused before it ran is no success, or is of unknown execution")
    @Requires(syscalls = Syscall.OPENAT, features = Feature.REFUSED_CALLS)
    public final void r03_4_aRefusedCallIsNoSuccess(TestReporter reporter) {
        stand(reporter, "R3.4");
    }

    @Rule("A call that ran is never said not to have run, whatever is pending and however full the stash is")
    @Requires(syscalls = Syscall.OPENAT)
    public final void r03_5_aCallThatRanIsNeverDenied(TestReporter reporter) {
        stand(reporter, "R3.5");
    }

    @Rule("No attack on an exec makes its event name another path, program or arguments")
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.PROCESS_EVENTS, Feature.EXEC_PATH, Feature.EXECUTABLE_INODE})
    @Stochastic
    public final void r16_2_noAttackMakesAnExecLie(TestReporter reporter) {
        stand(reporter, "R16.2", EXECS);
    }

    @Rule("No attack on an interpreter makes the event of an exec name another one")
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.PROCESS_EVENTS, Feature.EXEC_PATH, Feature.EXECUTABLE_INODE, Feature.EXEC_INTERPRETER})
    @Stochastic
    public final void r16_3_noAttackHidesAnInterpreter(TestReporter reporter) {
        stand(reporter, "R16.3", EXECS);
    }

    @Rule("No attack on an exec that fails makes its event claim a proof, or another error")
    @Requires(
            syscalls = Syscall.OPENAT,
            features = {Feature.PROCESS_EVENTS, Feature.FAILED_EXECS})
    @Stochastic
    public final void r16_10_noAttackMakesAFailureLie(TestReporter reporter) {
        stand(reporter, "R16.10", EXECS);
    }

    private List<Mitigation> modes() {
        return Stream.of(Mitigation.values()).filter(capabilities()::has).toList();
    }

    /**
     * Plays all attacks of a rule in all modes; attacks that the driver declares not to see are left out. One attack in
     * one mode may lose its race every time, as on a machine with one processor, but not all attacks of a rule.
     */
    private void stand(TestReporter reporter, String rule) {
        stand(reporter, rule, CALLS);
    }

    private void stand(TestReporter reporter, String rule, int calls) {
        List<AttackResult> results = new ArrayList<>();
        for (Mitigation mode : modes()) {
            List<Attack> attacks = AttackCorpus.all().stream()
                    .filter(attack -> rule.equals(attack.rule())
                            && AttackCorpus.refused(capabilities(), attack, mode)
                                    .isEmpty())
                    .toList();
            for (Scope scope : Scope.values()) {
                List<Attack> together = attacks.stream()
                        .filter(attack -> attack.scope() == scope && !attack.isAlone())
                        .toList();
                if (!together.isEmpty()) {
                    try (Scenario scenario =
                            scenario().mitigation(mode).attack().scope(scope).open()) {
                        together.forEach(attack -> results.add(
                                judge(reporter, AttackCorpus.play(scenario, attack, mode, scaled(calls), made -> {}))));
                    }
                }
            }
            attacks.stream()
                    .filter(Attack::isAlone)
                    .forEach(attack -> results.add(judge(reporter, alone(attack, mode, calls))));
        }
        requirePlayed(results);
    }

    /** Plays an attack that needs a capture with settings of its own. */
    private AttackResult alone(Attack attack, Mitigation mode, int calls) {
        return AttackCorpus.run(scenario(), attack, mode, scaled(calls), made -> {});
    }

    /** Ends the rule as not played when no attack of it put the driver to the test. */
    private static void requirePlayed(List<AttackResult> results) {
        if (results.stream().noneMatch(AssertionConformance::isTest)) {
            throw new NotPlayed(results.stream()
                    .map(AttackResult::reason)
                    .filter(reason -> !reason.isEmpty())
                    .findFirst()
                    .orElse("no attack of the rule could be played"));
        }
    }

    /** Returns whether the driver was put to the test, and withstood it. */
    static boolean isTest(AttackResult result) {
        return result.status() == AttackResult.Status.HELD && result.counts().attempts() > 0;
    }

    /** Publishes the result. An attack that this machine forbids shows nothing. */
    static AttackResult judge(TestReporter reporter, AttackResult result) {
        String what = result.attack().name() + " under " + result.mode().name().toLowerCase(Locale.ROOT);
        reporter.publishEntry(what, result.isPlayed() ? result.counts().toText() : "not played, " + result.reason());
        if (result.status() == AttackResult.Status.BROKEN) {
            String reason = result.reason() + ", in attack " + what;
            throw result.violated()
                    .<AssertionError>map(rule -> new Violation(rule, reason))
                    .orElseGet(() -> new AssertionError(reason));
        }
        return result;
    }
}
