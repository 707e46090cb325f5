// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.event.Argument;
import dev.unraced.event.ByteString;
import dev.unraced.event.Integrity;
import dev.unraced.event.OpenHow;
import dev.unraced.event.Provenance;
import dev.unraced.event.Sockaddr;

/** Assertions about arguments, by chapter 2 of the specification. */
public final class ArgumentAssertions {
    private ArgumentAssertions() {}

    /**
     * Checks that the value is as passed, and was read at entry or by the kernel.
     *
     * @param rule the rule that the calling test is about
     */
    public static void assertGuarded(String rule, Argument<ByteString> argument, ByteString passed) {
        assertThat(argument.value()).as("%s: the bytes as passed", rule).isEqualTo(passed);
        assertThat(argument.provenance())
                .as("%s: read at entry or by the kernel", rule)
                .isIn(Provenance.ENTER, Provenance.KERNEL);
    }

    /** Checks that the address is as passed, and was read at entry or by the kernel. */
    public static void assertGuardedAddress(String rule, Argument<Sockaddr> argument, ByteString passed) {
        assertGuarded(
                rule, new Argument<>(argument.value().bytes(), argument.provenance(), argument.integrity()), passed);
    }

    /** Checks that the argument is absent, since there was nothing to read. */
    public static void assertAbsent(String rule, Argument<?> argument) {
        assertThat(argument.provenance())
                .as("%s: there was nothing to read", rule)
                .isEqualTo(Provenance.NONE);
        assertThat(argument.integrity()).as("%s: nothing cannot match", rule).isEqualTo(Integrity.UNCHECKED);
    }

    /** Checks that the arguments of an open are as passed. */
    public static void assertHow(String rule, Observed observed, OpenHow passed) {
        assertThat(observed.open().how().value()).as("%s: how, as passed", rule).isEqualTo(passed);
    }

    /** Checks that the argument came in registers. */
    public static void assertRegisters(Argument<?> how) {
        assertThat(how.provenance())
                .as("R2.9: registers are the kernel's own copy")
                .isEqualTo(Provenance.KERNEL);
        assertThat(how.integrity()).as("R2.9: nobody can change them").isEqualTo(Integrity.MATCH);
    }
}
