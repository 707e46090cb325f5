// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;

/** A mutant's decision how often to write a record. */
@FunctionalInterface
public interface CopyCount {

    /** Returns how often to write a record; a correct driver writes it once. */
    int copies(Task task, Call call, RecordEdit record);
}
