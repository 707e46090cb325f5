// SPDX-License-Identifier: Apache-2.0
package dev.unraced.ebpf;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The methods of reading the kernel's copies that the configuration allows: {@code unraced.ebpf.copies}. */
enum CopyChoice {
    AUTO,
    FEXIT,
    KPROBE,
    NONE;

    /** The names of the choices in the configuration. */
    static final List<String> NAMES = Stream.of(values())
            .map(choice -> choice.name().toLowerCase(Locale.ROOT))
            .toList();

    static CopyChoice of(String name) {
        return values()[NAMES.indexOf(name)];
    }

    /** Returns the methods in the order of trying. */
    List<AttachMethod> methods() {
        return switch (this) {
            case AUTO -> List.of(AttachMethod.values());
            case FEXIT -> List.of(AttachMethod.FEXIT);
            case KPROBE -> List.of(AttachMethod.KPROBE);
            case NONE -> List.of();
        };
    }
}
