// SPDX-License-Identifier: Apache-2.0
package dev.unraced.conformance.harness;

/** A driver under test whose run can be stopped between two rules. */
public interface Stoppable {
    /** Returns whether no further rule is to run. */
    boolean isStopping();
}
