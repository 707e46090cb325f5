// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;
import dev.unraced.event.Syscall;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What the writers of foreign schemas have in common: an event's bytes, and the fields that no schema has. */
final class SchemaEvent {
    private static final Bits FLAGS = new Bits(Stream.of(EventFlag.values())
            .map(flag -> Map.entry(flag.name(), (long) flag.mask()))
            .toList());
    private static final int EINPROGRESS = -115;
    private static final int LOOPBACK_NET = 127;
    private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    final byte[] bytes = new byte[0x10000];
    final RawAddress address = new RawAddress();
    private final OpenFlags openFlags;

    SchemaEvent(OpenFlags openFlags) {
        this.openFlags = openFlags;
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the call did what it was to. A connect that goes on by itself is neither that nor a failure, and neither
     * is a call of which nobody knows whether it ran.
     */
    static boolean succeeded(EventView event) {
        return isKnown(event) && !event.has(EventFlag.NOT_EXECUTED) && event.result() >= 0;
    }

    /** Whether the call failed; one that was refused before it ran failed, whatever the refuser put for a result. */
    static boolean failed(EventView event) {
        return isKnown(event)
                && (event.has(EventFlag.NOT_EXECUTED) || (event.result() < 0 && event.result() != EINPROGRESS));
    }

    private static boolean isKnown(EventView event) {
        return !event.isEnter() && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    static boolean isChanged(EventView event) {
        if (event.isOpenLike()) {
            return event.path().integrity() == Integrity.CHANGED || event.howIntegrity() == Integrity.CHANGED;
        }
        return event.address().integrity() == Integrity.CHANGED || event.blockIntegrity() == Integrity.CHANGED;
    }

    /** Whether the event has a file, and the call is known to have run: only then the call opened it. */
    static boolean hasFile(EventView event) {
        return event.has(EventFlag.HAS_FILE) && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    /** Whether the event has a socket, and the call is known to have run: only then the call connected it. */
    static boolean hasSocket(EventView event) {
        return event.has(EventFlag.HAS_SOCKET) && !event.has(EventFlag.EXECUTION_UNKNOWN);
    }

    /** Whether the call succeeded with an object that the driver missed: what was named must not stand in for it. */
    static boolean isObjectMissed(EventView event) {
        return event.has(EventFlag.OBJECT_MISSED);
    }

    /** Copies bytes to {@link #bytes}; their number. */
    int copy(BytesView view) {
        return view.copyTo(bytes, 0);
    }

    /** Where the last component of the path in {@link #bytes} begins. */
    int lastName(int length) {
        for (int at = length - 1; at > 0; at--) {
            if (bytes[at - 1] == '/') {
                return at;
            }
        }
        return length == 1 && bytes[0] == '/' ? 0 : length > 0 && bytes[0] == '/' ? 1 : 0;
    }

    /** The peer that a connect reached, or else the one that it named, to {@link #address}; whether there is one. */
    boolean peer(EventView event) {
        return (hasSocket(event) && address.read(event.remote()) && address.family() > 0)
                || (!isObjectMissed(event) && address.read(event.address()));
    }

    /** Whether the ip in {@link #address} is this machine's own: of 127.0.0.0/8, also when mapped to IPv6, or ::1. */
    boolean isLoopback() {
        byte[] raw = address.bytes;
        if (address.family() == Sockaddr.AF_INET) {
            return raw[4] == LOOPBACK_NET;
        }
        return Arrays.equals(raw, 8, 24, LOOPBACK6, 0, 16)
                || (Arrays.equals(raw, 8, 20, MAPPED, 0, 12) && raw[20] == LOOPBACK_NET);
    }

    /** What this project alone tells. */
    void own(JsonFields fields, EventView event, LineBuffer out) {
        fields.word("syscall", lower(event.syscall()))
                .word("type", event.type().name())
                .word("abi", event.abi().name())
                .word("origin", event.origin().name())
                .word("mitigation", event.mitigation().name());
        if (!event.isEnter()) {
            fields.number("result", event.result());
        }
        fields.key("flags").put('[');
        FLAGS.json(out, event.flags(), true);
        out.put(']');
        if (event.isOpenLike()) {
            if (event.path().isPresent()) {
                int length = copy(event.path());
                fields.bytes("path", bytes, 0, length).hexUnlessText("path_hex", bytes, 0, length);
            }
            fields.word("path_provenance", event.path().provenance().name())
                    .word("path_integrity", event.path().integrity().name())
                    .number("dirfd", event.dirfd());
            fields.key("open_flag_names");
            openFlags.json(out, event.openFlags());
            if (event.syscall() == Syscall.OPENAT2) {
                fields.word("how_provenance", event.howProvenance().name())
                        .word("how_integrity", event.howIntegrity().name());
            }
        } else {
            fields.word("address_provenance", event.address().provenance().name())
                    .word("address_integrity", event.address().integrity().name())
                    .number("fd", event.fd());
            int length = copy(event.address());
            fields.key("address_hex");
            JsonText.putHex(out, bytes, 0, length);
            if (event.blockProvenance() != Provenance.NONE) {
                fields.word("block_provenance", event.blockProvenance().name())
                        .word("block_integrity", event.blockIntegrity().name());
            }
        }
        behindDescriptor(fields, event, out);
    }

    /** What the descriptor showed of a call that may never have run, apart from what calls really reached. */
    private void behindDescriptor(JsonFields fields, EventView event, LineBuffer out) {
        if (!event.has(EventFlag.EXECUTION_UNKNOWN)) {
            return;
        }
        if (event.has(EventFlag.HAS_FILE)) {
            int length = copy(event.resolvedPath());
            fields.begin("behind_descriptor")
                    .bytes("path", bytes, 0, length)
                    .hexUnlessText("path_hex", bytes, 0, length);
            device(fields.key("uid").put('"'), event)
                    .put(':')
                    .putUnsigned(event.inode())
                    .put('"');
            fields.end();
        } else if (event.has(EventFlag.HAS_SOCKET)) {
            fields.begin("behind_descriptor");
            int length = copy(event.local());
            fields.key("local_hex");
            JsonText.putHex(out, bytes, 0, length);
            length = copy(event.remote());
            fields.key("remote_hex");
            JsonText.putHex(out, bytes, 0, length);
            fields.end();
        }
    }

    /** Major and minor number of the file's device. */
    static LineBuffer device(LineBuffer out, EventView event) {
        return out.putDecimal(event.deviceMajor()).put(':').putDecimal(event.deviceMinor());
    }
}
