// SPDX-License-Identifier: Apache-2.0
package dev.unraced.mutants;

import dev.unraced.sim.kernel.Call;
import dev.unraced.sim.kernel.Task;

/** How often a mutant writes a record. */
@FunctionalInterface
interface Fate {

    /** How often: 1 is what is right. */
    int copies(Task task, Call call, RecordEdit record);
}
