// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import dev.unraced.event.Abi;
import dev.unraced.event.Feature;
import dev.unraced.event.Integrity;
import dev.unraced.event.Mitigation;
import dev.unraced.event.Origin;
import dev.unraced.event.Provenance;
import dev.unraced.event.Syscall;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The capabilities without which a rule has no meaning. A driver that declares to lack one of them skips the rule, with
 * the declared reason; there is no other way to skip a rule.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Requires {
    Syscall[] syscalls() default {};

    Abi[] abis() default {};

    Origin[] origins() default {};

    Mitigation[] mitigations() default {};

    Provenance[] provenances() default {};

    Integrity[] integrities() default {};

    Feature[] features() default {};
}
