// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants.fault;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;

/** A mutant's change to a record. */
@FunctionalInterface
public interface Falsehood {

    /**
     * Changes a record, where the mutant is wrong about it.
     *
     * @param task the thread that made the call
     * @param call the call as the kernel knows it
     */
    void tell(Task task, Call call, RecordEdit record);
}
