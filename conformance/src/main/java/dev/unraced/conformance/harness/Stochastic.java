// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a rule whose test depends on luck: an attacker has to win races against the calls. The report says how often it
 * did. A driver that breaks such a rule may be lucky in one run and be found in the next one.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Stochastic {}
