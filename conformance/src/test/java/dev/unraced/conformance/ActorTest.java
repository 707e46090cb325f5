// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.Abi;
import dev.unraced.event.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ActorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Actor actor = Actor.start();
    private final Scratch scratch = new LocalScratch();

    @AfterEach
    void end() {
        actor.close();
        scratch.close();
    }

    @Test
    void opensWithEveryCallAndTellsTheTruth() throws IOException {
        long inode = file("file");
        Pointer path = Pointer.to(scratch.bytes("file"));
        for (WatchedCall call : List.of(
                WatchedCall.open(path, Linux.O_RDONLY, 0),
                WatchedCall.openat(path, Linux.O_RDONLY, 0),
                WatchedCall.openat2(path, Linux.O_RDONLY, 0, 0),
                WatchedCall.creat(path, 0600))) {
            Outcome outcome = call(call);
            assertThat(outcome.result()).as(call.toString()).isPositive();
            assertThat(outcome.inode()).isEqualTo(inode);
            assertThat(outcome.realPath()).contains(scratch.bytes("file"));
            assertThat(outcome.tid()).isEqualTo(actor.tgid());
            assertThat(outcome.endedNanos()).isGreaterThanOrEqualTo(outcome.begunNanos());
        }
        assertThat(actor.ask(Command.of("count")).number("ended")).isEqualTo(4);
    }

    @Test
    void opensByAHandleThatItKeeps() throws IOException {
        Files.createDirectory(Path.of(scratch.path("dir")));
        long inode = file("dir/file");
        assertThat(call(WatchedCall.openat(Pointer.to(scratch.bytes("dir")), Linux.O_PATH, 0)
                                .keep(5))
                        .result())
                .isPositive();
        assertThat(call(WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:5")).inode())
                .isEqualTo(inode);
        actor.ask(Command.of("close").with("id", 5));
        assertThat(call(WatchedCall.openat(Pointer.to("file"), 0, 0).at("h:5")).result())
                .isEqualTo(Linux.EBADF);
    }

    @Test
    void returnsDescriptorZeroWhenAskedTo() throws IOException {
        file("file");
        WatchedCall call = WatchedCall.openat(Pointer.to(scratch.bytes("file")), 0, 0);
        assertThat(call(call.takingZero()).result()).isZero();
        assertThat(call(call.takingZero()).result()).isZero();
        assertThat(call(call).result()).isPositive();
    }

    @Test
    void pointsToEveryKindOfMemory() throws IOException {
        file("file");
        ByteString path = scratch.bytes("file");
        for (Pointer readable :
                List.of(Pointer.to(path), Pointer.terminatedEdge(path), Pointer.cold(path), Pointer.split(path))) {
            assertThat(call(WatchedCall.openat(readable, 0, 0)).result())
                    .as(readable.text().substring(0, 6))
                    .isPositive();
        }
        for (Pointer unreadable : List.of(Pointer.NULL, Pointer.BAD, Pointer.edge(path))) {
            assertThat(call(WatchedCall.openat(unreadable, 0, 0)).result()).isEqualTo(Linux.EFAULT);
        }
    }

    @Test
    void hidesMemoryFromThoseWhoMustNotFault() {
        ByteString bytes = ByteString.utf8("/some/path/that/is/longer");
        assertResident(Pointer.to(bytes), 1, 1);
        assertResident(Pointer.to(ByteString.EMPTY), 1, 1);
        assertResident(Pointer.terminatedEdge(bytes), 1, 1);
        assertResident(Pointer.cold(bytes), 0, 0);
        assertResident(Pointer.split(bytes), 1, 0);
        assertResident(Pointer.BAD, 0, 0);
    }

    @Test
    void passesLengthsAsTheyAre() throws IOException {
        file("file");
        WatchedCall openat2 = WatchedCall.openat2(Pointer.to(scratch.bytes("file")), 0, 0, 0);
        assertThat(call(openat2.size(16)).result()).isEqualTo(Linux.EINVAL);
        assertThat(call(openat2.how(Pointer.BAD, 24)).result()).isEqualTo(Linux.EFAULT);
        Pointer address = Pointer.to(SocketAddresses.loopback(1));
        new Sockets(actor).stream(1, Linux.AF_INET);
        assertThat(call(WatchedCall.connect("h:1", address, -1)).result()).isEqualTo(Linux.EINVAL);
        assertThat(call(WatchedCall.connect("h:1", address, 129)).result()).isEqualTo(Linux.EINVAL);
        assertThat(call(WatchedCall.connect("-1", address, 16)).result()).isEqualTo(Linux.EBADF);
    }

    @Test
    void connectsAndNamesBothEnds() {
        Sockets sockets = new Sockets(actor);
        for (ByteString own : List.of(
                SocketAddresses.loopback(0),
                SocketAddresses.loopback6(0),
                SocketAddresses.unix(scratch.path("socket")),
                SocketAddresses.unix("\0unraced-test/" + actor.tgid()))) {
            ByteString address = sockets.listen(1, own, 4);
            sockets.stream(2, own.byteAt(0));
            Outcome outcome = call(WatchedCall.connect("h:2", address));
            assertThat(outcome.result()).as(own.escaped()).isZero();
            assertThat(outcome.peer()).contains(address);
        }
    }

    @Test
    void callsByThe32BitConvention() throws IOException {
        long inode = file("file");
        WatchedCall call = WatchedCall.openat(Pointer.to(scratch.bytes("file")), 0, 0);
        assertThat(call(call.by(Abi.IA32)).inode()).isEqualTo(inode);
    }

    @Test
    void callsThroughARing() throws IOException {
        long inode = file("file");
        Pointer path = Pointer.to(scratch.bytes("file"));
        for (WatchedCall call :
                List.of(WatchedCall.openat(path, Linux.O_RDONLY, 0), WatchedCall.openat2(path, Linux.O_RDONLY, 0, 0))) {
            assertThat(call(call.throughRing()).inode()).isEqualTo(inode);
        }
        Sockets sockets = new Sockets(actor);
        ByteString address = sockets.listen(1, SocketAddresses.loopback(0), 4);
        sockets.stream(2, Linux.AF_INET);
        Outcome outcome = call(WatchedCall.connect("h:2", address).throughRing());
        assertThat(outcome.result()).isZero();
        assertThat(outcome.peer()).contains(address);
        assertThatThrownBy(() -> call(WatchedCall.creat(path, 0600).throughRing()))
                .hasMessageContaining("unsupported");
    }

    @Test
    void noticesByItselfThatACallBlocks() {
        fifo("fifo");
        Reply started = actor.ask(
                WatchedCall.openat(Pointer.to(scratch.bytes("fifo")), 0, 0).command("start"));
        actor.ask(Command.of("blocked").with("job", started.number("job")));
        new ProcThread(actor.tgid(), started.integer("tid")).awaitBlocked(PATIENCE);
    }

    @Test
    void blocksAndLetsMemoryChangeMeanwhile() throws IOException {
        fifo("fifo");
        actor.ask(Command.of("buffer").with("id", 1).with("bytes", scratch.bytes("fifo")));
        Job job = new Job(actor, WatchedCall.openat(Pointer.buffer(1), 0, 0), PATIENCE).awaitBlocked();
        assertThat(job.finishWithin(1)).isEmpty();
        actor.ask(Command.of("buffer").with("id", 1).with("bytes", scratch.bytes("none")));
        call(WatchedCall.openat(Pointer.to(scratch.bytes("fifo")), Linux.O_RDWR, 0));
        Outcome outcome = job.finish();
        assertThat(outcome.realPath()).contains(scratch.bytes("fifo"));
        assertThat(outcome.tid()).isEqualTo(job.tid()).isNotEqualTo(actor.tgid());
    }

    @Test
    void blocksInAConnectToAFullListener() {
        Sockets sockets = new Sockets(actor);
        ByteString address = sockets.listenFull(1, SocketAddresses.unix(scratch.path("socket")), 10);
        sockets.stream(2, Linux.AF_UNIX);
        Job job = new Job(actor, WatchedCall.connect("h:2", address), PATIENCE).awaitBlocked();
        sockets.accept(1, 20);
        assertThat(job.finish().result()).isZero();
    }

    @Test
    void connectsToAFullListenerAndGoesOn() {
        Sockets sockets = new Sockets(actor);
        ByteString address = sockets.listenFull(1, SocketAddresses.loopback(0), 10);
        sockets.nonblocking(2, Linux.AF_INET);
        WatchedCall connect = WatchedCall.connect("h:2", address);
        assertThat(call(connect).result()).isEqualTo(Linux.EINPROGRESS);
        Outcome again = call(connect);
        assertThat(again.result()).isEqualTo(Linux.EALREADY);
        assertThat(again.peer()).isEmpty();
    }

    @Test
    void interruptsAndRestarts() {
        fifo("fifo");
        WatchedCall open = WatchedCall.openat(Pointer.to(scratch.bytes("fifo")), 0, 0);
        Job job = new Job(actor, open, PATIENCE).awaitBlocked();
        job.signal(true);
        job.awaitBlocked();
        job.signal(false);
        assertThat(job.finish().result()).isEqualTo(Linux.EINTR);
    }

    @Test
    void makesCallsInBulk() {
        Reply reply = actor.ask(Command.of("bulk")
                .with("base", scratch.bytes("none"))
                .with("threads", 5)
                .with("calls", 300)
                .with("mixed", 1));
        assertThat(reply.number("calls")).isEqualTo(1500);
        assertThat(reply.number("failures")).isEqualTo(1500);
        assertThat(reply.integers("tids")).hasSize(5).doesNotHaveDuplicates();
        assertThat(actor.ask(Command.of("count")).number("ended")).isEqualTo(1500);
    }

    @Test
    void killsAndInterruptsThreadsInTheirCalls() {
        fifo("fifo");
        for (String how : List.of("kill", "signal")) {
            Reply reply = actor.ask(Command.of("storm")
                    .with("path", scratch.bytes("fifo"))
                    .with("how", how)
                    .with("processes", 3)
                    .with("threads", 50));
            assertThat(reply.number("begun")).as(how).isEqualTo(150);
        }
        Reply count = actor.ask(Command.of("count"));
        assertThat(count.number("begun")).isEqualTo(300);
        assertThat(count.number("ended")).as("those killed never came back").isEqualTo(150);
    }

    @Test
    void flipsAPathAndKnowsWhichFileEachCallGot() throws IOException {
        file("a");
        file("b");
        String truth = actor.ask(Command.of("flip")
                        .with("a", scratch.bytes("a"))
                        .with("b", scratch.bytes("b"))
                        .with("calls", 20_000))
                .text("truth");
        assertThat(truth).hasSize(20_000).matches("[ab]+").contains("a", "b");
    }

    @Test
    void flipsAnAddressAndKnowsWhichPeerEachCallGot() {
        new Sockets(actor).datagram(1, Linux.AF_INET);
        String truth = actor.ask(Command.of("flip-connect")
                        .with("fd", "h:1")
                        .with("a", SocketAddresses.inet(9, 127, 0, 0, 1))
                        .with("b", SocketAddresses.inet(9, 127, 0, 0, 2))
                        .with("calls", 20_000))
                .text("truth");
        assertThat(truth).hasSize(20_000).matches("[ab]+").contains("a", "b");
    }

    @Test
    void reusesThreadIds() {
        fifo("fifo");
        Reply reply = actor.ask(Command.of("reuse")
                .with("path", scratch.bytes("fifo"))
                .with("other", scratch.bytes("none"))
                .with("rounds", 5));
        assertThat(reply.integers("tids")).hasSize(5);
        assertThat(actor.ask(Command.of("count")).number("begun")).isEqualTo(10);
    }

    @Test
    void execsFromAnotherThreadWhileTheFirstIsBlocked() {
        fifo("fifo");
        Reply reply = actor.ask(Command.of("exec")
                .with("path", scratch.bytes("fifo"))
                .with("other", scratch.bytes("none"))
                .with("tag", 1));
        assertThat(reply.integer("tid")).isNotEqualTo(actor.tgid());
        assertThat(actor.ask(Command.of("count")).number("begun")).isEqualTo(2);
    }

    @Test
    void marksItselfWithAUserIdOfItsOwn() throws IOException {
        long user = actor.user().orElseThrow();
        assertThat(Files.readAllLines(Path.of("/proc", Integer.toString(actor.tgid()), "status")))
                .anySatisfy(line -> assertThat(line).startsWith("Uid:\t" + user + "\t0\t"));
        try (Actor other = Actor.start()) {
            assertThat(other.user().orElseThrow()).isNotEqualTo(user);
        }
    }

    @Test
    void saysWhatItDoesNotUnderstand() {
        assertThatThrownBy(() -> actor.ask(Command.of("dance")))
                .isInstanceOf(ActorException.class)
                .hasMessageContaining("unknown command 'dance'");
        assertThatThrownBy(() -> actor.ask(Command.of("call").with("name", "stat")))
                .isInstanceOf(ActorException.class);
        assertThat(actor.ask(Command.of("count")).number("begun")).isZero();
    }

    @Test
    void leavesNoChildAndNoFileBehind() throws IOException {
        fifo("fifo");
        List<Job> jobs = new ArrayList<>();
        IntStream.range(0, 10)
                .forEach(i ->
                        jobs.add(new Job(actor, WatchedCall.openat(Pointer.to(scratch.bytes("fifo")), 0, 0), PATIENCE)
                                .awaitBlocked()));
        Path process = Path.of("/proc", Integer.toString(actor.tgid()));
        assertThat(process).exists();
        String program = Files.readSymbolicLink(process.resolve("exe")).toString();
        assertThat(program).endsWith(" (deleted)");
        assertThat(Path.of(program).getParent()).doesNotExist();
        actor.close();
        assertThat(process).doesNotExist();
    }

    private void assertResident(Pointer pointer, int first, int last) {
        Reply reply = actor.ask(Command.of("resident").with("pointer", pointer.text()));
        assertThat(reply.integer("first")).as(pointer.text()).isEqualTo(first);
        assertThat(reply.integer("last")).as(pointer.text()).isEqualTo(last);
    }

    private Outcome call(WatchedCall call) {
        return new Outcome(actor.ask(call.command("call")));
    }

    private long file(String name) throws IOException {
        return (Long) Files.getAttribute(Files.createFile(Path.of(scratch.path(name))), "unix:ino");
    }

    private void fifo(String name) {
        actor.ask(Command.of("fifo").with("path", scratch.bytes(name)));
    }
}
