// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.unraced.conformance.spec.Violation;
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
        Violation.unless(
                rule,
                () -> assertThat(argument.value()).as("the bytes as passed").isEqualTo(passed));
        Violation.unless(
                rule,
                () -> assertThat(argument.provenance())
                        .as("read at entry or by the kernel")
                        .isIn(Provenance.ENTER, Provenance.KERNEL));
    }

    /** Checks that the address is as passed, and was read at entry or by the kernel. */
    public static void assertGuardedAddress(String rule, Argument<Sockaddr> argument, ByteString passed) {
        assertGuarded(
                rule, new Argument<>(argument.value().bytes(), argument.provenance(), argument.integrity()), passed);
    }

    /** Checks that the argument is absent, since there was nothing to read. */
    public static void assertAbsent(String rule, Argument<?> argument) {
        Violation.unless(
                rule,
                () -> assertThat(argument.provenance())
                        .as("there was nothing to read")
                        .isEqualTo(Provenance.NONE));
        Violation.unless(
                rule,
                () -> assertThat(argument.integrity())
                        .as("nothing cannot match")
                        .isEqualTo(Integrity.UNCHECKED));
    }

    /** Checks that the arguments of an open are as passed. */
    public static void assertHow(String rule, Observed observed, OpenHow passed) {
        Violation.unless(
                rule,
                () -> assertThat(observed.open().how().value())
                        .as("how, as passed")
                        .isEqualTo(passed));
    }

    /** Checks that the argument came in registers. */
    public static void assertRegisters(Argument<?> how) {
        Violation.unless(
                "R2.9",
                () -> assertThat(how.provenance())
                        .as("registers are the kernel's own copy")
                        .isEqualTo(Provenance.KERNEL));
        Violation.unless(
                "R2.9",
                () -> assertThat(how.integrity())
                        .as("no other thread can change registers")
                        .isEqualTo(Integrity.MATCH));
    }
}
