// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.entrypoint;

import dev.unraced.capture.Capabilities;
import dev.unraced.conformance.actor.Actor;
import dev.unraced.conformance.actor.ActorException;
import dev.unraced.conformance.actor.Outcome;
import dev.unraced.conformance.actor.Pointer;
import dev.unraced.conformance.actor.WatchedCall;
import dev.unraced.conformance.entrypoint.EntryPointResult.Status;
import dev.unraced.conformance.fixture.Linux;
import dev.unraced.conformance.fixture.SocketAddresses;
import dev.unraced.conformance.fixture.Sockets;
import dev.unraced.conformance.scenario.Scenario;
import dev.unraced.conformance.subject.DriverUnderTest;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.Capability;
import dev.unraced.event.EventView;
import dev.unraced.event.Origin;
import dev.unraced.event.SyscallEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes each watched call by each way into the kernel, and checks whether it becomes an event. */
public final class EntryPointCheck {
    private static final int SOCKET = 1;
    /** The opened path exists everywhere, and takes any kind of open. */
    private static final ByteString PATH = ByteString.utf8("/dev/null");

    private static final List<EntryPoint> ALL = Stream.of(
                    way("system call", call -> call, Abi.NATIVE, Origin.SYSCALL, everyCall()),
                    way("rax with high bits", WatchedCall::byWideNumber, Abi.NATIVE, Origin.SYSCALL, everyCall()),
                    way("int 0x80", call -> call.by(Abi.IA32), Abi.IA32, Origin.SYSCALL, everyCall()),
                    way(
                            "int 0x80, socketcall",
                            WatchedCall::bySocketcall,
                            Abi.IA32,
                            Origin.SYSCALL,
                            List.of(connect())),
                    way("x32", call -> call.by(Abi.X32), Abi.X32, Origin.SYSCALL, everyCall()),
                    way("io_uring", WatchedCall::throughRing, Abi.NATIVE, Origin.IO_URING, everyRequest()),
                    way("io_uring, worker", WatchedCall::throughWorker, Abi.NATIVE, Origin.IO_URING, everyRequest()),
                    way(
                            "io_uring, SQPOLL",
                            WatchedCall::throughPolledRing,
                            Abi.NATIVE,
                            Origin.IO_URING,
                            everyRequest()))
            .flatMap(List::stream)
            .toList();

    private EntryPointCheck() {}

    /** Makes the socket for the connects. */
    public static void prepare(Actor actor) {
        new Sockets(actor).datagram(SOCKET, Linux.AF_INET);
    }

    /** Returns all entry points, in the order in which they are shown. */
    public static List<EntryPoint> all() {
        return ALL;
    }

    /**
     * Makes all calls under one live capture.
     *
     * @param render turns an event into a value, and must not keep the event; called on another thread
     */
    public static <T> List<EntryPointResult<T>> run(DriverUnderTest under, Function<EventView, T> render) {
        List<T> rendered = Collections.synchronizedList(new ArrayList<>());
        Scenario.Setup setup = new Scenario.Setup(under);
        List<EntryPointResult<T>> results = new ArrayList<>();
        try (Scenario scenario =
                setup.rendering(view -> rendered.add(render.apply(view))).open()) {
            prepare(scenario.actor());
            for (EntryPoint entryPoint : ALL) {
                results.add(take(scenario, entryPoint, rendered));
            }
        }
        return results;
    }

    private static <T> EntryPointResult<T> take(Scenario scenario, EntryPoint entryPoint, List<T> rendered) {
        Capabilities capabilities = scenario.capabilities();
        Optional<Capability> lack = entryPoint.needs().stream()
                .filter(needed -> !capabilities.has(needed))
                .findFirst();
        if (lack.isPresent()) {
            return EntryPointResult.unseen(
                    entryPoint,
                    Status.NOT_DECLARED,
                    capabilities.reason(lack.get()).orElseThrow());
        }
        scenario.awaitRest();
        int before = scenario.recorder().size();
        Outcome outcome;
        try {
            outcome = scenario.callUnobserved(entryPoint.call());
        } catch (ActorException e) {
            return EntryPointResult.unseen(
                    entryPoint, Status.IMPOSSIBLE, e.unsupported().orElseThrow(() -> e));
        }
        scenario.awaitRest();
        List<SyscallEvent> events = scenario.recorder().eventsFrom(before);
        return events.size() == 1 && isOf(events.get(0), entryPoint, outcome)
                ? EntryPointResult.seen(entryPoint, rendered.get(before))
                : EntryPointResult.unseen(
                        entryPoint,
                        Status.MISSED,
                        events.isEmpty()
                                ? "no event came of the call"
                                : "what came is not the call's event: " + events);
    }

    private static boolean isOf(SyscallEvent event, EntryPoint entryPoint, Outcome outcome) {
        return event.call().syscall() == entryPoint.syscall()
                && event.call().result() == outcome.result()
                && entryPoint.needs().contains(event.call().abi())
                && entryPoint.needs().contains(event.call().origin());
    }

    private static List<EntryPoint> way(
            String way, UnaryOperator<WatchedCall> by, Abi abi, Origin origin, List<WatchedCall> calls) {
        return calls.stream()
                .map(call -> new EntryPoint(way, by.apply(call), List.of(call.syscall(), abi, origin)))
                .toList();
    }

    private static List<WatchedCall> everyCall() {
        return List.of(
                WatchedCall.open(Pointer.to(PATH), Linux.O_RDONLY, 0),
                openat(),
                openat2(),
                WatchedCall.creat(Pointer.to(PATH), 0600),
                connect());
    }

    /** Returns the calls that have an io_uring request. */
    private static List<WatchedCall> everyRequest() {
        return List.of(openat(), openat2(), connect());
    }

    private static WatchedCall openat() {
        return WatchedCall.openat(Pointer.to(PATH), Linux.O_RDONLY, 0);
    }

    private static WatchedCall openat2() {
        return WatchedCall.openat2(Pointer.to(PATH), Linux.O_RDONLY, 0, 0);
    }

    /** Returns a connect of a datagram socket, which needs no listener. */
    private static WatchedCall connect() {
        return WatchedCall.connect("h:" + SOCKET, SocketAddresses.loopback(9));
    }
}
