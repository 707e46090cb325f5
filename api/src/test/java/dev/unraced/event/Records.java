// SPDX-License-Identifier: Apache-2.0
package dev.unraced.event;

import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Records with every field set, each to a different value. */
public final class Records {
    static final byte[] INET = {2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    static final byte[] LOCAL = {2, 0, (byte) 0xc0, 1, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    static final byte[] REMOTE = {2, 0, 31, (byte) 0x90, 10, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0};

    private Records() {}

    public static RecordEncoder open(RecordEncoder encoder) {
        caller(encoder.begin(Syscall.OPENAT2, Abi.X32, Origin.IO_URING, Mitigation.KERNEL))
                .flag(EventFlag.CREATED)
                .dirfd(-100)
                .path(utf8("../a"), Provenance.KERNEL, Integrity.MATCH)
                .how(0x8042L, 0_644, 0x18, 24, Provenance.ENTER, Integrity.CHANGED)
                .file(utf8("/srv/a"), 8, 17, -3)
                .finish();
        return encoder;
    }

    public static RecordEncoder connect(RecordEncoder encoder) {
        caller(encoder.begin(Syscall.CONNECT, Abi.IA32, Origin.SYSCALL, Mitigation.STASH))
                .flag(EventFlag.FD_TABLE_SHARED)
                .fd(9)
                .address(INET, 16, Provenance.ENTER, Integrity.DIFFERS)
                .block(Provenance.ENTER, Integrity.CHANGED)
                .socket(2, 1, 6, LOCAL, REMOTE)
                .finish();
        return encoder;
    }

    static RecordEncoder caller(RecordEncoder encoder) {
        return encoder.sequence(3, 1L << 40)
                .call(1_000, 2_000, -13)
                .thread(101, 100, 55, 1)
                .user(0xffff_fffeL, 0xffff_fffdL)
                .namespaces(1L << 50, 0xf000_0001L, 0xf000_0002L)
                .comm(utf8("worker"))
                .containerId(utf8("c0ffee"));
    }

    public static EventView view(RecordEncoder encoder) {
        return new RecordView().wrap(encoder.buffer(), 0);
    }

    /** Returns a copy that a test may spoil. */
    public static ByteBuffer copy(RecordEncoder encoder) {
        return ByteBuffer.wrap(encoder.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
