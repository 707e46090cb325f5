// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/**
 * Marks the test of a rule. The number of the rule stands in the method's name: {@code r02_33_…} is of R2.33. The two
 * make the name under which the rule is reported, such as "R2.33 A path that is not absolute says so".
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
public @interface Rule {
    /** Returns the sentence that the test proves, without the number. */
    String value();
}
