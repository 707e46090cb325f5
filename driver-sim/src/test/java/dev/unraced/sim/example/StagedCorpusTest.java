// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.example;

import static dev.unraced.event.Sockaddr.AF_INET;
import static dev.unraced.event.Sockaddr.AF_INET6;
import static dev.unraced.event.Sockaddr.AF_UNIX;
import static dev.unraced.linux.OpenFlags.AT_FDCWD;
import static dev.unraced.linux.OpenFlags.RESOLVE_IN_ROOT;
import static dev.unraced.linux.OpenFlags.RESOLVE_NO_SYMLINKS;
import static dev.unraced.linux.SocketTypes.SOCK_DGRAM;
import static dev.unraced.linux.SocketTypes.SOCK_NONBLOCK;
import static dev.unraced.linux.SocketTypes.SOCK_STREAM;
import static dev.unraced.sim.kernel.CallStep.COPY_ADDRESS;
import static dev.unraced.sim.kernel.CallStep.COPY_BLOCK;
import static dev.unraced.sim.kernel.CallStep.COPY_HOW;
import static dev.unraced.sim.kernel.CallStep.COPY_PATH;
import static dev.unraced.sim.kernel.CallStep.EXIT;
import static dev.unraced.sim.kernel.CallStep.LOOK;
import static dev.unraced.sim.kernel.CallStep.WAIT;
import static dev.unraced.sim.kernel.CallStep.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.capture.Capture;
import dev.unraced.conformance.attack.Attack;
import dev.unraced.conformance.attack.AttackCorpus;
import dev.unraced.event.Abi;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.ConnectedSocket;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Mitigation;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import dev.unraced.event.SyscallEvent;
import dev.unraced.linux.Errno;
import dev.unraced.linux.OpenFlags;
import dev.unraced.sim.SimBuffer;
import dev.unraced.sim.SimCall;
import dev.unraced.sim.SimEvents;
import dev.unraced.sim.SimKernel;
import dev.unraced.sim.SimProcess;
import dev.unraced.sim.SimThread;
import dev.unraced.sim.junit.SimConfig;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Stages each attack of the corpus that the simulator can play, in at most five statements. The last line of each test
 * is what the event says.
 */
@SimConfig
class StagedCorpusTest {
    private SimProcess evil;
    private SimThread thread;
    private @Nullable SimProcess load;

    /** Names the attacks of the corpus that a test stages. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @Test
    @interface Stages {
        String[] value();
    }

    @BeforeEach
    void files(SimKernel kernel) {
        kernel.files()
                .file("/tmp/a")
                .file("/tmp/b")
                .fifo("/tmp/fifo")
                .file("/tmp/one/x")
                .file("/tmp/two/x")
                .file("/tmp/up/low/f");
        SimProcess server = kernel.process("server");
        server.listen("127.0.0.1", 9);
        server.listen("127.0.0.3", 9);
        evil = kernel.process("evil").user(0);
        thread = evil.thread();
    }

    @AfterEach
    void endTheCrowd() {
        if (load != null) {
            load.kill();
        }
    }

    // Paths and addresses that change while the kernel reads them.

    @Stages("flip")
    void aPathIsFlippedAllTheWhile(Capture capture) {
        evil.newThread("flipper");
        SimBuffer path = evil.buffer("/tmp/a");
        thread.openat(path).finishBeforeEach(flip(path, evil.buffer("/tmp/a"), evil.buffer("/tmp/b")));
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b, [FD_TABLE_SHARED]");
    }

    @Stages("flip-aimed")
    void aPathIsRewrittenOnce(Capture capture) {
        evil.newThread("flipper");
        SimBuffer path = evil.buffer("/tmp/a");
        thread.openat(path).at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b, [FD_TABLE_SHARED]");
    }

    @Stages("flip-back")
    void aPathIsRewrittenAndRestored(Capture capture) {
        evil.newThread("flipper");
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.openat(path).at(COPY_PATH, () -> path.write("/tmp/b"));
        open.at(EXIT, () -> path.write("/tmp/a")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b, [FD_TABLE_SHARED]");
    }

    @Stages("flip-late")
    void aPathIsRewrittenAfterTheReturn(Capture capture) {
        evil.newThread("flipper");
        SimBuffer path = evil.buffer("/tmp/a");
        thread.openat(path).finish();
        path.write("/tmp/b");
        assertThat(last(capture)).isEqualTo("/tmp/a UNCHECKED, really /tmp/a, [FD_TABLE_SHARED]");
    }

    @Stages("flip-open")
    void aPathOfOpenIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        thread.open(path, 0, 0).at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b");
    }

    @Stages("flip-openat2")
    void aPathOfOpenat2IsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        thread.openat2(AT_FDCWD, path, 0, 0, 0)
                .at(COPY_PATH, () -> path.write("/tmp/b"))
                .finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b");
    }

    @Stages("flip-creat")
    void aPathOfCreatIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        thread.creat(path, 0600).at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b");
    }

    @Stages("flip-missing")
    void aPathOfAnOpenThatFailsIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/none");
        thread.openat(path).at(COPY_PATH, () -> path.write("/tmp/gone")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/none CHANGED, really nothing");
    }

    @Stages("flip-how")
    void theHowOfOpenat2IsRewritten(Capture capture) {
        SimBuffer how = evil.how(0, 0, RESOLVE_NO_SYMLINKS);
        SimCall open = thread.openat2(AT_FDCWD, evil.buffer("/tmp/a"), how);
        open.at(COPY_HOW, () -> how.write(evil.how(OpenFlags.O_RDWR, 0, 0))).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a UNCHECKED, really /tmp/a");
    }

    @Stages("flip-connect")
    void anAddressIsFlippedAllTheWhile(Capture capture) {
        evil.newThread("flipper");
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.finishBeforeEach(flip(address, evil.address("127.0.0.1", 9), evil.address("127.0.0.2", 9)));
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 CHANGED, really 127.0.0.2:9, [FD_TABLE_SHARED]");
    }

    @Stages("flip-connect-aimed")
    void anAddressIsRewrittenOnce(Capture capture) {
        evil.newThread("flipper");
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.2", 9)))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 CHANGED, really 127.0.0.2:9, [FD_TABLE_SHARED]");
    }

    @Stages("flip-connect-back")
    void anAddressIsRewrittenAndRestored(Capture capture) {
        evil.newThread("flipper");
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.2", 9)));
        connect.at(EXIT, () -> address.write(evil.address("127.0.0.1", 9))).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.2:9, [FD_TABLE_SHARED]");
    }

    @Stages("flip-refused")
    void anAddressOfARefusedConnectIsRewritten(Capture capture) {
        SimBuffer address = evil.address("127.0.0.1", 99);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_STREAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.2", 99)))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:99 CHANGED, really nothing");
    }

    @Stages("flip-shared")
    void aPathInSharedMemoryIsFlippedByAnotherProcess(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        thread.openat(path).finishBeforeEach(flip(path, evil.buffer("/tmp/a"), evil.buffer("/tmp/b")));
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b");
    }

    @Stages("flip-shared-back")
    void aPathInSharedMemoryIsRestoredByAnotherProcess(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.openat(path).at(COPY_PATH, () -> path.write("/tmp/b"));
        open.at(EXIT, () -> path.write("/tmp/a")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b");
    }

    @Stages("flip-connect-shared")
    void anAddressInSharedMemoryIsFlippedByAnotherProcess(Capture capture) {
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.finishBeforeEach(flip(address, evil.address("127.0.0.1", 9), evil.address("127.0.0.2", 9)));
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 CHANGED, really 127.0.0.2:9");
    }

    @Stages("flip-connect-shared-back")
    void anAddressInSharedMemoryIsRestoredByAnotherProcess(Capture capture) {
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.2", 9)));
        connect.at(EXIT, () -> address.write(evil.address("127.0.0.1", 9))).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.2:9");
    }

    @Stages("userfaultfd")
    void aPathComesWithTheKernelsFaultAndChanges(Capture capture) {
        SimBuffer path = evil.coldBuffer("/tmp/a");
        thread.openat(path).at(WORK, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/b DIFFERS, really /tmp/a, [FAULTED]");
    }

    @Stages("cold-page")
    void aPathThatIsNotInMemoryIsRewritten(Capture capture) {
        SimBuffer path = evil.coldBuffer("/tmp/a");
        thread.openat(path).at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/b MATCH, really /tmp/b, [FAULTED]");
    }

    @Stages("cold-address")
    void anAddressThatIsNotInMemoryIsRewritten(Capture capture) {
        SimBuffer address = evil.cold(evil.address("127.0.0.1", 9));
        SimCall connect = thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), address);
        connect.at(WORK, () -> address.write(evil.address("127.0.0.2", 9))).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 DIFFERS, really 127.0.0.1:9, [FAULTED]");
    }

    @Stages("io-uring")
    void aPathOfARequestIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.submit(Syscall.OPENAT, false, AT_FDCWD, path.address(), 0, 0);
        open.at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/b MATCH, really /tmp/b");
    }

    @Stages("ia32")
    void aPathOfA32BitCallIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.call(Syscall.OPENAT, Abi.IA32, AT_FDCWD, path.address(), 0, 0);
        open.at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b");
    }

    @Stages("x32")
    void aPathOfAnX32CallIsRewritten(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.call(Syscall.OPENAT, Abi.X32, AT_FDCWD, path.address(), 0, 0);
        open.at(COPY_PATH, () -> path.write("/tmp/b")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a CHANGED, really /tmp/b");
    }

    // Names that lead elsewhere.

    @Stages("symlink")
    void aPathLeadsThroughASymbolicLink(SimKernel kernel, Capture capture) {
        kernel.files().symlink("/tmp/b", "/tmp/link");
        thread.openat("/tmp/link").finish();
        assertThat(last(capture)).isEqualTo("/tmp/link DIFFERS, really /tmp/b");
    }

    @Stages("procfs")
    void aPathLeadsThroughProc(Capture capture) {
        thread.openat("/proc/self/root/tmp/b").finish();
        assertThat(last(capture)).isEqualTo("/proc/self/root/tmp/b DIFFERS, really /tmp/b");
    }

    @Stages("bind-mount")
    void aPathLeadsThroughABindMount(SimKernel kernel, Capture capture) {
        kernel.files().bind("/tmp/two", "/tmp/one");
        thread.openat("/tmp/one/x").finish();
        assertThat(last(capture)).isEqualTo("/tmp/one/x MATCH, really /tmp/one/x");
    }

    @Stages("hard-link")
    void aPathIsAnotherNameOfTheFile(SimKernel kernel, Capture capture) {
        kernel.files().link("/tmp/b", "/tmp/same");
        thread.openat("/tmp/same").finish();
        assertThat(last(capture)).isEqualTo("/tmp/same MATCH, really /tmp/same");
    }

    @Stages("o-path")
    void aFileIsOpenedByOPathAndAgainThroughProc(Capture capture) {
        long fd = thread.openat("/tmp/b", OpenFlags.O_PATH, 0).finish();
        thread.openat("/proc/self/fd/" + fd).finish();
        assertThat(last(capture)).isEqualTo("/proc/self/fd/0 DIFFERS, really /tmp/b");
    }

    @Stages("dirfd-swap")
    void theDirectoryBehindDirfdIsSwapped(Capture capture) {
        int first = (int) thread.openat("/tmp/one", OpenFlags.O_PATH, 0).finish();
        int second = (int) thread.openat("/tmp/two", OpenFlags.O_PATH, 0).finish();
        evil.newThread("swapper");
        SimCall open = thread.openat(first, evil.buffer("x"), 0, 0);
        open.at(WORK, () -> evil.dup2(second, first)).finish();
        assertThat(last(capture)).isEqualTo("x DIFFERS, really /tmp/two/x, [FD_TABLE_SHARED]");
    }

    @Stages("base-swap")
    void theWorkingDirectoryChangesInMidCall(Capture capture) {
        SimThread other = evil.newThread("other");
        SimCall open = thread.chdir("/tmp/one").openat("x");
        open.at(WORK, () -> other.chdir("/tmp/two")).finish();
        assertThat(last(capture)).isEqualTo("x DIFFERS, really /tmp/two/x, [FD_TABLE_SHARED]");
    }

    @Stages("base-swap-in-root")
    void anotherDirectoryIsTheRoot(Capture capture) {
        int directory = (int) thread.openat("/tmp/one", OpenFlags.O_PATH, 0).finish();
        thread.openat2(directory, evil.buffer("/x"), 0, 0, RESOLVE_IN_ROOT).finish();
        assertThat(last(capture)).isEqualTo("/x UNCHECKED, really /tmp/one/x");
    }

    @Stages("torn-path")
    void directoriesAboveChangeNamesWhileTheObserverReads(SimKernel kernel, Capture capture) {
        int directory = (int) thread.openat("/tmp/up/low", OpenFlags.O_PATH, 0).finish();
        kernel.looksTakeSteps();
        SimCall open = thread.openat(directory, evil.buffer("f"), 0, 0).until(LOOK);
        open.at(LOOK, () -> kernel.files().rename("/tmp/up/low", "/tmp/up/other"));
        open.at(LOOK, () -> kernel.files().rename("/tmp/up", "/tmp/over")).finish();
        assertThat(last(capture)).isEqualTo("f MATCH, really /tmp/over/other/f");
    }

    @Stages("rename")
    void theOpenedFileIsRenamed(SimKernel kernel, Capture capture) {
        SimCall open = thread.openat("/tmp/a");
        open.at(EXIT, () -> kernel.files().rename("/tmp/a", "/tmp/c")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/c");
    }

    @Stages("rename-directory")
    void theDirectoryOfTheOpenedFileIsRenamed(SimKernel kernel, Capture capture) {
        SimCall open = thread.openat("/tmp/one/x");
        open.at(EXIT, () -> kernel.files().rename("/tmp/one", "/tmp/three")).finish();
        assertThat(last(capture)).isEqualTo("/tmp/one/x DIFFERS, really /tmp/three/x");
    }

    @Stages("mount-storm")
    void thousandsOfMountsLieOverThePath(SimKernel kernel, Capture capture) {
        for (int i = 0; i < 20_000; i++) {
            kernel.files().bind("/tmp/one", "/tmp/one");
        }
        thread.openat("/tmp/one/x").finish();
        assertThat(last(capture)).isEqualTo("/tmp/one/x UNCHECKED, really /x, [RESOLVED_TRUNCATED, RESOLVED_UNSTABLE]");
    }

    @Stages("mount-storm-covered")
    void aFileLiesUnderAMount(SimKernel kernel, Capture capture) {
        int below = (int) thread.openat("/tmp/one", OpenFlags.O_PATH, 0).finish();
        kernel.files().bind("/tmp/two", "/tmp/one");
        SimBuffer path = evil.buffer("/tmp/one/x");
        thread.openat(path)
                .at(COPY_PATH, () -> path.write("/proc/self/fd/" + below + "/x"))
                .finish();
        assertThat(last(capture)).isEqualTo("/tmp/one/x CHANGED, really /tmp/one/x");
    }

    // Calls that block, and descriptors and ids that change hands.

    @Stages("blocking")
    void aPathIsRewrittenWhileTheOpenBlocks(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/fifo");
        SimCall open = thread.openat(path).at(WAIT, () -> path.write("/tmp/a"));
        evil.newThread("writer").openat("/tmp/fifo", OpenFlags.O_RDWR, 0).finish();
        open.finish();
        assertThat(last(capture)).isEqualTo("/tmp/fifo CHANGED, really /tmp/fifo, [FD_TABLE_SHARED]");
    }

    @Stages("blocking-connect")
    void anAddressIsRewrittenWhileTheConnectWaits(Capture capture) {
        int listener = evil.listenFull("/tmp/socket");
        SimBuffer address = evil.address("/tmp/socket");
        SimCall connect = thread.connect(evil.socket(AF_UNIX, SOCK_STREAM, 0), address);
        connect.at(WAIT, () -> address.write(evil.address("/tmp/other"))).until(WAIT);
        connect.at(WAIT, () -> evil.accept(listener)).finish();
        assertThat(last(capture)).isEqualTo("unix:/tmp/socket CHANGED, really unix:/tmp/socket");
    }

    @Stages("odd-address")
    void anAddressIsTooShort(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        thread.connect(fd, evil.address("127.0.0.1", 9), 2).finish();
        assertThat(last(capture)).isEqualTo("family 2:\\x02\\x00 UNCHECKED, really nothing");
    }

    @Stages("connect-ignored")
    void aSecondConnectSucceedsByTheAttemptOfTheFirst(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        thread.connect(fd, evil.address("127.0.0.1", 9)).finish();
        thread.connect(fd, evil.address("127.0.0.2", 9)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 DIFFERS, really 127.0.0.1:9");
    }

    @Stages("connect-ignored-uring")
    void aRequestMakesTheSecondConnect(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        SimBuffer ignored = evil.address("127.0.0.2", 9);
        thread.connect(fd, evil.address("127.0.0.1", 9)).finish();
        thread.submit(Syscall.CONNECT, false, fd, ignored.address(), 16).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 DIFFERS, really 127.0.0.1:9");
    }

    @Stages("connect-ignored-refused")
    void aSecondConnectFailsAsTheAttemptOfTheFirst(Capture capture) {
        capture.switchTo(Mitigation.KERNEL);
        int fd = evil.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        thread.connect(fd, evil.address("127.0.0.1", 10)).finish();
        thread.connect(fd, evil.address("127.0.0.2", 9)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 UNCHECKED, really nothing");
    }

    @Stages("connect-ignored-refused-uring")
    void aRequestMakesTheFailingConnect(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        SimBuffer ignored = evil.address("127.0.0.2", 9);
        thread.connect(fd, evil.address("127.0.0.1", 10)).finish();
        thread.submit(Syscall.CONNECT, false, fd, ignored.address(), 16).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 UNCHECKED, really nothing");
    }

    @Stages("tid-reuse")
    void aKilledThreadsIdCallsAgain(SimKernel kernel, Capture capture) {
        SimThread victim = kernel.process("victim").thread();
        victim.openat("/tmp/a").until(WORK);
        victim.vanish();
        kernel.process("heir", victim.tid()).thread().openat("/tmp/b").finish();
        assertThat(last(capture)).isEqualTo("/tmp/b MATCH, really /tmp/b");
    }

    @Stages("exec")
    void aThreadThatExecsTakesTheIdOfOneInACall(Capture capture) {
        SimThread second = evil.newThread("second");
        thread.openat("/tmp/fifo").run();
        second.exec("heir");
        second.openat("/tmp/b").finish();
        assertThat(last(capture)).isEqualTo("/tmp/b MATCH, really /tmp/b");
    }

    @Stages("fd-swap")
    void aThreadPutsAnotherFileBehindTheDescriptor(Capture capture) {
        evil.newThread("swapper");
        int decoy = (int) thread.openat("/tmp/b").finish();
        thread.openat("/tmp/a").at(EXIT, () -> evil.dup2(decoy, 1)).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b, [FD_TABLE_SHARED]");
    }

    @Stages("fd-swap-reopen")
    void aThreadClosesTheDescriptorAndGetsItAgain(Capture capture) {
        SimThread swapper = evil.newThread("swapper");
        SimCall open = thread.openat("/tmp/a").at(EXIT, () -> evil.close(0));
        swapper.openat("/tmp/b").finish();
        open.finish();
        assertThat(last(capture)).isEqualTo("/tmp/a DIFFERS, really /tmp/b, [FD_TABLE_SHARED]");
    }

    @Stages("fd-visit-full")
    @SimConfig(stashEntries = 4)
    void aVisitorOfTheTableIsThereAtAnEntryThatAFullStashRefuses(SimKernel kernel, Capture capture) {
        load(kernel, "/tmp/fifo", 8);
        SimThread visitor = evil.newThread("visitor");
        SimCall open = thread.openat("/tmp/a").at(EXIT, () -> evil.dup2(evil.socket(AF_UNIX, SOCK_DGRAM, 0), 0));
        open.at(EXIT, visitor::exit).finish();
        assertThat(last(capture))
                .isEqualTo("/tmp/a DIFFERS, really no path, [ENTER_MISSED, STASH_FULL, DETACHED, FD_TABLE_SHARED]");
    }

    // Requests on an io_uring.

    @Stages("uring-batch")
    void aBatchOpensClosesAndOpensADecoy(Capture capture) {
        SimBuffer secret = evil.buffer("/tmp/a");
        SimBuffer decoy = evil.buffer("/tmp/b");
        thread.submitTogether(batch -> batch.openat(secret).close(0).openat(decoy));
        assertThat(all(capture)).containsExactly("/tmp/a MATCH, really /tmp/a", "/tmp/b MATCH, really /tmp/b");
    }

    @Stages("uring-batch-close")
    void aBatchOpensAndCloses(Capture capture) {
        SimBuffer secret = evil.buffer("/tmp/a");
        thread.submitTogether(batch -> batch.openat(secret).close(0));
        assertThat(all(capture)).containsExactly("/tmp/a MATCH, really /tmp/a");
    }

    @Stages("uring-batch-connect")
    void aBatchConnectsTwice(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer first = evil.address("127.0.0.1", 9);
        SimBuffer second = evil.address("127.0.0.2", 9);
        thread.submitTogether(batch -> batch.connect(fd, first).connect(fd, second));
        assertThat(all(capture))
                .containsExactly("127.0.0.1:9 MATCH, really 127.0.0.1:9", "127.0.0.2:9 MATCH, really 127.0.0.2:9");
    }

    @Stages("uring-batch-connect-close")
    void aBatchConnectsTwiceAndCloses(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer first = evil.address("127.0.0.1", 9);
        SimBuffer second = evil.address("127.0.0.2", 9);
        thread.submitTogether(
                batch -> batch.connect(fd, first).connect(fd, second).close(fd));
        assertThat(all(capture))
                .containsExactly("127.0.0.1:9 MATCH, really 127.0.0.1:9", "127.0.0.2:9 MATCH, really 127.0.0.2:9");
    }

    @Stages("late-namespace-worker")
    void aWorkerOpensInTheNamespaceThatItsSubmitterHasLeft(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/a");
        SimCall open = thread.submit(Syscall.OPENAT, true, AT_FDCWD, path.address(), 0, 0)
                .until(WORK);
        evil.unshare().mount("/tmp/b", "/tmp/a");
        open.finish();
        assertThat(last(capture)).isEqualTo("/tmp/a MATCH, really /tmp/a, [FD_TABLE_SHARED, FOREIGN_MOUNT_NS]");
    }

    @Stages("late-namespace-failing-worker")
    void aWorkersOpenFailsInTheNamespaceThatItsSubmitterHasLeft(Capture capture) {
        SimBuffer path = evil.buffer("/tmp/fifo");
        long flags = OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK;
        SimCall open = thread.submit(Syscall.OPENAT, true, AT_FDCWD, path.address(), flags, 0)
                .until(WORK);
        evil.unshare().mount("/tmp/b", "/tmp/fifo");
        open.finish();
        assertThat(last(capture)).isEqualTo("/tmp/fifo MATCH, really nothing, [FD_TABLE_SHARED, FOREIGN_MOUNT_NS]");
    }

    // Sockets that several processes hold.

    @Stages("shared-socket")
    void aForkedProcessConnectsTheSocketElsewhere(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimProcess other = evil.spawn("other");
        SimCall connect = thread.connect(fd, evil.address("127.0.0.1", 9));
        connect.at(EXIT, () -> elsewhere(other, fd)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-flip")
    void aForkedProcessFlipsTheAddressBefore(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimProcess other = evil.spawn("other");
        SimBuffer address = evil.address("127.0.0.2", 9);
        SimCall connect = thread.connect(fd, address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.1", 9)))
                .at(EXIT, () -> elsewhere(other, fd))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 CHANGED, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-scm")
    void aProcessThatReceivedTheSocketConnectsItElsewhere(SimKernel kernel, Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimProcess other = kernel.process("other");
        int theirs = evil.give(fd, other);
        SimCall connect = thread.connect(fd, evil.address("127.0.0.1", 9));
        connect.at(EXIT, () -> elsewhere(other, theirs)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-scm-flip")
    void aProcessThatReceivedTheSocketFlipsTheAddressBefore(SimKernel kernel, Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer address = evil.address("127.0.0.2", 9);
        SimProcess other = kernel.process("other");
        int theirs = evil.give(fd, other);
        thread.connect(fd, address)
                .at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.1", 9)))
                .at(EXIT, () -> elsewhere(other, theirs))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 CHANGED, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-pidfd")
    void aProcessFetchesTheSocketForOneMoment(SimKernel kernel, Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimProcess other = kernel.process("other");
        SimCall connect = thread.connect(fd, evil.address("127.0.0.1", 9));
        connect.at(EXIT, () -> elsewhere(other, evil.give(fd, other)));
        connect.at(EXIT, () -> other.close(0)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-pidfd-flip")
    void aProcessThatFetchesTheSocketFlipsTheAddressBefore(SimKernel kernel, Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer address = evil.address("127.0.0.2", 9);
        SimProcess other = kernel.process("other");
        SimCall connect =
                thread.connect(fd, address).at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.1", 9)));
        connect.at(EXIT, () -> elsewhere(other, evil.give(fd, other)))
                .at(EXIT, () -> other.close(0))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 CHANGED, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-tcp")
    void aForkedProcessDisconnectsATcpSocketAndConnectsItElsewhere(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_STREAM, 0);
        SimProcess other = evil.spawn("other");
        SimCall connect = thread.connect(fd, evil.address("127.0.0.1", 9));
        connect.at(EXIT, () -> other.thread().connect(fd, other.noAddress()).finish());
        connect.at(EXIT, () -> elsewhere(other, fd)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-tcp-flip")
    void aForkedProcessFlipsTheAddressOfATcpSocketBefore(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_STREAM, 0);
        SimProcess other = evil.spawn("other");
        SimBuffer address = evil.address("127.0.0.2", 9);
        SimCall connect =
                thread.connect(fd, address).at(COPY_ADDRESS, () -> address.write(evil.address("127.0.0.1", 9)));
        connect.at(EXIT, () -> other.thread().connect(fd, other.noAddress()).finish())
                .at(EXIT, () -> elsewhere(other, fd))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.2:9 CHANGED, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("shared-socket-socketcall")
    void aProcessFetchesTheSocketOfASocketcall(SimKernel kernel, Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimProcess other = kernel.process("other");
        SimCall connect = thread.socketcall(evil.socketcallBlock(fd, evil.address("127.0.0.1", 9), 16));
        connect.at(EXIT, () -> elsewhere(other, evil.give(fd, other)));
        connect.at(EXIT, () -> other.close(0)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.3:9, [SOCKET_SHARED]");
    }

    @Stages("socketcall")
    void theDescriptorInTheBlockIsSwapped(Capture capture) {
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimBuffer block = evil.socketcallBlock(evil.socket(AF_INET, SOCK_DGRAM, 0), address, 16);
        SimBuffer other = evil.socketcallBlock(evil.socket(AF_INET, SOCK_DGRAM, 0), address, 16);
        thread.socketcall(block).at(COPY_BLOCK, () -> block.write(other)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 MATCH, really 127.0.0.1:9");
    }

    @Stages("socketcall-bind")
    void theDescriptorInTheBlockIsSwappedWithOneThatIsBoundToADevice(Capture capture) {
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimBuffer block = evil.socketcallBlock(evil.socket(AF_INET, SOCK_DGRAM, 0), address, 16);
        int second = evil.socket(AF_INET, SOCK_DGRAM, 0);
        thread.connect(second, address).finish();
        thread.socketcall(block)
                .at(EXIT, () -> block.write(evil.socketcallBlock(second, address, 16)))
                .at(EXIT, () -> evil.bindToDevice(second, 1))
                .finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 MATCH, really 127.0.0.1:9");
    }

    @Stages("socketcall-address")
    void theAddressInTheBlockIsSwapped(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer block = evil.socketcallBlock(fd, evil.address("127.0.0.1", 9), 16);
        SimBuffer other = evil.socketcallBlock(fd, evil.address("127.0.0.2", 9), 16);
        thread.socketcall(block).at(COPY_BLOCK, () -> block.write(other)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really 127.0.0.2:9");
    }

    @Stages("socketcall-length")
    void theLengthInTheBlockIsSwapped(Capture capture) {
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimBuffer address = evil.address("127.0.0.1", 9);
        SimBuffer block = evil.socketcallBlock(fd, address, 16);
        SimBuffer other = evil.socketcallBlock(fd, address, 4);
        thread.socketcall(block).at(COPY_BLOCK, () -> block.write(other)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 UNCHECKED, really nothing");
    }

    @Stages("socketcall-replaced")
    void aThreadReplacesTheDescriptorThatTheBlockNames(Capture capture) {
        evil.newThread("swapper");
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        int decoy = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimCall connect = thread.socketcall(evil.socketcallBlock(fd, evil.address("127.0.0.1", 9), 16));
        connect.at(WORK, () -> evil.dup2(decoy, fd)).finish();
        assertThat(block(capture)).isEqualTo("fd 0 UNCHECKED, really 127.0.0.1:9");
    }

    @Stages("socketcall-closed")
    void aThreadClosesTheDescriptorThatTheBlockNames(Capture capture) {
        evil.newThread("closer");
        int fd = evil.socket(AF_INET, SOCK_DGRAM, 0);
        SimCall connect = thread.socketcall(evil.socketcallBlock(fd, evil.address("127.0.0.1", 9), 16));
        connect.at(WORK, () -> evil.close(fd)).finish();
        assertThat(block(capture)).isEqualTo("fd 0 UNCHECKED, really 127.0.0.1:9");
    }

    @Stages("scope")
    void theScopeOfALinkLocalAddressIsFlipped(SimKernel kernel, Capture capture) {
        kernel.link(2).link(3);
        SimBuffer address = evil.address("fe80::66", 9, 2);
        SimCall connect = thread.connect(evil.socket(AF_INET6, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("fe80::66", 9, 3)))
                .finish();
        assertThat(last(capture)).isEqualTo("[fe80::66%2]:9 CHANGED, really [fe80::66%3]:9");
    }

    @Stages("scope-zero")
    void aLinkLocalAddressLosesItsScope(SimKernel kernel, Capture capture) {
        kernel.link(2);
        SimBuffer address = evil.address("fe80::66", 9, 2);
        SimCall connect = thread.connect(evil.socket(AF_INET6, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("fe80::66", 9, 0)))
                .finish();
        assertThat(last(capture)).isEqualTo("[fe80::66%2]:9 CHANGED, really nothing");
    }

    @Stages("scope-group")
    void theScopeOfALinkLocalGroupIsFlipped(SimKernel kernel, Capture capture) {
        kernel.link(2).link(3);
        SimBuffer address = evil.address("ff02::1", 9, 2);
        SimCall connect = thread.connect(evil.socket(AF_INET6, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("ff02::1", 9, 3)))
                .finish();
        assertThat(last(capture)).isEqualTo("[ff02::1%2]:9 CHANGED, really [ff02::1%3]:9");
    }

    @Stages("scope-interface-group")
    void theScopeOfAnInterfaceLocalGroupIsFlipped(SimKernel kernel, Capture capture) {
        kernel.link(2).link(3);
        SimBuffer address = evil.address("ff01::1", 9, 2);
        SimCall connect = thread.connect(evil.socket(AF_INET6, SOCK_DGRAM, 0), address);
        connect.at(COPY_ADDRESS, () -> address.write(evil.address("ff01::1", 9, 3)))
                .finish();
        assertThat(last(capture)).isEqualTo("[ff01::1%2]:9 CHANGED, really [ff01::1%3]:9");
    }

    @Stages("reset")
    void thePeerIsGoneBeforeTheReturn(Capture capture) {
        int listener = evil.listen("127.0.0.1", 80);
        evil.newThread("closer");
        thread.connect("127.0.0.1", 80).at(EXIT, () -> evil.close(listener)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:80 UNCHECKED, really 127.0.0.1:80, [FD_TABLE_SHARED]");
    }

    @Stages("mapped-address")
    void aSocketOfIpv6IsConnectedToAnAddressOfIpv4(Capture capture) {
        int fd = evil.socket(AF_INET6, SOCK_DGRAM, 0);
        thread.connect(fd, evil.address("::ffff:127.0.0.1", 9)).finish();
        assertThat(last(capture)).isEqualTo("127.0.0.1:9 DIFFERS, really [::ffff:127.0.0.1]:9");
    }

    // Calls that never ran, and calls that ran and look as if they had not.

    @Stages({"never-ran", "never-ran-errno", "never-ran-notify", "never-ran-sysemu", "never-ran-sysemu-cont"})
    void anOpenIsAnsweredAndNeverRuns(Capture capture) {
        evil.refuse(Syscall.OPENAT, 0);
        thread.openat("/tmp/a").finish();
        evil.refuse(Syscall.OPENAT, -Errno.EACCES);
        thread.openat("/tmp/a").finish();
        assertThat(all(capture))
                .containsExactly(
                        "/tmp/a UNCHECKED, really nothing, [ENTER_MISSED, EXECUTION_UNKNOWN, FD_TABLE_SHARED, OBJECT_MISSED]",
                        "/tmp/a UNCHECKED, really nothing, [ENTER_MISSED, NOT_EXECUTED]");
    }

    @Stages({"never-ran-connect", "never-ran-connect-notify", "never-ran-connect-sysemu"})
    void aConnectIsAnsweredAndNeverRuns(Capture capture) {
        evil.refuse(Syscall.CONNECT, 0);
        thread.connect(evil.socket(AF_INET, SOCK_DGRAM, 0), evil.address("127.0.0.1", 9))
                .finish();
        assertThat(last(capture))
                .isEqualTo("127.0.0.1:9 UNCHECKED, really nothing, [ENTER_MISSED, EXECUTION_UNKNOWN, FD_TABLE_SHARED]");
    }

    @Stages("forged-sigsys")
    void anOpenThatRunsReturnsItsOwnNumberWithSigsysPending(Capture capture) {
        evil.takeDescriptorsBelow(257);
        thread.pendSigsys();
        thread.openat("/tmp/a").finish();
        assertThat(last(capture)).isEqualTo("/tmp/a MATCH, really /tmp/a");
    }

    @Stages("forged-sigsys-open")
    void anOpenWhoseNumberIs2RunsAndReturns2(Capture capture) {
        evil.takeDescriptorsBelow(2);
        thread.pendSigsys();
        thread.open(evil.buffer("/tmp/a"), 0, 0).finish();
        assertThat(last(capture)).isEqualTo("/tmp/a MATCH, really /tmp/a");
    }

    @Stages("forged-sigsys-full")
    @SimConfig(stashEntries = 4)
    void theSameWhileTheStashIsFull(SimKernel kernel, Capture capture) {
        load(kernel, "/tmp/fifo", 8);
        evil.takeDescriptorsBelow(257);
        thread.pendSigsys();
        thread.openat("/tmp/a").finish();
        assertThat(last(capture)).isEqualTo("/tmp/a UNCHECKED, really /tmp/a, [ENTER_MISSED, STASH_FULL]");
    }

    @Stages("forged-sigsys-long")
    @SimConfig(set = "stash.long-paths=4")
    void theSameWhileTheRoomForLongPathsIsFull(SimKernel kernel, Capture capture) {
        load(kernel, "/tmp" + "/.".repeat(200) + "/fifo", 8);
        evil.takeDescriptorsBelow(257);
        thread.pendSigsys();
        thread.openat("/tmp" + "/.".repeat(200) + "/a").finish();
        assertThat(last(capture)).endsWith("/./a UNCHECKED, really /tmp/a, [ENTER_MISSED, STASH_FULL]");
    }

    @Stages("forged-sigsys-flooded")
    @SimConfig(stashEntries = 4)
    void theSameWhileThousandsOfCallsFindNoRoom(SimKernel kernel, Capture capture) {
        evil.takeDescriptorsBelow(257);
        thread.pendSigsys();
        SimCall open = thread.openat("/tmp/fifo").at(WAIT, () -> load(kernel, "/tmp/fifo", 6_000));
        kernel.process("writer")
                .user(0)
                .thread()
                .openat("/tmp/fifo", OpenFlags.O_RDWR, 0)
                .finish();
        open.finish();
        assertThat(last(capture)).isEqualTo("/tmp/fifo MATCH, really /tmp/fifo");
    }

    @Test
    void everyAttackIsStagedOrTheManualSaysWhyNot() throws IOException {
        String manual = Files.readString(Path.of("..", "docs", "reference", "simulator.md"));
        String section = manual.substring(manual.indexOf("## What cannot be staged"));
        List<String> excepted = Pattern.compile("`([a-z0-9-]+)`")
                .matcher(section.substring(0, section.indexOf("\n## ", 1)))
                .results()
                .map(match -> match.group(1))
                .toList();
        List<String> staged = Arrays.stream(StagedCorpusTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Stages.class))
                .flatMap(method ->
                        Arrays.stream(method.getAnnotation(Stages.class).value()))
                .toList();
        assertThat(staged).doesNotContainAnyElementsOf(excepted);
        assertThat(Stream.concat(staged.stream(), excepted.stream()))
                .containsExactlyInAnyOrderElementsOf(
                        AttackCorpus.all().stream().map(Attack::name).toList());
    }

    /** Returns an act that writes the versions in turns. */
    private static Runnable flip(SimBuffer memory, SimBuffer... versions) {
        int[] next = {0};
        return () -> memory.write(versions[next[0]++ % versions.length]);
    }

    private static void elsewhere(SimProcess other, int fd) {
        other.thread().connect(fd, other.address("127.0.0.3", 9)).finish();
    }

    /** Has threads of another process wait in opens of a fifo, and so take room in the stash. */
    private void load(SimKernel kernel, String fifo, int threads) {
        load = kernel.process("load").user(0);
        for (int i = 0; i < threads; i++) {
            load.newThread("waiting").openat(fifo).run();
        }
    }

    private static String last(Capture capture) {
        List<String> all = all(capture);
        return all.get(all.size() - 1);
    }

    /** Returns the descriptor of the last event, how far to trust the block that named it, and the peer. */
    private static String block(Capture capture) {
        List<SyscallEvent> events = SimEvents.of(capture);
        ConnectEvent connect = (ConnectEvent) events.get(events.size() - 1);
        return "fd " + connect.fd() + " " + connect.block().orElseThrow().integrity() + ", really "
                + connect.socket().flatMap(ConnectedSocket::remote).orElseThrow();
    }

    private static List<String> all(Capture capture) {
        return SimEvents.of(capture).stream().map(StagedCorpusTest::verdict).toList();
    }

    /** Returns the argument of an event, how far to trust it, what was really reached, and the flags. */
    private static String verdict(SyscallEvent event) {
        String requested;
        Optional<String> really;
        if (event instanceof OpenEvent open) {
            requested = open.path().value().toUtf8() + " " + open.path().integrity();
            really = open.file()
                    .map(file -> file.path().isEmpty() ? "no path" : file.path().toUtf8());
        } else {
            ConnectEvent connect = (ConnectEvent) event;
            requested = connect.address().value() + " " + connect.address().integrity();
            really = connect.socket().flatMap(ConnectedSocket::remote).map(Sockaddr::toString);
        }
        Set<EventFlag> flags = EnumSet.noneOf(EventFlag.class);
        flags.addAll(event.flags());
        flags.removeAll(EnumSet.of(EventFlag.HAS_FILE, EventFlag.HAS_SOCKET));
        return requested + ", really " + really.orElse("nothing") + (flags.isEmpty() ? "" : ", " + flags);
    }
}
