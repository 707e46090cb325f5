// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Integrity;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;

/** What rule 2 says of an argument. */
final class Trust {
    private Trust() {}

    /** As passed, read at entry or better. */
    static void assertGuarded(Argument<ByteString> argument, ByteString passed) {
        assertThat(argument.value()).as("R2.1: the bytes as passed").isEqualTo(passed);
        assertThat(argument.provenance())
                .as("R2.1: read at entry or by the kernel")
                .isIn(Provenance.ENTER, Provenance.KERNEL);
    }

    /** As passed, read at entry or better. */
    static void assertGuardedAddress(Argument<Sockaddr> argument, ByteString passed) {
        assertGuarded(new Argument<>(argument.value().bytes(), argument.provenance(), argument.integrity()), passed);
    }

    /** Nothing to read. */
    static void assertAbsent(Argument<?> argument) {
        assertThat(argument.provenance()).as("R2.8: there was nothing to read").isEqualTo(Provenance.NONE);
        assertThat(argument.integrity()).as("R2.8: nothing cannot match").isEqualTo(Integrity.UNCHECKED);
    }

    /** Carried by registers. */
    static void assertRegisters(Argument<?> how) {
        assertThat(how.provenance())
                .as("R2.9: registers are the kernel's own copy")
                .isEqualTo(Provenance.KERNEL);
        assertThat(how.integrity()).as("R2.9: nobody can change them").isEqualTo(Integrity.MATCH);
    }
}
