// SPDX-License-Identifier: Apache-2.0
package dev.unraced.format;

import dev.unraced.event.Abi;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import dev.unraced.event.record.RecordEncoder;
import dev.unraced.event.record.RecordView;
import dev.unraced.linux.OpenFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Records that tests start from. */
public final class SampleEvents {
    public static final long EXIT_NANOS = 1_000_012_345_678L;
    public static final long O_CLOEXEC = 02000000;

    private SampleEvents() {}

    /** A call that {@code cat} made, without arguments. */
    public static RecordEncoder begin(Syscall syscall, long result) {
        return new RecordEncoder()
                .begin(syscall, Abi.NATIVE, Origin.SYSCALL, Mitigation.STASH)
                .sequence(1, 7)
                .call(EXIT_NANOS - 12_340, EXIT_NANOS, result)
                .thread(4242, 4242, 999_000_000_000L, 4000)
                .user(1000, 100)
                .namespaces(77, 4_026_531_841L, 4_026_531_836L)
                .comm(utf8("cat"));
    }

    /** An openat that succeeded, and whose path is proven. */
    public static RecordEncoder open(byte[] path) {
        return begin(Syscall.OPENAT, 3)
                .dirfd(OpenFlags.AT_FDCWD)
                .path(path, Provenance.ENTER, Integrity.MATCH)
                .how(O_CLOEXEC, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH)
                .file(path, 8, 1, 1234);
    }

    public static RecordEncoder open(String path) {
        return open(utf8(path));
    }

    /** An openat that failed with ENOENT. */
    public static RecordEncoder failedOpen(String path) {
        return begin(Syscall.OPENAT, -2)
                .dirfd(OpenFlags.AT_FDCWD)
                .path(utf8(path), Provenance.ENTER, Integrity.UNCHECKED)
                .how(0, 0, 0, 0, Provenance.KERNEL, Integrity.MATCH);
    }

    /** A connect to an address given in hexadecimal. */
    public static RecordEncoder connect(String address) {
        byte[] bytes = hex(address);
        return begin(Syscall.CONNECT, 0).fd(5).address(bytes, bytes.length, Provenance.ENTER, Integrity.MATCH);
    }

    public static EventView view(RecordEncoder encoder) {
        encoder.finishPartial();
        return view(encoder.toByteArray());
    }

    public static EventView view(byte[] record) {
        return new RecordView().wrap(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN), 0);
    }

    public static byte[] record(RecordEncoder encoder) {
        encoder.finishPartial();
        return encoder.toByteArray();
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
