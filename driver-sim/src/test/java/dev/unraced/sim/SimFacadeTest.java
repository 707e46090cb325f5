// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.unraced.capture.Capture;
import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.junit.SimExtension;
import dev.unraced.sim.kernel.CallStep;
import dev.unraced.sim.kernel.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests the API for tests of agents, by correct use and by misuse. */
@ExtendWith(SimExtension.class)
class SimFacadeTest {

    @Test
    void everyWayToOpenIsAnEvent(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("cat").user(0);
        SimThread thread = process.thread();
        SimBuffer path = process.buffer("/etc/hostname");
        thread.open(path, OpenFlags.O_RDWR, 0).finish();
        thread.openat(path).finish();
        thread.openat("/tmp/new", OpenFlags.O_CREAT | OpenFlags.O_WRONLY, 0600).finish();
        thread.openat2(OpenFlags.AT_FDCWD, path, OpenFlags.O_RDONLY, 0, OpenFlags.RESOLVE_NO_SYMLINKS)
                .finish();
        thread.creat(path, 0644).finish();
        thread.call(Syscall.OPEN, Abi.IA32, path.address(), 0, 0).finish();
        thread.submit(Syscall.OPENAT, false, OpenFlags.AT_FDCWD, path.address(), 0, 0)
                .finish();

        List<SyscallEvent> events = SimEvents.of(capture);
        assertThat(events)
                .extracting(event -> event.call().syscall())
                .containsExactly(
                        Syscall.OPEN,
                        Syscall.OPENAT,
                        Syscall.OPENAT,
                        Syscall.OPENAT2,
                        Syscall.CREAT,
                        Syscall.OPEN,
                        Syscall.OPENAT);
        assertThat(events).extracting(event -> event.call().result()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(events.get(2).flags()).contains(EventFlag.CREATED);
        assertThat(events.get(5).call().abi()).isEqualTo(Abi.IA32);
        assertThat(events.get(6).call().origin()).isEqualTo(Origin.IO_URING);
    }

    @Test
    void everyWayToConnectIsAnEvent(SimKernel kernel, Capture capture) {
        SimProcess server = kernel.process("server");
        int four = server.listen("127.0.0.1", 8080);
        int six = server.listen("::1", 8080);
        int unix = server.listen("/tmp/socket");
        SimProcess client = kernel.process("client");
        client.thread().connect("127.0.0.1", 8080).finish();
        client.thread().connect("::1", 8080).finish();
        client.thread().connect("/tmp/socket").finish();
        int fd = client.socket(2, 1, 0);
        client.thread().connect(fd, client.address("127.0.0.1", 9)).finish();
        client.thread().connect(fd, client.address("127.0.0.1", 8080), 3).finish();

        assertThat(SimEvents.of(capture))
                .satisfiesExactly(
                        event -> connected(event, "127.0.0.1:8080", 0),
                        event -> connected(event, "[::1]:8080", 0),
                        event -> connected(event, "unix:/tmp/socket", 0),
                        event -> connected(event, "127.0.0.1:9", -Errno.ECONNREFUSED),
                        event -> assertThat(event.call().result()).isEqualTo(-Errno.EINVAL));
        assertThat(server.accept(four)).isGreaterThan(unix);
        server.accept(six);
        server.accept(unix);
        assertThatIllegalStateException()
                .isThrownBy(() -> server.accept(four))
                .withMessageContaining("no socket has connected to descriptor " + four);
    }

    private static void connected(SyscallEvent event, String address, long result) {
        assertThat(((ConnectEvent) event).address().value()).hasToString(address);
        assertThat(event.call().result()).isEqualTo(result);
    }

    @Test
    void aProcessIsWhoItIsToldToBe(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("app").user(7).cgroup(99).container("c0ffee");
        SimThread thread = process.newThread("worker");
        thread.openat("/etc/hostname").finish();
        SimProcess child = process.spawn("child");
        child.thread().openat("/etc/hostname").finish();

        assertThat(SimEvents.of(capture))
                .satisfiesExactly(
                        event -> {
                            assertThat(event.caller().tid()).isEqualTo(thread.tid());
                            assertThat(event.caller().tgid()).isEqualTo(process.tgid());
                            assertThat(event.caller().comm()).hasToString("worker");
                            assertThat(event.caller().uid()).isEqualTo(7);
                            assertThat(event.caller().cgroupId()).isEqualTo(99);
                            assertThat(event.caller().containerId()).get().hasToString("c0ffee");
                        },
                        event -> {
                            assertThat(event.caller().parentTgid()).isEqualTo(process.tgid());
                            assertThat(event.caller().uid()).isEqualTo(7);
                        });
        assertThat(thread.process()).isSameAs(process);
    }

    @Test
    void theFilesAreThere(SimKernel kernel, Capture capture) {
        kernel.files()
                .file("/a/b/c")
                .directory("/d")
                .symlink("/a/b/c", "/d/link")
                .link("/a/b/c", "/d/same")
                .rename("/d/same", "/d/other")
                .file("/d/gone")
                .delete("/d/gone")
                .permissions("/a/b/c", 0600)
                .directory("/e")
                .bind("/d", "/e");
        SimThread root = kernel.process("root").user(0).thread();
        SimThread user = kernel.process("user").thread();

        assertThat(root.openat("/d/link").finish()).isNotNegative();
        assertThat(root.openat("/e/other").finish()).isNotNegative();
        assertThat(root.openat("/d/gone").finish()).isEqualTo(-Errno.ENOENT);
        assertThat(user.openat("/d/other").finish()).isEqualTo(-Errno.EACCES);
        assertThat(user.chdir("/d").openat("other").finish()).isEqualTo(-Errno.EACCES);
        assertThat(SimEvents.of(capture)).hasSize(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernel.files().delete("/nowhere"))
                .withMessageContaining("/nowhere: there is no such name (ENOENT)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernel.files().file("/etc/passwd"))
                .withMessage("/etc/passwd: there is such a name already (EEXIST)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> user.chdir("/nowhere"))
                .withMessageContaining("chdir /nowhere: there is no such name (ENOENT)");
    }

    @Test
    void aCallIsTakenStepByStep(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("evil");
        SimBuffer path = process.buffer("/etc/hostname");
        SimCall open = process.thread().openat(path);
        assertThat(open.next()).isEqualTo(CallStep.ENTER);
        open.until(CallStep.COPY_PATH).until(CallStep.COPY_PATH);
        path.write("/etc/passwd");
        assertThat(path.length()).isEqualTo("/etc/passwd".length());
        assertThat(open.isDone()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(open::result)
                .withMessage("the call has not returned; its next step is COPY_PATH");
        assertThatIllegalStateException()
                .isThrownBy(() -> process.thread().openat(path))
                .withMessageContaining("is in a call");
        assertThatIllegalStateException()
                .isThrownBy(() -> open.until(CallStep.WAIT))
                .withMessage("the call has returned 0, and never came to WAIT");

        assertThat(open.finish()).isZero();
        assertThat(SimEvents.of(capture))
                .singleElement()
                .satisfies(event ->
                        assertThat(((OpenEvent) event).path().integrity()).isEqualTo(Integrity.CHANGED));
    }

    @Test
    void aCallThatBlocksSaysSoUntilItIsWoken(SimKernel kernel, Capture capture) {
        kernel.files().fifo("/tmp/fifo");
        SimProcess process = kernel.process("reader").user(0);
        SimCall reader = process.thread().openat("/tmp/fifo");
        assertThat(reader.run()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(reader::finish)
                .withMessageContaining("is blocked; let somebody wake it");

        process.newThread("writer").openat("/tmp/fifo", OpenFlags.O_WRONLY, 0).finish();
        assertThat(reader.finish()).isNotNegative();
        assertThat(reader.result()).isEqualTo(reader.finish());
        assertThat(SimEvents.of(capture)).hasSize(2);
    }

    @Test
    void aSignalInterruptsOrRestarts(SimKernel kernel, Capture capture) {
        kernel.files().fifo("/tmp/fifo");
        SimThread thread = kernel.process("reader").user(0).thread();
        SimCall first = thread.openat("/tmp/fifo");
        first.run();
        thread.signal(Signal.HANDLED_RESTART);
        assertThat(first.finish()).isEqualTo(-Errno.ERESTARTSYS);
        SimCall again = thread.underWay().orElseThrow();
        again.run();
        thread.signal(Signal.HANDLED);
        again.finish();

        assertThat(thread.underWay()).isEmpty();
        assertThat(SimEvents.of(capture)).hasSize(2);
    }

    @Test
    void aThreadThatVanishesLeavesACallWithoutReturn(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("oops");
        SimThread thread = process.newThread("gone");
        SimCall open = thread.openat("/etc/hostname").until(CallStep.WORK);
        thread.vanish();

        assertThat(thread.isAlive()).isFalse();
        assertThat(process.isAlive()).isTrue();
        assertThat(open.isDone()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(open::finish)
                .withMessage("the call ended with its thread, without a return");
        assertThatIllegalStateException()
                .isThrownBy(() -> thread.openat("/etc/hostname"))
                .withMessageContaining("is dead");
        assertThat(SimEvents.of(capture)).isEmpty();
        assertThat(capture.stats().stash().reclaimed()).isEqualTo(1);
    }

    @Test
    void killedCallsReturn(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("victim");
        process.thread().openat("/etc/hostname").until(CallStep.WORK);
        process.kill();

        assertThat(process.isAlive()).isFalse();
        assertThat(SimEvents.of(capture)).hasSize(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> process.spawn("child"))
                .withMessageContaining("is dead");
        assertThatIllegalStateException()
                .isThrownBy(() -> process.newThread("x"))
                .withMessageContaining("is dead");
        assertThatIllegalStateException().isThrownBy(() -> process.exec("x")).withMessageContaining("is dead");
    }

    @Test
    void execEndsTheOtherThreadsAndTheMemory(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("before");
        SimBuffer old = process.buffer("/etc/hostname");
        SimThread other = process.newThread("other");
        other.openat(old).until(CallStep.WORK);
        process.exec("after").thread().openat("/etc/passwd").finish();

        assertThat(other.isAlive()).isFalse();
        assertThat(SimEvents.of(capture))
                .extracting(event -> event.caller().comm().toUtf8())
                .containsExactly("other", "after");
        assertThatIllegalStateException()
                .isThrownBy(() -> old.write("/etc/shadow"))
                .withMessageContaining("executed another program");
        SimCall open = process.thread().openat("/etc/passwd").until(CallStep.WORK);
        assertThatIllegalStateException().isThrownBy(() -> process.exec("x")).withMessageContaining("is in a call");
        open.finish();
    }

    @Test
    void coldMemoryCannotBeReadAtEntry(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("cold");
        process.thread().openat(process.coldBuffer("/etc/hostname")).finish();

        assertThat(SimEvents.of(capture))
                .singleElement()
                .satisfies(event ->
                        assertThat(((OpenEvent) event).path().provenance()).isEqualTo(Provenance.EXIT));
    }

    @Test
    void descriptorsCanBeReplacedAndClosed(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("dup");
        int fd = process.socket(1, 1, 0);
        process.dup2(fd, 9);
        process.close(fd);
        assertThat(process.thread().connect(fd, process.address("/tmp/none")).finish())
                .isEqualTo(-Errno.EBADF);
        process.close(9);
        assertThatIllegalArgumentException().isThrownBy(() -> process.close(9)).withMessageContaining("descriptor 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.dup2(9, 1))
                .withMessageContaining("descriptor 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.socket(77, 1, 0))
                .withMessageContaining("no such socket");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.accept(9))
                .withMessage("descriptor 9 is no socket");
        assertThat(SimEvents.of(capture)).hasSize(1);
    }

    @Test
    void aTestActsAtStepsOfACall(SimKernel kernel, Capture capture) {
        kernel.files().fifo("/tmp/fifo");
        SimProcess process = kernel.process("evil").user(0);
        List<CallStep> seen = new ArrayList<>();
        SimCall open = process.thread().openat("/etc/hostname");
        assertThat(open.finishBeforeEach(() -> seen.add(open.next()))).isZero();
        assertThat(seen)
                .containsExactly(CallStep.ENTER, CallStep.COPY_PATH, CallStep.WORK, CallStep.INSTALL, CallStep.EXIT);
        SimCall reader = process.thread().openat("/tmp/fifo");
        assertThatIllegalStateException()
                .isThrownBy(() -> reader.finishBeforeEach(() -> {}))
                .withMessageContaining("is blocked");
        assertThatIllegalStateException()
                .isThrownBy(() -> reader.until(CallStep.LOOK))
                .withMessageEndingWith("and never came to LOOK");
        process.kill();
        assertThat(SimEvents.of(capture)).hasSize(2);
    }

    @Test
    void descriptorsAndSocketsGoWhereATestPutsThem(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("server");
        SimProcess other = kernel.process("other");
        int fd = process.socket(1, 1, 0);
        process.bind(fd, process.address("/tmp/name"));
        assertThat(process.give(fd, other)).isZero();
        assertThat(other.thread().connect(0, other.address("/tmp/none")).finish())
                .isEqualTo(-Errno.ENOENT);
        process.takeDescriptorsBelow(7);
        assertThat(process.thread().openat("/etc/hostname").finish()).isEqualTo(7);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.give(99, other))
                .withMessage("descriptor 99: it is not open (EBADF)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.bind(process.socket(1, 1, 0), process.address("/tmp/name")))
                .withMessageContaining("cannot bind descriptor 8: EADDRINUSE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.mount("/tmp", "/nowhere"))
                .withMessageStartingWith("mount on /nowhere: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.address("127.0.0.1", 9, 2))
                .withMessage("127.0.0.1 is no address of IPv6, so it has no scope");
        assertThat(SimEvents.of(capture)).hasSize(2);
    }

    @Test
    void idsAndThreadsEndAndComeAgain(SimKernel kernel, Capture capture) {
        SimProcess process = kernel.process("first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernel.process("second", process.tgid()))
                .withMessage("the id " + process.tgid() + " is in use");
        SimThread thread = process.newThread("worker");
        thread.exec("executed");
        assertThat(process.thread()).isSameAs(thread);
        assertThat(thread.tid()).isEqualTo(process.tgid());
        thread.exit();
        assertThat(process.isAlive()).isFalse();
        assertThatIllegalStateException().isThrownBy(thread::exit).withMessageContaining("is dead");
        kernel.process("second", process.tgid())
                .thread()
                .openat("/etc/hostname")
                .finish();
        assertThat(SimEvents.of(capture))
                .singleElement()
                .satisfies(event -> assertThat(event.caller().tid()).isEqualTo(process.tgid()));
    }

    @Test
    void addressesThatAreNoneAreRefused(SimKernel kernel) {
        SimProcess process = kernel.process("curl");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.address("localhost", 80))
                .withMessage("localhost is no IP address; names are not looked up");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.address("1.2.3.400", 80))
                .withMessageContaining("1.2.3.400 is no IP address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.address("::1", 65_536))
                .withMessage("port 65536 is not one of 0 to 65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.address("x".repeat(108)))
                .withMessageContaining("1 to 107 bytes, not 108");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> process.listen("10.0.0.1", 80))
                .withMessage("cannot listen on 10.0.0.1 port 80: EADDRNOTAVAIL");
        process.listen("127.0.0.1", 80);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernel.process("other").listen("127.0.0.1", 80))
                .withMessageEndingWith(": EADDRINUSE");
    }

    @Test
    void aBufferHasAnEnd(SimKernel kernel) {
        SimBuffer buffer = kernel.process("cat").buffer("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> buffer.write(ByteString.copyOf(new byte[8192])))
                .withMessage("8192 bytes and a NUL do not fit into 8192");
    }

    @Test
    void timePassesAsTold() {
        SimKernel kernel = SimKernel.upFor(Duration.ofSeconds(5));
        long begin = kernel.now();
        assertThat(begin).isGreaterThanOrEqualTo(5_000_000_000L);
        kernel.sleep(Duration.ofMillis(3));
        assertThat(kernel.now()).isEqualTo(begin + 3_000_000);
        kernel.sleepUntil(begin + 4_000_000);
        kernel.sleepUntil(0);
        assertThat(kernel.now()).isEqualTo(begin + 4_000_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernel.sleep(Duration.ofNanos(-1)))
                .withMessageContaining("time does not go back");
    }
}
