// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import static dev.unraced.event.Records.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventViewTest {
    private static final Caller CALLER = Caller.builder()
            .tid(101)
            .tgid(100)
            .threadStartNanos(55)
            .parentTgid(1)
            .uid(0xffff_fffeL)
            .gid(0xffff_fffdL)
            .comm(ByteString.utf8("worker"))
            .cgroupId(1L << 50)
            .mountNamespace(0xf000_0001L)
            .pidNamespace(0xf000_0002L)
            .containerId(ByteString.utf8("c0ffee"))
            .build();

    private final RecordEncoder encoder = new RecordEncoder();

    @ParameterizedTest
    @EnumSource(Integrity.class)
    void anEventIsChangedWhereOneOfItsArgumentsIs(Integrity integrity) {
        boolean changed = integrity == Integrity.CHANGED;

        assertThat(openIsChanged(integrity, Integrity.UNCHECKED)).isEqualTo(changed);
        assertThat(openIsChanged(Integrity.MATCH, integrity)).isEqualTo(changed);
        assertThat(connectIsChanged(integrity, Integrity.UNCHECKED)).isEqualTo(changed);
        assertThat(connectIsChanged(Integrity.DIFFERS, integrity)).isEqualTo(changed);
    }

    private boolean openIsChanged(Integrity path, Integrity how) {
        Records.caller(encoder.begin(Syscall.OPENAT2, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH))
                .dirfd(-100)
                .path(utf8("a"), Provenance.ENTER, path)
                .how(0, 0, 0, 24, Provenance.ENTER, how)
                .finish();
        return Records.view(encoder).isChanged();
    }

    private boolean connectIsChanged(Integrity address, Integrity block) {
        Records.caller(encoder.begin(Syscall.CONNECT, Abi.IA32, Origin.SYSCALL, Mitigation.STASH))
                .fd(9)
                .address(Records.INET, 16, Provenance.ENTER, address)
                .block(Provenance.ENTER, block)
                .finish();
        return Records.view(encoder).isChanged();
    }

    @Test
    void readsAnOpenAsItWasWritten() {
        EventView event = Records.view(Records.open(encoder));

        checkCaller(event);
        assertThat(event.syscall()).isEqualTo(Syscall.OPENAT2);
        assertThat(event.abi()).isEqualTo(Abi.X32);
        assertThat(event.origin()).isEqualTo(Origin.IO_URING);
        assertThat(event.mitigation()).isEqualTo(Mitigation.KERNEL);
        assertThat(event.isOpenLike()).isTrue();
        assertThat(event.dirfd()).isEqualTo(-100);
        assertThat(event.path()).hasToString("../a");
        assertThat(event.path().provenance()).isEqualTo(Provenance.KERNEL);
        assertThat(event.path().integrity()).isEqualTo(Integrity.MATCH);
        assertThat(event.openFlags()).isEqualTo(0x8042);
        assertThat(event.mode()).isEqualTo(0_644);
        assertThat(event.resolve()).isEqualTo(0x18);
        assertThat(event.howSize()).isEqualTo(24);
        assertThat(event.howProvenance()).isEqualTo(Provenance.ENTER);
        assertThat(event.howIntegrity()).isEqualTo(Integrity.CHANGED);
        assertThat(event.resolvedPath()).hasToString("/srv/a");
        assertThat(event.deviceMajor()).isEqualTo(8);
        assertThat(event.deviceMinor()).isEqualTo(17);
        assertThat(event.inode()).isEqualTo(-3);
        assertThat(event.flags()).isEqualTo(EventFlag.CREATED.mask() | EventFlag.HAS_FILE.mask());
    }

    @Test
    void readsAConnectAsItWasWritten() {
        EventView event = Records.view(Records.connect(encoder));

        checkCaller(event);
        assertThat(event.syscall()).isEqualTo(Syscall.CONNECT);
        assertThat(event.abi()).isEqualTo(Abi.IA32);
        assertThat(event.origin()).isEqualTo(Origin.SYSCALL);
        assertThat(event.mitigation()).isEqualTo(Mitigation.STASH);
        assertThat(event.isOpenLike()).isFalse();
        assertThat(event.fd()).isEqualTo(9);
        assertThat(event.addrlen()).isEqualTo(16);
        assertThat(event.address().toByteString()).isEqualTo(ByteString.copyOf(Records.INET));
        assertThat(event.address().provenance()).isEqualTo(Provenance.ENTER);
        assertThat(event.address().integrity()).isEqualTo(Integrity.DIFFERS);
        assertThat(event.blockProvenance()).isEqualTo(Provenance.ENTER);
        assertThat(event.blockIntegrity()).isEqualTo(Integrity.CHANGED);
        assertThat(event.socketLocal().toByteString()).isEqualTo(ByteString.copyOf(Records.LOCAL));
        assertThat(event.socketRemote().toByteString()).isEqualTo(ByteString.copyOf(Records.REMOTE));
        assertThat(event.socketFamily()).isEqualTo(2);
        assertThat(event.socketType()).isEqualTo(1);
        assertThat(event.socketProtocol()).isEqualTo(6);
        assertThat(event.has(EventFlag.HAS_SOCKET)).isTrue();
        assertThat(event.has(EventFlag.HAS_FILE)).isFalse();
    }

    private static void checkCaller(EventView event) {
        assertThat(event.source()).isEqualTo(3);
        assertThat(event.sequence()).isEqualTo(1L << 40);
        assertThat(event.enterNanos()).isEqualTo(1_000);
        assertThat(event.exitNanos()).isEqualTo(2_000);
        assertThat(event.result()).isEqualTo(-13);
        assertThat(event.failed()).isTrue();
        assertThat(event.isInterrupted()).isFalse();
        assertThat(event.tid()).isEqualTo(101);
        assertThat(event.tgid()).isEqualTo(100);
        assertThat(event.threadStartNanos()).isEqualTo(55);
        assertThat(event.parentTgid()).isOne();
        assertThat(event.uid()).isEqualTo(0xffff_fffeL);
        assertThat(event.gid()).isEqualTo(0xffff_fffdL);
        assertThat(event.cgroupId()).isEqualTo(1L << 50);
        assertThat(event.mountNamespace()).isEqualTo(0xf000_0001L);
        assertThat(event.pidNamespace()).isEqualTo(0xf000_0002L);
        assertThat(event.comm()).hasToString("worker");
        assertThat(event.containerId()).hasToString("c0ffee");
    }

    @Test
    void knowsAnEntryFromAWholeCall() {
        EventView merged = Records.view(Records.open(encoder));
        assertThat(merged.type()).isEqualTo(EventType.MERGED);
        assertThat(merged.isEnter()).isFalse();
        assertThat(merged.nanos()).isEqualTo(2_000);

        EventView entry = Records.view(Records.open(encoder).enter().call(1_000, 0, 0));
        assertThat(entry.type()).isEqualTo(EventType.ENTER);
        assertThat(entry.isEnter()).isTrue();
        assertThat(entry.nanos()).isEqualTo(1_000);
        assertThat(entry.snapshot().call().type()).isEqualTo(EventType.ENTER);
    }

    /** Each class of results, as every call may have it, of a call that ran, that never ran, and of its entry. */
    @ParameterizedTest
    @ValueSource(longs = {0, 3, 1L << 31, -1, -2, -41, -111, -115, -511, -512, -513, -514, -515, -516, -517, -4096})
    void viewAndSnapshotAgreeOnEachResult(long result) {
        for (Syscall syscall : Syscall.values()) {
            for (EventFlag flag : List.of(EventFlag.CREATED, EventFlag.NOT_EXECUTED, EventFlag.EXECUTION_UNKNOWN)) {
                checkAgreement(begin(syscall).call(1_000, 2_000, result).flag(flag));
            }
            checkAgreement(begin(syscall).enter().call(1_000, 0, result));
        }
    }

    private RecordEncoder begin(Syscall syscall) {
        return encoder.begin(syscall, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH);
    }

    private static void checkAgreement(RecordEncoder record) {
        record.finishPartial();
        EventView view = Records.view(record);
        SyscallEvent snapshot = view.snapshot();

        assertThat(snapshot.isEnter()).isEqualTo(view.isEnter());
        assertThat(snapshot.isOpenLike()).isEqualTo(view.isOpenLike()).isEqualTo(snapshot instanceof OpenEvent);
        assertThat(snapshot.isConnect()).isEqualTo(view.isConnect()).isEqualTo(snapshot instanceof ConnectEvent);
        assertThat(snapshot.nanos()).isEqualTo(view.nanos());
        assertThat(snapshot.failed()).isEqualTo(view.failed());
        assertThat(snapshot.succeeded()).isEqualTo(view.succeeded());
        assertThat(snapshot.isInProgress()).isEqualTo(view.isInProgress());
        assertThat(snapshot.errnoName()).isEqualTo(view.errnoName());
        assertThat(snapshot.isInterrupted()).isEqualTo(view.isInterrupted());
        for (EventFlag flag : EventFlag.values()) {
            assertThat(snapshot.has(flag)).isEqualTo(view.has(flag));
        }
    }

    @Test
    void snapshotsAnOpenThatOutlivesItsRecord() {
        SyscallEvent event = Records.view(Records.open(encoder)).snapshot();
        Records.connect(encoder);

        assertThat(event)
                .isEqualTo(new OpenEvent(
                        Call.builder()
                                .syscall(Syscall.OPENAT2)
                                .abi(Abi.X32)
                                .origin(Origin.IO_URING)
                                .mitigation(Mitigation.KERNEL)
                                .enterNanos(1_000)
                                .exitNanos(2_000)
                                .source(3)
                                .sequence(1L << 40)
                                .result(-13)
                                .build(),
                        CALLER,
                        Set.of(EventFlag.CREATED, EventFlag.HAS_FILE),
                        -100,
                        new Argument<>(ByteString.utf8("../a"), Provenance.KERNEL, Integrity.MATCH),
                        new Argument<>(new OpenHow(0x8042, 0_644, 0x18, 24), Provenance.ENTER, Integrity.CHANGED),
                        Optional.of(new OpenedFile(ByteString.utf8("/srv/a"), 8, 17, -3, true))));
    }

    @Test
    void snapshotsAConnectThatOutlivesItsRecord() {
        SyscallEvent event = Records.view(Records.connect(encoder)).snapshot();
        Records.open(encoder);

        assertThat(event)
                .isEqualTo(new ConnectEvent(
                        Call.builder()
                                .syscall(Syscall.CONNECT)
                                .abi(Abi.IA32)
                                .mitigation(Mitigation.STASH)
                                .enterNanos(1_000)
                                .exitNanos(2_000)
                                .source(3)
                                .sequence(1L << 40)
                                .result(-13)
                                .build(),
                        CALLER,
                        Set.of(EventFlag.FD_TABLE_SHARED, EventFlag.HAS_SOCKET),
                        9,
                        new Argument<>(sockaddr(Records.INET), Provenance.ENTER, Integrity.DIFFERS),
                        16,
                        Optional.of(new ConnectedSocket(
                                2, 1, 6, Optional.of(sockaddr(Records.LOCAL)), Optional.of(sockaddr(Records.REMOTE)))),
                        Optional.of(new SocketcallBlock(Provenance.ENTER, Integrity.CHANGED))));
    }

    @Test
    void aConnectWithoutABlockSaysSo() {
        encoder.begin(Syscall.CONNECT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .fd(9)
                .address(Records.INET, 16, Provenance.ENTER, Integrity.MATCH)
                .finishPartial();
        EventView event = Records.view(encoder);

        assertThat(event.blockProvenance()).isEqualTo(Provenance.NONE);
        assertThat(event.blockIntegrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(((ConnectEvent) event.snapshot()).block()).isEmpty();
    }

    @Test
    void aSnapshotCannotBeChanged() {
        SyscallEvent event = Records.view(Records.open(encoder)).snapshot();

        assertThatThrownBy(() -> event.flags().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aBareRecordHasNothing() {
        for (Syscall syscall : Syscall.values()) {
            encoder.begin(syscall, Abi.NATIVE, Origin.SYSCALL, Mitigation.OFF).finishPartial();
            EventView event = Records.view(encoder);

            for (BytesView view : bytes(event)) {
                assertThat(view.isPresent()).isFalse();
                assertThat(view.length()).isZero();
                assertThat(view.toByteString()).isEqualTo(ByteString.EMPTY);
                assertThat(view.copyTo(new byte[4], 0)).isZero();
                assertThatThrownBy(() -> view.byteAt(0)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThat(event.comm().isPresent()).isTrue();
            assertThat(event.comm().length()).isZero();
            assertThat(event.snapshot().caller().containerId()).isEmpty();
            assertThat(event.snapshot().flags()).isEmpty();
        }
    }

    @Test
    void absentIsNotEmpty() {
        openWithPath(new byte[0], Provenance.ENTER);
        assertThat(Records.view(encoder).path().isPresent()).isTrue();
        assertThat(Records.view(encoder).path().length()).isZero();
        assertThat(Records.view(encoder).path().toArgument().isPresent()).isTrue();

        openWithPath(new byte[0], Provenance.NONE);
        assertThat(Records.view(encoder).path().isPresent()).isFalse();
        assertThat(Records.view(encoder).path().toArgument().isPresent()).isFalse();
    }

    @Test
    void bytesThatWereReadNowhereAreAbsent() {
        ByteBuffer record = Records.copy(Records.open(encoder));
        record.put(RecordLayout.PROVENANCE, (byte) Provenance.NONE.code());
        RecordView event = new RecordView().wrap(record, 0);

        assertThat(event.path().isPresent()).isFalse();
        assertThat(event.path().length()).isZero();
        assertThat(((OpenEvent) event.snapshot()).path().value()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void carriesEveryByteAndTheLongestPath() {
        byte[] path = new byte[RecordLayout.PATH_MAX];
        for (int i = 0; i < path.length; i++) {
            path[i] = (byte) i;
        }
        openWithPath(path, Provenance.ENTER);
        ArgumentView view = Records.view(encoder).path();

        assertThat(view.length()).isEqualTo(RecordLayout.PATH_MAX);
        assertThat(view.toByteString().toByteArray()).isEqualTo(path);
        assertThat(view.contentEquals(ByteString.copyOf(path))).isTrue();
        for (int i = 0; i < path.length; i++) {
            assertThat(view.byteAt(i)).isEqualTo(path[i]);
        }
    }

    @Test
    void bytesAreCopiedAsFarAsTheyFit() {
        openWithPath(utf8("abcdef"), Provenance.ENTER);
        ArgumentView view = Records.view(encoder).path();
        byte[] target = new byte[5];

        assertThat(view.copyTo(target, 2)).isEqualTo(3);
        assertThat(target).isEqualTo(new byte[] {0, 0, 'a', 'b', 'c'});
        assertThat(view.copyTo(target, 5)).isZero();
        assertThatThrownBy(() -> view.copyTo(target, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.byteAt(6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> view.byteAt(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void contentEqualsComparesLengthAndBytes() {
        openWithPath(utf8("abc"), Provenance.ENTER);
        ArgumentView view = Records.view(encoder).path();

        assertThat(view.contentEquals(ByteString.utf8("abc"))).isTrue();
        assertThat(view.contentEquals(ByteString.utf8("abd"))).isFalse();
        assertThat(view.contentEquals(ByteString.utf8("ab"))).isFalse();
        assertThat(view.contentEquals(ByteString.EMPTY)).isFalse();
    }

    @Test
    void numbersThatTheCallLacksThrow() {
        EventView connect = Records.view(Records.connect(encoder));
        List<Consumer<EventView>> ofOpen = List.of(
                EventView::dirfd,
                EventView::openFlags,
                EventView::mode,
                EventView::resolve,
                EventView::howSize,
                EventView::howProvenance,
                EventView::howIntegrity,
                EventView::inode,
                EventView::deviceMajor,
                EventView::deviceMinor);
        ofOpen.forEach(
                number -> assertThatThrownBy(() -> number.accept(connect)).isInstanceOf(IllegalStateException.class));
        assertThat(connect.path().isPresent()).isFalse();
        assertThat(connect.path().provenance()).isEqualTo(Provenance.NONE);
        assertThat(connect.path().integrity()).isEqualTo(Integrity.UNCHECKED);
        assertThat(connect.resolvedPath().isPresent()).isFalse();

        EventView open = Records.view(Records.open(encoder));
        List<Consumer<EventView>> ofConnect = List.of(
                EventView::fd,
                EventView::addrlen,
                EventView::blockProvenance,
                EventView::blockIntegrity,
                EventView::socketFamily,
                EventView::socketType,
                EventView::socketProtocol);
        ofConnect.forEach(
                number -> assertThatThrownBy(() -> number.accept(open)).isInstanceOf(IllegalStateException.class));
        assertThat(open.address().isPresent()).isFalse();
        assertThat(open.socketLocal().isPresent()).isFalse();
        assertThat(open.socketRemote().isPresent()).isFalse();
    }

    @Test
    void readsARecordAmidOthersInADirectBuffer() {
        byte[] record = Records.open(encoder).toByteArray();
        ByteBuffer ring = ByteBuffer.allocateDirect(record.length + 48).order(ByteOrder.LITTLE_ENDIAN);
        ring.put(24, record);
        RecordView event = new RecordView().wrap(ring, 24);

        assertThat(event.buffer()).isSameAs(ring);
        assertThat(event.offset()).isEqualTo(24);
        assertThat(event.length()).isEqualTo(record.length);
        assertThat(event.snapshot()).isEqualTo(Records.view(encoder).snapshot());
        checkCaller(event);
    }

    @Test
    void copiesTheWholeRecord() {
        byte[] record = Records.open(encoder).toByteArray();
        ByteBuffer ring = ByteBuffer.allocateDirect(record.length + 48).order(ByteOrder.LITTLE_ENDIAN);
        ring.put(24, record);
        RecordView event = new RecordView().wrap(ring, 24);
        byte[] target = new byte[record.length + 2];

        assertThat(event.toByteArray()).isEqualTo(record);
        assertThat(event.copyTo(target, 1)).isEqualTo(record.length);
        assertThat(target).startsWith(0).endsWith(0).containsSequence(record);
        assertThatThrownBy(() -> event.copyTo(target, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aViewMovesToAnotherRecordOfTheOtherFamily() {
        RecordEncoder other = new RecordEncoder();
        RecordView event = RecordView.of(Records.view(Records.open(encoder)));
        assertThat(event.path().isPresent()).isTrue();

        event.wrap(Records.connect(other).buffer(), 0);

        assertThat(event.path().isPresent()).isFalse();
        assertThat(event.address().isPresent()).isTrue();
    }

    @Test
    void refusesABigEndianBuffer() {
        assertThatThrownBy(() -> new RecordView().wrap(ByteBuffer.allocate(512), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aCommFillsItsFieldWhenTheSourceDoesNotTerminateIt() {
        ByteBuffer record = Records.copy(Records.open(encoder));
        record.put(RecordLayout.COMM, utf8("sixteen-bytes-xx"));

        assertThat(new RecordView().wrap(record, 0).comm()).hasToString("sixteen-bytes-xx");
    }

    @ParameterizedTest
    @ValueSource(longs = {-512, -513, -514, -516})
    void knowsInterruptedCalls(long result) {
        assertThat(withResult(result).isInterrupted()).isTrue();
        assertThat(withResult(result).failed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, -4, -511, -515, -517})
    void knowsCallsThatWereNotInterrupted(long result) {
        assertThat(withResult(result).isInterrupted()).isFalse();
        assertThat(withResult(result).failed()).isEqualTo(result < 0);
    }

    @Test
    void aConnectInProgressHasNotFailed() {
        EventView event = connectWithResult(-Errno.EINPROGRESS);
        assertThat(event.isInProgress()).isTrue();
        assertThat(event.failed()).isFalse();
        assertThat(event.succeeded()).isTrue();
        assertThat(event.errnoName()).contains("EINPROGRESS");

        assertThat(connectWithResult(-Errno.ECONNREFUSED).failed()).isTrue();
        assertThat(connectWithResult(0).isInProgress()).isFalse();
        assertThat(withResult(-Errno.EINPROGRESS).failed())
                .as("no open is in progress")
                .isTrue();
    }

    @Test
    void aCallThatNeverRanHasFailedWhateverItsResult() {
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .call(1, 2, 3)
                .flag(EventFlag.NOT_EXECUTED)
                .finishPartial();
        EventView event = Records.view(encoder);
        assertThat(event.failed()).isTrue();
        assertThat(event.succeeded()).isFalse();
    }

    @Test
    void anEntryHasNeitherFailedNorSucceeded() {
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .enter()
                .finishPartial();
        EventView event = Records.view(encoder);
        assertThat(event.isEnter()).isTrue();
        assertThat(event.failed()).isFalse();
        assertThat(event.succeeded()).isFalse();
        assertThat(event.errnoName()).isEmpty();
    }

    @Test
    void namesErrors() {
        assertThat(withResult(-Errno.ENOENT).errnoName()).contains("ENOENT");
        assertThat(withResult(-Errno.ERESTARTSYS).errnoName()).contains("ERESTARTSYS");
        assertThat(withResult(3).errnoName()).isEmpty();
        assertThat(withResult(-4095).errnoName()).isEmpty();
    }

    @Test
    void readsPortsInPlace() {
        RecordView event = new RecordView().wrap(Records.connect(encoder).buffer(), 0);
        assertThat(event.localPort()).isEqualTo(new Sockaddr(event.socketLocal().toByteString()).port());
        assertThat(event.remotePort())
                .isEqualTo(new Sockaddr(event.socketRemote().toByteString()).port());
        assertThat(new RecordView().wrap(Records.open(encoder).buffer(), 0).remotePort())
                .isEqualTo(-1);
    }

    @Test
    void comparesBeginnings() {
        BytesView path =
                new RecordView().wrap(Records.open(encoder).buffer(), 0).path();
        ByteString whole = path.toByteString();
        assertThat(path.startsWith(ByteString.utf8(""))).isTrue();
        assertThat(path.startsWith(whole)).isTrue();
        assertThat(path.startsWith(ByteString.utf8(whole.escaped() + "x"))).isFalse();
        assertThat(path.startsWith(ByteString.utf8("#"))).isFalse();
        assertThat(path.startsWith(ByteString.utf8(""), whole.length())).isTrue();
        assertThat(path.startsWith(ByteString.utf8("x"), whole.length())).isFalse();
    }

    @ParameterizedTest
    @EnumSource(EventFlag.class)
    void everyFlagIsItsOwn(EventFlag flag) {
        encoder.begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.OFF)
                .flag(flag)
                .finishPartial();

        for (EventFlag other : EventFlag.values()) {
            assertThat(Records.view(encoder).has(other)).isEqualTo(flag == other);
        }
        assertThat(Records.view(encoder).snapshot().flags()).containsExactly(flag);
    }

    private EventView withResult(long result) {
        encoder.begin(Syscall.OPEN, Abi.NATIVE, Origin.SYSCALL, Mitigation.OFF)
                .call(1, 2, result)
                .finishPartial();
        return Records.view(encoder);
    }

    private EventView connectWithResult(long result) {
        encoder.begin(Syscall.CONNECT, Abi.NATIVE, Origin.SYSCALL, Mitigation.OFF)
                .call(1, 2, result)
                .finishPartial();
        return Records.view(encoder);
    }

    private void openWithPath(byte[] path, Provenance provenance) {
        encoder.begin(Syscall.OPENAT, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .path(path, provenance, Integrity.UNCHECKED)
                .finishPartial();
    }

    private static List<BytesView> bytes(EventView event) {
        return List.of(
                event.containerId(),
                event.path(),
                event.resolvedPath(),
                event.address(),
                event.socketLocal(),
                event.socketRemote());
    }

    private static Sockaddr sockaddr(byte[] bytes) {
        return new Sockaddr(ByteString.copyOf(bytes));
    }

    @Test
    void anArgumentThatWasNotReadIsNoOptional() {
        assertThat(new Argument<>("x", Provenance.ENTER, Integrity.MATCH).asOptional())
                .contains("x");
        assertThat(new Argument<>("", Provenance.NONE, Integrity.UNCHECKED).asOptional())
                .isEmpty();
    }
}
