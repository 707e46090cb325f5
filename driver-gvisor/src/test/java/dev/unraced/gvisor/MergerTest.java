// SPDX-License-Identifier: Apache-2.0
package dev.unraced.gvisor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.unraced.event.ByteString;
import dev.unraced.event.ConnectEvent;
import dev.unraced.event.EventFlag;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenEvent;
import dev.unraced.event.Provenance;
import dev.unraced.event.SyscallEvent;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the events that the points of calls give, in each order in which they can come. */
class MergerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int CLOSE = 3;
    private static final int DUP2 = 33;
    private static final long CLONE_VM = 0x100;
    private static final long CLONE_FILES = 0x400;

    private final Merging merging = new Merging();
    private final Connection sandbox = merging.connect(1);
    private final Frames thread = new Frames(5, 5, 100);

    @AfterEach
    void theStatisticsBalance() {
        merging.merger.end();
        assertThat(merging.missing()).as("calls that became nothing").isZero();
        assertThat(merging.merger.stashStats().imbalance()).isZero();
        assertThat(merging.merger.stashStats().live()).isZero();
    }

    @Test
    void fourPointsAreOneEvent() {
        open(thread, "/etc/passwd", 3);

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().value()).isEqualTo(ByteString.utf8("/etc/passwd"));
        assertThat(event.path().provenance()).isEqualTo(Provenance.ENTER);
        assertThat(event.path().integrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(event.call().result()).isEqualTo(3);
        assertThat(event.dirfd()).isEqualTo(-100);
        assertThat(event.flags()).isEmpty();
        assertThat(event.caller().containerId()).contains(ByteString.utf8("pod"));
        assertThat(event.caller().uid()).isEqualTo(7);
        assertThat(event.caller().comm()).isEqualTo(ByteString.utf8("program"));
    }

    @Test
    void twoPointsDoWhereNoRawOnesAreAskedFor() {
        merging.frames(sandbox, thread.openEnter("/a", 0), thread.openExit("/a", 0, -2));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().provenance()).isEqualTo(Provenance.ENTER);
        assertThat(event.call().result()).isEqualTo(-2);
    }

    @Test
    void whatDiffersAtTheReturnIsChanged() {
        merging.frames(
                sandbox,
                thread.rawEnter("/a", 0),
                thread.openEnter("/a", 0),
                thread.rawExit("/a", 0, 3),
                thread.openExit("/b", 0, 3));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().value()).isEqualTo(ByteString.utf8("/a"));
        assertThat(event.path().integrity()).isEqualTo(Integrity.CHANGED);
    }

    @Test
    void aWithheldPathIsAnEventOnceItsTimeIsOver() {
        merging.frames(sandbox, thread.rawEnter("\377", 0), thread.rawExit("\377", 0, 3));
        assertThat(merging.events()).isEmpty();

        merging.pass(3 * SECOND);

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().isPresent()).isFalse();
        assertThat(event.flags()).containsExactly(EventFlag.WITHHELD);
        assertThat(event.call().result()).isEqualTo(3);
        assertThat(event.caller().uid()).isEqualTo(7);
    }

    @Test
    void aWithheldPathIsAnEventWhenItsThreadGoesOn() {
        merging.frames(sandbox, thread.rawEnter("\377", 0), thread.rawExit("\377", 0, 3));
        open(thread, "/next", 4);

        assertThat(merging.events())
                .extracting(event -> ((OpenEvent) event).path().isPresent())
                .containsExactly(false, true);
    }

    @Test
    void aWithheldReturnLeavesTheSnapshotUnchecked() {
        merging.frames(sandbox, thread.rawEnter("/a", 0), thread.openEnter("/a", 0), thread.rawExit("/a", 0, 3));
        merging.frames(sandbox, thread.taskExit());

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().value()).isEqualTo(ByteString.utf8("/a"));
        assertThat(event.path().integrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(event.flags()).containsExactly(EventFlag.WITHHELD);
    }

    @Test
    void aReturnThatComesTooLateIsNoSecondEvent() {
        merging.frames(sandbox, thread.rawEnter("/a", 0), thread.openEnter("/a", 0), thread.rawExit("/a", 0, 3));
        merging.pass(SECOND);
        merging.frames(sandbox, thread.openExit("/a", 0, 3));
        assertThat(merging.events()).hasSize(1);
    }

    @Test
    void anEntryThatWasDroppedIsMissed() {
        merging.frames(sandbox, thread.dropped(2).rawExit("/a", 0, 3), thread.openExit("/a", 0, 3));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.flags()).containsExactly(EventFlag.ENTER_MISSED);
        assertThat(event.path().provenance()).isEqualTo(Provenance.EXIT);
        assertThat(merging.merger.dropped()).isEqualTo(2);
    }

    @Test
    void theCountOfDropsWraps() {
        merging.pass(3_600 * SECOND);
        merging.frames(
                sandbox,
                thread.dropped(-1).openEnter("/a", 0),
                thread.dropped(1).openExit("/a", 0, 3));
        assertThat(merging.merger.dropped()).isEqualTo(0xffff_ffffL + 2);
        merging.events();
    }

    @Test
    void moreDropsThanASandboxCanMakeAreNotBelieved() {
        merging.frames(sandbox, thread.dropped(-1).openEnter("/a", 0), thread.openExit("/a", 0, 3));
        assertThat(merging.merger.dropped()).isZero();
        assertThat(merging.merger.malformed()).isEqualTo(1);
        assertThat(merging.events()).hasSize(1);
    }

    @Test
    void aThreadOfTheSameIdGetsItsOwnArguments() {
        Frames second = new Frames(5, 5, 200);
        merging.frames(sandbox, thread.rawEnter("/first", 0), thread.openEnter("/first", 0));
        open(second, "/second", 3);

        assertThat(merging.onlyOpen().path().value()).isEqualTo(ByteString.utf8("/second"));
        assertThat(merging.merger.stashStats().stale()).isEqualTo(1);
    }

    @Test
    void aThreadOfTheSameIdWhoseEntryWasDroppedGetsNoOthers() {
        Frames second = new Frames(5, 5, 200);
        merging.frames(sandbox, thread.rawEnter("/first", 0), thread.openEnter("/first", 0));
        merging.frames(sandbox, second.dropped(2).rawExit("/second", 0, 3), second.openExit("/second", 0, 3));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.path().value()).isEqualTo(ByteString.utf8("/second"));
        assertThat(event.flags()).containsExactly(EventFlag.ENTER_MISSED);
    }

    @Test
    void sandboxesHaveThreadsOfTheSameId() {
        Connection other = merging.connect(2);
        Frames twin = new Frames(5, 5, 100).container("another");
        merging.frames(sandbox, thread.rawEnter("/one", 0), thread.openEnter("/one", 0));
        merging.frames(other, twin.rawEnter("/two", 0), twin.openEnter("/two", 0));
        merging.frames(sandbox, thread.rawExit("/one", 0, 3), thread.openExit("/one", 0, 3));
        merging.frames(other, twin.rawExit("/two", 0, 3), twin.openExit("/two", 0, 3));

        assertThat(merging.events())
                .extracting(event -> ((OpenEvent) event).path().value())
                .containsExactly(ByteString.utf8("/one"), ByteString.utf8("/two"));
    }

    @Test
    void nobodyTakesTheNameOfAnothersContainer() {
        open(thread, "/a", 3);
        Connection impostor = merging.connect(2);
        merging.frames(impostor, thread.openEnter("/a", 0), thread.openExit("/a", 0, 3));

        assertThat(merging.events())
                .extracting(event -> event.caller().containerId())
                .containsExactly(Optional.of(ByteString.utf8("pod")), Optional.empty());
    }

    @Test
    void aSandboxIsWarnedOfOnceHoweverOftenItUsesTheContainerOfAnother() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Merger.class);
        logger.addAppender(log);
        try {
            open(thread.container("one"), "/a", 3);
            open(thread.container("two"), "/a", 3);
            Connection impostor = merging.connect(2);
            Frames twin = new Frames(5, 5, 100);
            for (int i = 0; i < 1_000; i++) {
                twin.container(i % 2 == 0 ? "one" : "two");
                merging.frames(impostor, twin.openEnter("/a", 0), twin.openExit("/a", 0, 3));
            }
            assertThat(log.list).hasSize(1);
            assertThat(merging.events().stream().skip(2))
                    .hasSize(1_000)
                    .allMatch(event -> event.caller().containerId().isEmpty());
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void theContainerOfASandboxThatHasEndedMayBeAnothers() {
        open(thread, "/a", 3);
        Connection next = merging.connect(2);
        Frames twin = new Frames(5, 5, 100);
        merging.frames(next, twin.openEnter("/a", 0), twin.openExit("/a", 0, 3));
        merging.merger.end(sandbox, false);
        merging.frames(next, twin.openEnter("/a", 0), twin.openExit("/a", 0, 3));
        assertThat(merging.events())
                .extracting(event -> event.caller().containerId())
                .containsExactly(
                        Optional.of(ByteString.utf8("pod")), Optional.empty(), Optional.of(ByteString.utf8("pod")));
    }

    @Test
    void aSandboxHasSoManyContainersAndIsWarnedOfOnce() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Merger.class);
        logger.addAppender(log);
        try {
            for (int i = 0; i < 300; i++) {
                Frames one = thread.container("container-" + i);
                merging.frames(sandbox, one.openEnter("/a", 0), one.openExit("/a", 0, 3));
            }
            assertThat(merging.events().stream()
                            .filter(event -> event.caller().containerId().isPresent()))
                    .hasSize(255);
            assertThat(log.list).singleElement().asString().contains("more than 255 containers");
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aNullPathIsAbsentAndAnEmptyOneIsNot() {
        merging.frames(
                sandbox,
                thread.rawEnter(null, 0),
                thread.openEnter(null, 0),
                thread.rawExit(null, 0, -14),
                thread.openExit(null, 0, -14));
        OpenEvent nothing = merging.onlyOpen();
        assertThat(nothing.path().isPresent()).isFalse();
        assertThat(nothing.flags()).containsExactly(EventFlag.FAULTED);

        open(thread, "", -2);
        OpenEvent empty = merging.onlyOpen();
        assertThat(empty.path().isPresent()).isTrue();
        assertThat(empty.path().value()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void anAddressIsAsLongAsItWasPassed() {
        byte[] address = {1, 0, 0, 'x'};
        merging.frames(
                sandbox,
                thread.rawConnect(9, 4, false, 0),
                thread.connectEnter(address, 9),
                thread.rawConnect(9, 4, true, -111),
                thread.connectExit(address, 9, -111));

        ConnectEvent event = merging.onlyConnect();
        assertThat(event.addrlen()).isEqualTo(4);
        assertThat(event.fd()).isEqualTo(9);
        assertThat(event.address().value().bytes()).isEqualTo(ByteString.copyOf(address));
        assertThat(event.call().result()).isEqualTo(-111);
    }

    @Test
    void theEndOfAThreadReclaimsItsCall() {
        merging.frames(sandbox, thread.rawEnter("/a", 0), thread.openEnter("/a", 0), thread.taskExit());
        assertThat(merging.merger.stashStats().reclaimed()).isEqualTo(1);
        assertThat(merging.events()).isEmpty();
    }

    @Test
    void theEndOfASandboxReclaimsAllItsCalls() {
        merging.frames(sandbox, thread.rawEnter("/a", 0), thread.openEnter("/a", 0));
        merging.merger.end(sandbox, false);
        assertThat(merging.merger.stashStats().live()).isZero();
        assertThat(merging.merger.dropped()).isZero();
    }

    @Test
    void aSandboxThatEndsUnderPressureMayHaveLostSomething() {
        merging.frames(sandbox, thread.rawEnter("/a", 0));
        merging.merger.end(sandbox, true);
        assertThat(merging.merger.dropped()).isEqualTo(1);
    }

    @Test
    void aSandboxThatFillsTheStashDoesSoAtItsOwnCost() {
        Merging small = new Merging(config -> config.stashEntries(4));
        Connection greedy = small.connect(1);
        Connection modest = small.connect(2);
        for (int tid = 1; tid <= 10; tid++) {
            Frames one = new Frames(tid, tid, 1);
            small.frames(greedy, one.rawEnter("/flood", 0), one.openEnter("/flood", 0));
        }
        Frames other = thread.container("modest");
        small.frames(
                modest,
                other.rawEnter("/a", 0),
                other.openEnter("/a", 0),
                other.rawExit("/a", 0, 3),
                other.openExit("/a", 0, 3));

        OpenEvent event = small.onlyOpen();
        assertThat(event.flags()).isEmpty();
        assertThat(event.path().provenance()).isEqualTo(Provenance.ENTER);
        small.merger.end();
        assertThat(small.merger.stashStats().imbalance()).isZero();
    }

    @Test
    void theCloseOfItsDescriptorTellsTheFile() {
        startProcess();
        open(thread, "/link", 3);
        assertThat(merging.events()).isEmpty();
        merging.frames(sandbox, thread.rawOf(CLOSE, 3, 0), thread.use(Frame.CLOSE, 3, "/etc/passwd"));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.file().orElseThrow().path()).isEqualTo(ByteString.utf8("/etc/passwd"));
        assertThat(event.path().integrity()).isEqualTo(Integrity.DIFFERS);
    }

    @Test
    void theSamePathIsNoProof() {
        startProcess();
        open(thread, "/etc/passwd", 3);
        merging.frames(sandbox, thread.use(Frame.READ, 3, "/etc/passwd"));

        OpenEvent event = merging.onlyOpen();
        assertThat(event.file()).isPresent();
        assertThat(event.path().integrity()).isEqualTo(Integrity.UNCHECKED);
    }

    @Test
    void aCloseWhosePathWasWithheldTellsNothingOfTheNextFile() {
        startProcess();
        open(thread, "/link", 3);
        // The point with the file's path is withheld; at the next close the number belongs to another file.
        merging.frames(
                sandbox, thread.rawOf(CLOSE, 3, 0), thread.rawOf(CLOSE, 3, 0), thread.use(Frame.CLOSE, 3, "/innocent"));

        assertThat(merging.onlyOpen().file()).isEmpty();
    }

    @Test
    void aReplacedDescriptorTellsNothing() {
        startProcess();
        open(thread, "/link", 3);
        merging.frames(
                sandbox, thread.rawOf(DUP2, 9, 3), thread.rawOf(CLOSE, 3, 0), thread.use(Frame.CLOSE, 3, "/innocent"));

        assertThat(merging.onlyOpen().file()).isEmpty();
    }

    @Test
    void aSharedTableTellsNothing() {
        startProcess();
        merging.frames(sandbox, thread.clone(9, 9, CLONE_VM | CLONE_FILES));
        open(thread, "/link", 3);
        assertThat(merging.onlyOpen().file()).isEmpty();
    }

    @Test
    void afterADropNobodyIsKnownToBeAlone() {
        startProcess();
        open(thread.dropped(1), "/link", 3);
        assertThat(merging.onlyOpen().file()).isEmpty();
    }

    @Test
    void anOpenWaitsForItsFileNoLongerThanTheWindow() {
        startProcess();
        open(thread, "/link", 3);
        merging.pass(SECOND);
        assertThat(merging.onlyOpen().file()).isEmpty();
    }

    @Test
    void eventsOfAThreadKeepTheirOrder() {
        startProcess();
        open(thread, "/one", 3);
        open(thread, "/two", -2);
        open(thread, "/three", 4);
        merging.pass(SECOND);
        assertThat(merging.events().stream()
                        .map(event -> ((OpenEvent) event).path().value()))
                .containsExactly(ByteString.utf8("/one"), ByteString.utf8("/two"), ByteString.utf8("/three"));
    }

    @Test
    void moreThreadsThanCanWaitLoseNothing() {
        int threads = 5_000;
        for (int tid = 1; tid <= threads; tid++) {
            Frames one = new Frames(tid, tid, 1);
            merging.frames(sandbox, one.rawEnter("\377", 0), one.rawExit("\377", 0, 3));
        }
        merging.pass(3 * SECOND);
        assertThat(merging.events()).hasSize(threads).allMatch(MergerTest::isWithheld);
    }

    @Test
    void aSandboxWhoseCallsFillAllPlacesTakesNoneFromAnother() {
        startProcess();
        open(thread, "/link", 3);
        Connection greedy = merging.connect(2);
        int threads = 10_000;
        for (int tid = 1; tid <= threads; tid++) {
            Frames one = new Frames(tid, tid, 1).container("greedy");
            merging.frames(greedy, one.rawEnter("\377", 0), one.rawExit("\377", 0, 3));
        }
        assertThat(merging.events()).allMatch(MergerTest::isWithheld);
        // A sandbox that begins to wait now finds a place, too.
        Connection late = merging.connect(3);
        Frames other = new Frames(7, 7, 100).container("late");
        merging.frames(late, new Frames(1, 1, 1).container("late").clone(7, 7, 0));
        merging.frames(
                late,
                other.rawEnter("/link", 0),
                other.openEnter("/link", 0),
                other.rawExit("/link", 0, 4),
                other.openExit("/link", 0, 4));
        for (int tid = 1; tid <= threads; tid++) {
            Frames one = new Frames(tid, tid, 1).container("greedy");
            merging.frames(greedy, one.rawEnter("\377", 0), one.rawExit("\377", 0, 3));
        }
        merging.events();

        merging.frames(sandbox, thread.rawOf(CLOSE, 3, 0), thread.use(Frame.CLOSE, 3, "/etc/passwd"));
        merging.frames(late, other.rawOf(CLOSE, 4, 0), other.use(Frame.CLOSE, 4, "/etc/shadow"));
        assertThat(merging.events())
                .extracting(event -> ((OpenEvent) event).file().orElseThrow().path())
                .containsExactly(ByteString.utf8("/etc/passwd"), ByteString.utf8("/etc/shadow"));
    }

    @Test
    void aSandboxThatIsAloneGivesUpItsOwnOldestCallThatWaitsForItsFile() {
        startProcess();
        open(thread, "/link", 3);
        for (int tid = 10; tid < 10 + 4096; tid++) {
            Frames one = new Frames(tid, tid, 1);
            merging.frames(sandbox, one.rawEnter("\377", 0), one.rawExit("\377", 0, 3));
        }
        assertThat(merging.onlyOpen().path().value()).isEqualTo(ByteString.utf8("/link"));
        merging.pass(3 * SECOND);
        assertThat(merging.events()).hasSize(4096).allMatch(MergerTest::isWithheld);
    }

    @Test
    void framesThatNameNoThreadAreMalformed() {
        Frames nobody = new Frames(0, 0, 0);
        Frames impossible = new Frames(1 << 20, 5, 0);
        merging.frames(sandbox, nobody.openEnter("/a", 0), impossible.openExit("/a", 0, 3));
        assertThat(merging.merger.malformed()).isEqualTo(2);
    }

    private static boolean isWithheld(SyscallEvent event) {
        return event.flags().contains(EventFlag.WITHHELD);
    }

    /** Starts a process that is known not to share its descriptors. */
    private void startProcess() {
        merging.frames(sandbox, new Frames(1, 1, 1).clone(5, 5, 0));
    }

    private void open(Frames of, String path, long result) {
        String passed = path;
        merging.frames(
                sandbox,
                of.rawEnter(passed, 0),
                of.openEnter(passed, 0),
                of.rawExit(passed, 0, result),
                of.openExit(passed, 0, result));
    }
}
