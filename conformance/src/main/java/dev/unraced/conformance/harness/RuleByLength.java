// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks the test of a rule that runs once for each of several lengths, and has a result for each. The method takes the
 * length as its parameter. The name is that of a {@link Rule} with the length behind it, such as "R10.1 A path of up to
 * 4095 bytes arrives whole (255 bytes)".
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(Lengths.class)
public @interface RuleByLength {
    /** Returns the sentence that the test proves, without the number. */
    String value();

    /** Returns the lengths in bytes. */
    int[] lengths();
}
