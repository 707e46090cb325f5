// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Which ways into the kernel's functions configuration allows: {@code unraced.ebpf.copies}. */
enum CopyChoice {
    AUTO,
    FEXIT,
    KPROBE,
    NONE;

    /** The names that configuration has for them. */
    static final List<String> NAMES = Stream.of(values())
            .map(choice -> choice.name().toLowerCase(Locale.ROOT))
            .toList();

    static CopyChoice of(String name) {
        return values()[NAMES.indexOf(name)];
    }

    /** To be tried in this order. */
    List<CopyTier> tiers() {
        return switch (this) {
            case AUTO -> List.of(CopyTier.values());
            case FEXIT -> List.of(CopyTier.FEXIT);
            case KPROBE -> List.of(CopyTier.KPROBE);
            case NONE -> List.of();
        };
    }
}
