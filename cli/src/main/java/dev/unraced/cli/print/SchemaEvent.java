// SPDX-License-Identifier: Apache-2.0
package dev.unraced.cli.print;

import dev.unraced.event.BytesView;
import dev.unraced.event.EventFlag;
import dev.unraced.event.EventView;
import dev.unraced.event.Integrity;
import dev.unraced.event.Sockaddr;
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

    /** Whether the call did what it was to; a connect that goes on by itself is neither that nor a failure. */
    static boolean succeeded(EventView event) {
        return !event.isEnter() && event.result() >= 0;
    }

    static boolean failed(EventView event) {
        return !event.isEnter() && event.result() < 0 && event.result() != EINPROGRESS;
    }

    static boolean isChanged(EventView event) {
        return (event.isOpenLike() ? event.path() : event.address()).integrity() == Integrity.CHANGED;
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
        return (event.has(EventFlag.HAS_SOCKET) && address.read(event.remote()) && address.family() > 0)
                || address.read(event.address());
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
        } else {
            fields.word("address_provenance", event.address().provenance().name())
                    .word("address_integrity", event.address().integrity().name())
                    .number("fd", event.fd());
            int length = copy(event.address());
            fields.key("address_hex");
            JsonText.putHex(out, bytes, 0, length);
        }
    }
}
