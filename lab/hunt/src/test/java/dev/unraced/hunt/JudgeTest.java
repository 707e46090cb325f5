// SPDX-License-Identifier: Apache-2.0
package dev.unraced.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Call;
import dev.unraced.event.Caller;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.OpenHow;
import dev.unraced.event.OpenedFile;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Right events, marked events, and each kind of lie. */
class JudgeTest {
    private static final String ONE = "020003e80a0901010000000000000000";
    private static final String TWO = "020003e90a0902010000000000000000";
    /** ONE as an address of IPv6, and a link-local address of IPv6 without its scope. */
    private static final String MAPPED = "0a0003e80000000000000000000000000000ffff0a09010100000000";

    private static final String SCOPED = "0a0007d100000000fe800000000000000000000000000001";

    @Test
    void aRightEventIsNoLie() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        Verdict verdict = Judge.judge(
                log, List.of(opened("/hunt/a/x", 3, Integrity.MATCH, EventFlag.HAS_FILE)), ProcessLog.NONE, 0, 0);
        assertThat(verdict.lies()).isEmpty();
        assertThat(verdict.judgedActs()).isEqualTo(1);
        assertThat(verdict.assertions()).isPositive();
    }

    @Test
    void anotherFileIsALieAndAFlagTakesItBack() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        assertThat(fields(log, opened("/hunt/b/x", 8, Integrity.UNCHECKED, EventFlag.HAS_FILE)))
                .containsExactly("file.inode");
        Verdict marked = Judge.judge(
                log,
                List.of(opened("/hunt/b/x", 8, Integrity.UNCHECKED, EventFlag.HAS_FILE, EventFlag.FD_TABLE_SHARED)),
                ProcessLog.NONE,
                0,
                0);
        assertThat(marked.lies()).isEmpty();
        assertThat(marked.marked()).containsEntry("FD_TABLE_SHARED", 1L);
    }

    @Test
    void withoutALookTheModelOfTheTreeTellsTheFile() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/l"));
        assertThat(fields(log, opened("/hunt/a/x", 3, Integrity.UNCHECKED, EventFlag.HAS_FILE)))
                .isEmpty();
        assertThat(fields(log, opened("/hunt/b/x", 8, Integrity.UNCHECKED, EventFlag.HAS_FILE)))
                .containsExactly("file.inode");
    }

    @Test
    void matchOfAPathThatLedElsewhereIsALie() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x other=b/x ino=8 dev=0:5 fl=0"));
        assertThat(fields(log, opened("/hunt/b/x", 8, Integrity.MATCH, EventFlag.HAS_FILE)))
                .isEmpty();
        ActLog flipped = Logs.of(Logs.open(10, 20, "path=a/x other=b/x ino=8 dev=0:5 fl=0"));
        SyscallEvent event = opened("/hunt/a/x", "/hunt/b/x", 8, Integrity.MATCH, Set.of(EventFlag.HAS_FILE));
        assertThat(fields(flipped, event)).containsExactly("path_integrity");
    }

    @Test
    void aPathThatWasNeverANameIsALieUnlessItIsUnstable() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        assertThat(fields(log, opened("/hunt/b/p/x", 3, Integrity.UNCHECKED, EventFlag.HAS_FILE)))
                .containsExactly("file.path");
        assertThat(fields(
                        log,
                        opened("/hunt/b/p/x", 3, Integrity.UNCHECKED, EventFlag.HAS_FILE, EventFlag.RESOLVED_UNSTABLE)))
                .isEmpty();
    }

    @Test
    void aSuccessWithoutAFileNeedsAMark() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        assertThat(fields(log, opened("/hunt/a/x", "", 0, Integrity.UNCHECKED, Set.of())))
                .containsExactly("file");
        assertThat(fields(log, opened("/hunt/a/x", "", 0, Integrity.UNCHECKED, Set.of(EventFlag.OBJECT_MISSED))))
                .isEmpty();
    }

    @Test
    void aFailedOpenFromAnotherNamespaceNeedsAMark() {
        String own = failed("path=a/x sns=77");
        assertThat(fields(Logs.of(own), failed())).isEmpty();
        ActLog told = Logs.of(failed("path=a/x sns=78"));
        assertThat(fields(told, failed())).containsExactly("mount_ns");
        assertThat(fields(told, failed(EventFlag.FOREIGN_MOUNT_NS))).isEmpty();
        // The replayed standing tells, too: the root, or the directory of a descriptor, of the first namespace.
        String unshared = Logs.change(1, 1, 2, "what=unshare").replace("a=1", "a=0");
        String moved = Logs.change(2, 3, 4, "what=chroot").replace("a=1", "a=0").replace("value=0", "value=-1");
        assertThat(fields(Logs.of(unshared, failed("path=a/x")), failed())).isEmpty();
        ActLog root = Logs.of(unshared, moved, failed("path=a/x"));
        assertThat(fields(root, failed())).containsExactly("mount_ns");
        assertThat(fields(root, failed(EventFlag.FOREIGN_MOUNT_NS))).isEmpty();
    }

    @Test
    void aCallThatNeverRanIsMarkedAndOneThatRanIsNot() {
        ActLog refused = Logs.of(Logs.open(10, 20, "path=a/x").replace("ran=1", "ran=0"));
        assertThat(fields(refused, opened("/hunt/a/x", 3, Integrity.UNCHECKED, EventFlag.HAS_FILE)))
                .containsExactly("execution");
        assertThat(fields(
                        refused,
                        opened("/hunt/a/x", 3, Integrity.UNCHECKED, EventFlag.HAS_FILE, EventFlag.EXECUTION_UNKNOWN)))
                .isEmpty();
        assertThat(Judge.judge(refused, List.of(), ProcessLog.NONE, 0, 0).lies())
                .isEmpty();
        ActLog ran = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        assertThat(fields(ran, opened("/hunt/a/x", "", 0, Integrity.UNCHECKED, Set.of(EventFlag.NOT_EXECUTED))))
                .containsExactly("execution");
    }

    @Test
    void eachActHasOneEventOrIsACountedLoss() {
        ActLog log = Logs.of(Logs.open(10, 20, "path=a/x ino=3 dev=0:5 fl=0"));
        assertThat(fields(log)).containsExactly("no event");
        assertThat(Judge.judge(log, List.of(), ProcessLog.NONE, 1, 0).lies()).isEmpty();
        SyscallEvent event = opened("/hunt/a/x", 3, Integrity.MATCH, EventFlag.HAS_FILE);
        assertThat(fields(log, event, event)).containsExactly("no act");
    }

    @Test
    void anotherCallsPeerIsALieUnlessTheSocketIsShared() {
        ActLog log = Logs.of(Logs.connect(10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + ONE + " name=" + ONE));
        assertThat(fields(log, connected(ONE, ONE, Integrity.MATCH, EventFlag.HAS_SOCKET)))
                .isEmpty();
        assertThat(fields(log, connected(ONE, TWO, Integrity.UNCHECKED, EventFlag.HAS_SOCKET)))
                .containsExactly("socket.remote");
        assertThat(fields(log, connected(ONE, TWO, Integrity.UNCHECKED, EventFlag.HAS_SOCKET, EventFlag.SOCKET_SHARED)))
                .isEmpty();
    }

    @Test
    void matchOfAnAddressThatTheKernelDidNotUseIsALie() {
        ActLog log = Logs.of(
                Logs.connect(10, 20, "to=" + ONE + " or=" + TWO + " cookie=5 after=5 peer=" + TWO + " name=" + ONE));
        assertThat(fields(log, connected(ONE, TWO, Integrity.MATCH, EventFlag.HAS_SOCKET)))
                .containsExactly("address_integrity");
        assertThat(fields(log, connected(TWO, TWO, Integrity.MATCH, EventFlag.HAS_SOCKET)))
                .isEmpty();
    }

    @Test
    void ofAConnectedSocketThePeerTellsNothingAboutTheKernelsCopy() {
        ActLog log = Logs.of(Logs.connect(10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + TWO + " name=" + ONE)
                .replace("res=0", "res=-106"));
        assertThat(fields(log, connected(ONE, TWO, -106, Provenance.KERNEL, Integrity.MATCH, EventFlag.HAS_SOCKET)))
                .isEmpty();
        assertThat(fields(log, connected(ONE, TWO, -106, Provenance.ENTER, Integrity.MATCH, EventFlag.HAS_SOCKET)))
                .containsExactly("address_integrity");
    }

    @Test
    void aSilentConnectMayHaveRunAfterTheProgramStoppedToWaitForIt() {
        String quiet = Logs.connect(2, 8, "quiet=1 to=" + TWO + " or= cookie=5 after=5");
        String connect = Logs.connect(10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + TWO + " name=" + ONE);
        SyscallEvent copy = connected(
                ONE, TWO, 0, Provenance.KERNEL, Integrity.MATCH, EventFlag.HAS_SOCKET, EventFlag.SOCKET_SHARED);
        assertThat(fields(Logs.of(connect), copy)).containsExactly("address_integrity");
        assertThat(Judge.judge(Logs.of(quiet, connect), List.of(copy), ProcessLog.NONE, 1, 0)
                        .lies())
                .isEmpty();
    }

    @Test
    void aThreadThatAnExecKilledMayHaveConnectedAnySocket() {
        String connect = Logs.connect(10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + TWO + " name=" + ONE);
        SyscallEvent copy = connected(
                ONE, ONE, 0, Provenance.KERNEL, Integrity.MATCH, EventFlag.HAS_SOCKET, EventFlag.SOCKET_SHARED);
        assertThat(fields(Logs.of(connect, "killed a=1 t=11 g=11 tab=1 b=2 e=9"), copy))
                .containsExactly("address_integrity");
        assertThat(fields(Logs.of(connect, "killed a=1 t=11 g=11 tab=1 b=2 e=12"), copy))
                .isEmpty();
    }

    @Test
    void anAttemptWithoutAConnectLeavesTheCallTheAddressThatItPassed() {
        String connect = Logs.connect(10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + TWO + " name=" + ONE);
        SyscallEvent event = connected(ONE, TWO, Integrity.UNCHECKED, EventFlag.HAS_SOCKET);
        assertThat(fields(Logs.of(connect), event)).isEmpty();
        assertThat(fields(Logs.of(connect, "attempt a=1 t=11 b=12 e=18 cookie=5 to=" + TWO), event))
                .containsExactly("socket.remote");
        assertThat(fields(
                        Logs.of(
                                connect,
                                "attempt a=1 t=11 b=2 e=8 cookie=5 to=" + TWO,
                                "attempt a=1 t=11 b=12 e=18 cookie=5 to=" + ONE),
                        event))
                .isEmpty();
    }

    @Test
    void aSocketThatIsBoundToAnotherInterfaceKeepsTheScopeOfItsConnect() {
        String connect = Logs.connect(
                10, 20, "to=" + ONE + " or= cookie=5 after=5 peer=" + ONE + " name=" + SCOPED + "03000000");
        String renamed = "renamed b=12 e=14 cookie=5 name=" + SCOPED + "02000000";
        assertThat(fields(Logs.of(connect, renamed), scoped("02000000"))).isEmpty();
        assertThat(fields(Logs.of(connect, renamed), scoped("03000000"))).containsExactly("socket.local's scope");
        assertThat(fields(Logs.of(connect.replace("res=0", "res=-115"), renamed), withResult(scoped("03000000"), -115)))
                .containsExactly("socket.local's scope");
    }

    @Test
    void aPeerMayHaveTheNameThatASocketOfTheOtherFamilyGivesIt() {
        String connect = Logs.connect(10, 20, "to=" + MAPPED + " or= cookie=5 after=5 peer=" + ONE + " name=" + ONE);
        SyscallEvent event = connected(MAPPED, ONE, Integrity.UNCHECKED, EventFlag.HAS_SOCKET);
        assertThat(fields(Logs.of(connect, "renamed b=12 e=14 cookie=5 name=" + ONE), event))
                .isEmpty();
        String before = "renamed b=5 e=6 cookie=5 name=" + ONE;
        assertThat(fields(Logs.of(connect + " seen=" + MAPPED, before), event)).isEmpty();
        SyscallEvent other = connected(MAPPED, TWO, Integrity.UNCHECKED, EventFlag.HAS_SOCKET);
        assertThat(fields(Logs.of(connect, "renamed b=12 e=14 cookie=5 name=" + ONE), other))
                .containsExactly("socket.remote");
    }

    @Test
    void aSilentRequestIsALossOrAnEventButNotBoth() {
        String request = Logs.open(10, 20, "path=a/x quiet=1")
                .replace("via=native", "via=ring")
                .replace("tag=-1", "tag=0");
        ActLog log = Logs.of(request);
        assertThat(Judge.judge(log, List.of(), ProcessLog.NONE, 1, 1).excluded())
                .containsEntry("silent", 1L);
        assertThat(Judge.judge(log, List.of(), ProcessLog.NONE, 0, 0).lies()).hasSize(1);
        assertThat(Judge.judge(log, List.of(), ProcessLog.NONE, 2, 2).lies())
                .singleElement()
                .extracting(Lie::field)
                .isEqualTo("losses");
        // Without a completion, only the event shows that the request failed.
        SyscallEvent failed = request(-125);
        assertThat(Judge.judge(log, List.of(failed), ProcessLog.NONE, 0, 0).lies())
                .isEmpty();
        assertThat(Judge.judge(log, List.of(failed), ProcessLog.NONE, 1, 1).lies())
                .extracting(Lie::field)
                .containsExactly("losses");
    }

    @Test
    void aSilentRequestThatRanTooLateMakesTheRunNoEvidence() {
        String request = Logs.open(5, 10, "path=a/x quiet=1")
                .replace("via=native", "via=ring")
                .replace("tag=-1", "tag=0");
        Verdict verdict = Judge.judge(Logs.of(request), List.of(request(-125)), ProcessLog.NONE, 0, 0);
        assertThat(verdict.lies()).isEmpty();
        assertThat(verdict.excluded()).containsEntry("late", 1L);
    }

    @Test
    void aThreadThatDiedInAnExecNeedsNoAct() {
        SyscallEvent event = opened("/hunt/a/x", 3, Integrity.MATCH, EventFlag.HAS_FILE);
        assertThat(fields(Logs.of("killed a=0 t=10 g=10 tab=0 b=15 e=25"), event))
                .isEmpty();
        assertThat(fields(Logs.of("killed a=0 t=10 g=10 tab=0 b=20 e=25"), event))
                .containsExactly("no act");
        assertThat(fields(Logs.of("killed a=0 t=11 g=10 tab=0 b=15 e=25"), event))
                .containsExactly("no act");
    }

    @Test
    void aRequestThatRanInAnotherNamespaceThanItsEventNamesIsALie() {
        String request = Logs.open(10, 20, "path=a/x ino=8 dev=0:5 fl=0")
                .replace("via=native", "via=ring")
                .replace("tag=-1", "tag=0");
        ActLog log = Logs.of(
                request,
                "change n=1 a=0 o=0 r=0 b=12 e=13 res=0 ns=78 ino=0 value=0 what=unshare path= other=",
                "change n=2 a=0 o=0 r=0 b=14 e=15 res=0 ns=78 ino=0 value=0 what=bind path=b other=a");
        assertThat(fields(log, request(3, EventFlag.HAS_FILE, EventFlag.FD_TABLE_SHARED)))
                .containsExactly("mount_ns");
        assertThat(fields(log, request(3, EventFlag.HAS_FILE, EventFlag.FD_TABLE_SHARED, EventFlag.FOREIGN_MOUNT_NS)))
                .isEmpty();
    }

    private static SyscallEvent request(long result, EventFlag... flags) {
        return new OpenEvent(
                Call.builder()
                        .origin(Origin.IO_URING)
                        .mitigation(Mitigation.STASH)
                        .enterNanos(11)
                        .exitNanos(19)
                        .sequence(1)
                        .result(result)
                        .build(),
                caller(),
                Set.of(flags),
                -100,
                new Argument<>(ByteString.utf8("/hunt/a/x"), Provenance.KERNEL, Integrity.MATCH),
                new Argument<>(new OpenHow(0, 0, 0, 0), Provenance.KERNEL, Integrity.MATCH),
                result < 0
                        ? Optional.empty()
                        : Optional.of(new OpenedFile(ByteString.utf8("/hunt/a/x"), 0, 5, 8, false)));
    }

    private static List<String> fields(ActLog log, SyscallEvent... events) {
        return Judge.judge(log, List.of(events), ProcessLog.NONE, 0, 0).lies().stream()
                .map(Lie::field)
                .toList();
    }

    private static SyscallEvent opened(String path, long inode, Integrity integrity, EventFlag... flags) {
        return opened(
                path.startsWith("/hunt/b/p") ? "/hunt/a/x" : pathOf(path, integrity),
                path,
                inode,
                integrity,
                Set.of(flags));
    }

    /** Tests that are not about the requested path pass what the act passed. */
    private static String pathOf(String path, Integrity integrity) {
        return integrity == Integrity.MATCH ? path : "";
    }

    private static SyscallEvent opened(
            String requested, String path, long inode, Integrity integrity, Set<EventFlag> flags) {
        Provenance provenance = requested.isEmpty() ? Provenance.NONE : Provenance.ENTER;
        return new OpenEvent(
                call(Syscall.OPENAT, 3),
                caller(),
                flags,
                -100,
                new Argument<>(ByteString.utf8(requested), provenance, integrity),
                new Argument<>(new OpenHow(0, 0, 0, 0), Provenance.KERNEL, Integrity.MATCH),
                flags.contains(EventFlag.HAS_FILE)
                        ? Optional.of(new OpenedFile(ByteString.utf8(path), 0, 5, inode, false))
                        : Optional.empty());
    }

    /** The act of an open that failed. */
    private static String failed(String rest) {
        return Logs.open(10, 20, rest).replace("res=3", "res=-2");
    }

    /** The event of an open that failed. */
    private static SyscallEvent failed(EventFlag... flags) {
        OpenEvent event = (OpenEvent) opened("/hunt/a/x", "", 0, Integrity.UNCHECKED, Set.of(flags));
        return new OpenEvent(
                call(Syscall.OPENAT, -2),
                event.caller(),
                event.flags(),
                event.dirfd(),
                event.path(),
                event.how(),
                event.file());
    }

    private static SyscallEvent connected(String requested, String remote, Integrity integrity, EventFlag... flags) {
        return connected(requested, remote, 0, Provenance.ENTER, integrity, flags);
    }

    /** Returns the event of a connect whose own address is link-local. */
    private static ConnectEvent scoped(String scope) {
        ConnectEvent event = (ConnectEvent) connected(ONE, ONE, Integrity.UNCHECKED, EventFlag.HAS_SOCKET);
        ConnectedSocket socket = new ConnectedSocket(
                10,
                1,
                6,
                Optional.of(address(SCOPED + scope)),
                event.socket().get().remote());
        return new ConnectEvent(
                event.call(),
                event.caller(),
                event.flags(),
                event.fd(),
                event.address(),
                event.addrlen(),
                Optional.of(socket),
                event.block());
    }

    private static ConnectEvent withResult(ConnectEvent event, long result) {
        return new ConnectEvent(
                call(Syscall.CONNECT, result),
                event.caller(),
                event.flags(),
                event.fd(),
                event.address(),
                event.addrlen(),
                event.socket(),
                event.block());
    }

    private static SyscallEvent connected(
            String requested,
            String remote,
            long result,
            Provenance provenance,
            Integrity integrity,
            EventFlag... flags) {
        return new ConnectEvent(
                call(Syscall.CONNECT, result),
                caller(),
                Set.of(flags),
                4,
                new Argument<>(address(requested), provenance, integrity),
                16,
                Optional.of(new ConnectedSocket(2, 2, 17, Optional.of(address(ONE)), Optional.of(address(remote)))),
                Optional.empty());
    }

    private static Sockaddr address(String hex) {
        return new Sockaddr(ByteString.copyOf(HexFormat.of().parseHex(hex)));
    }

    private static Call call(Syscall syscall, long result) {
        return Call.builder()
                .syscall(syscall)
                .mitigation(Mitigation.STASH)
                .enterNanos(11)
                .exitNanos(19)
                .sequence(1)
                .result(result)
                .build();
    }

    private static Caller caller() {
        return Caller.builder()
                .tid(10)
                .tgid(10)
                .threadStartNanos(1)
                .parentTgid(1)
                .comm(ByteString.utf8("unraced-hunter"))
                .cgroupId(1)
                .mountNamespace(77)
                .pidNamespace(1)
                .build();
    }
}
