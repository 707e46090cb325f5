// SPDX-License-Identifier: Apache-2.0
package dev.unraced.sim.junit;

import dev.unraced.event.Mitigation;
import dev.unraced.event.Syscall;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The configuration of the {@link SimExtension}'s capture, for a test or all tests of a class; it also registers the
 * extension.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(SimExtension.class)
public @interface SimConfig {

    /** The mode in which the capture starts. */
    Mitigation mitigation() default Mitigation.STASH;

    /** The number of threads that can be in a watched call at once. */
    int stashEntries() default 8192;

    /** The calls to watch; none stands for all. */
    Syscall[] syscalls() default {};

    /**
     * Further keys of the configuration, each as {@code KEY=VALUE}: {@code "filter.uids=0,1000"}. They win over the
     * other elements.
     */
    String[] set() default {};
}
